"""What a run hands to people and to machines: one HTML page and one JSON object. Reads a record, decides nothing."""
