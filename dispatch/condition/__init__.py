"""How the system itself is: one lamp per part, for consoles, `/readyz` and `/metrics`."""
