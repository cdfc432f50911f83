"""Backups: made while the system runs, checked when made and when restored."""
