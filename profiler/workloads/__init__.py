"""What can be timed: one file for each kind of workload."""
