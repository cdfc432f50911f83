"""Base stations as the gateway sees them: no I/O, the time is an argument."""
