"""Measurements: ratios to a raw limit taken in the same run, printed and never asserted."""
