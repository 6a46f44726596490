"""Save arrays to files, and load them."""
