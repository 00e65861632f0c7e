"""The search: one file for each verb; it knows sandboxes, workloads and checks only by their protocols."""
