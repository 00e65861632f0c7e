"""Where untrusted code runs: the only room that starts processes for a user's code."""
