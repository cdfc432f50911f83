"""Talkgroups of every network."""
