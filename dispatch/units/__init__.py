"""Patrols and cars as dispatchers see them, with their officers and status."""
