"""Measurements: ratios to a raw limit taken in the same run, kept in `var/bench`; asserted is only that nothing was lost."""
