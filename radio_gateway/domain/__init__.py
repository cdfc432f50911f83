"""Layer 0: the vocabulary between radio and dispatch. Standard library only, no I/O, no clock."""
