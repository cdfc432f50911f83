"""What a dispatcher asks of one radio, and what came of it."""
