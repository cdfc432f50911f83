"""User accounts, as administrators manage them."""
