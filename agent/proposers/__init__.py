"""Who makes proposals, one file each."""
