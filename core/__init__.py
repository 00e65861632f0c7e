"""The words of perfsmith: frozen facts, protocols, errors and statistics. Pure: no processes, no files, no network."""
