"""A radio network in a box: speaks the vendors' real octets, deterministic by its seed.

It reaches the gateway through sockets and serial ports only, never through its objects.
"""
