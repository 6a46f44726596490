"""Error bounds: how they are recorded, and how operations propagate them."""
