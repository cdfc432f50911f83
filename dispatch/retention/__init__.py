"""Time limits: what is older than the law and the settings allow is erased, a little at a time."""
