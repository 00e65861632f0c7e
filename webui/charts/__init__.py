"""What charts show, by core facts alone; the pages only place them."""
