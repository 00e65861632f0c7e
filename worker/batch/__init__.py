"""Many problems from one file, worked on here or by a server, with their results as one table."""
