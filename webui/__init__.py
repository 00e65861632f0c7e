"""What people see: pages that read the store and submit through the same door; they compute nothing."""
