"""Layer 2: the durable outbox between a radio's acknowledgement and dispatch's receipt."""

from radio_gateway.spool.errors import SpoolError, SpoolFullError
from radio_gateway.spool.file import SpoolStats
from radio_gateway.spool.spool import Spool, open_spool

__all__ = ["Spool", "SpoolError", "SpoolFullError", "SpoolStats", "open_spool"]
