"""Opaque secrets: given out once, stored only as a hash."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe within URLs and cookies."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token: SHA-256, hexadecimal.

    A plain hash is enough, since a random token cannot be guessed as a password can.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
