"""What minimising is made of: parts of a patch, how they are cut and tied, and the comparisons that decide on them."""
