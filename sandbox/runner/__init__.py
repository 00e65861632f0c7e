"""What runs beside the code under test: starts commands, clocks them and ends them. The standard library and nothing else."""
