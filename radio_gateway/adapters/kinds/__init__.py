"""What the configuration of each kind of link holds, and how its adapter is built from it."""
