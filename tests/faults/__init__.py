"""Faults on purpose: what was acknowledged is there afterwards, once."""
