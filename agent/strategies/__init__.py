"""How the search chooses what to build on, one file each; pure functions of the history."""
