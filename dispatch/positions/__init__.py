"""AVL positions: history and the newest of each radio."""
