"""Layer 2: vendor frames on one side, the domain on the other; no I/O."""
