"""The police forces that share the system."""
