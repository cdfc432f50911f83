"""A repeated request has one effect and the same answer."""
