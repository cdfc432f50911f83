"""Layer 2: how events reach dispatch and commands reach the gateway."""
