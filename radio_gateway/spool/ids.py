"""Keys of events: unique everywhere, sorting by time of making (UUID version 7, RFC 9562 5.7)."""

import secrets
from datetime import datetime
from uuid import UUID


def new_id(at: datetime) -> str:
    """Make a key: 48 bits of Unix milliseconds, then 74 random bits around version and variant."""
    milliseconds = int(at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    bits = milliseconds << 80 | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=bits))
