"""Texts to and from radios."""
