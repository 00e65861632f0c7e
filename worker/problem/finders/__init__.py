"""One file for each thing that can be found by looking at a repository's files. Nothing of it is imported or run."""
