"""One run from claimed to finished; the only place where protocols meet implementations."""
