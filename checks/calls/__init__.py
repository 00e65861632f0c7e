"""Calls of the edited functions: which those are, how calls are recorded, replayed and compared."""
