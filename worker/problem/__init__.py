"""What the user hands in, as a file and flags, turned into a problem; and what can be found out without asking."""
