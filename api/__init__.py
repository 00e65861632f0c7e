"""HTTP for machines: submit, watch, cancel, fetch the patch, and webhooks. Reads the store and submits through the one door."""
