"""Subscriber units: identity, presence and what they can do."""
