"""What `perfsmith doctor` looks at besides the sandboxes: one file for each part of a machine."""
