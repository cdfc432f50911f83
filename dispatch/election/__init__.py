"""Which one of several processes writes what gateways report."""
