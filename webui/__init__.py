"""What people see: pages that read the store and show, and hand work in through the same door as everybody else."""
