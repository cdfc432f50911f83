"""OpenBridge: bursts from server to server, each one signed; no login and no keep-alive.

53 octets of DMRD (no bit errors, no signal strength), then HMAC-SHA1 over them. Nothing in a
datagram says when it was made: whoever records one can send it again.
"""

import hmac
from dataclasses import replace
from typing import Final

from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.homebrew.dmrd import DmrFrame

SIGNED_OCTETS: Final = 53
SIGNATURE_OCTETS: Final = 20
DATAGRAM_OCTETS: Final = SIGNED_OCTETS + SIGNATURE_OCTETS


def sign(signed: bytes, passphrase: bytes) -> bytes:
    """The 20 octets that prove who made `signed`."""
    return hmac.digest(passphrase, signed, "sha1")


def parse_bridged(datagram: bytes, passphrase: bytes) -> DmrFrame:
    """Read a datagram whose signature is right; `repeater_id` is the network that sends it.

    Raises:
        MalformedError: another tag or length, or an undefined frame type.
        RefusedError: a wrong signature.
    """
    if len(datagram) != DATAGRAM_OCTETS or not datagram.startswith(DmrFrame.TAG):
        raise MalformedError("no OpenBridge datagram", datagram)
    signed, signature = datagram[:SIGNED_OCTETS], datagram[SIGNED_OCTETS:]
    if not hmac.compare_digest(sign(signed, passphrase), signature):
        raise RefusedError("the signature of a bridged burst is wrong")
    return DmrFrame.parse(signed)


def build_bridged(frame: DmrFrame, passphrase: bytes) -> bytes:
    """The 73 octets; group calls go out on slot 1, as the other side expects."""
    plain = replace(
        frame, slot=1 if frame.group else frame.slot, bit_errors=None, rssi_dbm=None
    ).build()
    return plain + sign(plain, passphrase)


def without_signature(datagram: bytes) -> tuple[bytes, bytes]:
    """The burst of a captured datagram, and a signature that stays unchecked.

    Octets that are no OpenBridge datagram come back as they are, with no signature.
    """
    if len(datagram) != DATAGRAM_OCTETS or not datagram.startswith(DmrFrame.TAG):
        return datagram, b""
    return datagram[:SIGNED_OCTETS], datagram[SIGNED_OCTETS:]
