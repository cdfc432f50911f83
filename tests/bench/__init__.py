"""Measurements beside a raw limit of the same run, kept in `var/bench`.

Asserted is only that nothing was lost: a busy machine must not fail a build.
"""
