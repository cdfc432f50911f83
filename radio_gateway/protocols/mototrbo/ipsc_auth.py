"""Authentication of IPSC packets: HMAC-SHA1 with a key that all peers of a system share."""

import hmac
from typing import Final

from radio_gateway.protocols.errors import MalformedError, RefusedError

HASH_OCTETS: Final = 10
KEY_OCTETS: Final = 20


class IpscKey:
    """Seals and opens packets; never shows what it holds."""

    __slots__ = ("_key",)

    def __init__(self, digits: str) -> None:
        """Take the key as the programming software shows it.

        Args:
            digits: 1 to 40 hexadecimal digits; shorter keys have zeros before them.

        Raises:
            ValueError: no such digits; the message does not repeat them.
        """
        if not 1 <= len(digits) <= 2 * KEY_OCTETS:
            raise ValueError("an IPSC key is 1 to 40 hexadecimal digits")
        try:
            self._key = bytes.fromhex(digits.zfill(2 * KEY_OCTETS))
        except ValueError:
            raise ValueError("an IPSC key is 1 to 40 hexadecimal digits") from None
        if any(digit.isspace() for digit in digits):
            raise ValueError("an IPSC key is 1 to 40 hexadecimal digits")

    def seal(self, packet: bytes) -> bytes:
        """The packet with its hash behind it."""
        return packet + self._hash(packet)

    def open(self, sealed: bytes) -> bytes:
        """The packet without its hash.

        Raises:
            MalformedError: shorter than a hash.
            RefusedError: another hash: another key, or no member of the system.
        """
        if len(sealed) <= HASH_OCTETS:
            raise MalformedError("IPSC packet shorter than its hash", sealed)
        packet, found = sealed[:-HASH_OCTETS], sealed[-HASH_OCTETS:]
        if not hmac.compare_digest(self._hash(packet), found):
            raise RefusedError("IPSC packet with a wrong hash: is the key the same everywhere?")
        return packet

    def _hash(self, packet: bytes) -> bytes:
        return hmac.digest(self._key, packet, "sha1")[:HASH_OCTETS]
