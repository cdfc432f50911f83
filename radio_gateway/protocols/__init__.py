"""Layer 1: sans-I/O codecs and session state machines, by owner of the specification."""
