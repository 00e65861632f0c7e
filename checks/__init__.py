"""Does it still behave the same: one file for each check."""
