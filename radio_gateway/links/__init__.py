"""Layer 2: sockets, serial ports, captures and clocks; knows bytes and times, no vendor."""
