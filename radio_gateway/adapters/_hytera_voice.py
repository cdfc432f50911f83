"""Where the voice of Hytera bases ends today, and where it will leave for its listeners.

Repeaters send RTP (G.711) to ports for voice, which links do not open: a base forwards voice only
to who answers there. Where it comes all the same (one of our ports entered as the base's voice
port, or a radio's control session, which has both) it is read, counted apart from damaged
datagrams, and dropped. A path of its own for voice, lossy and quick, beside the events, would be
fed from `Voices.heard`; nothing else is prepared for it.
"""

import logging
from typing import Final

from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.hytera.rtp import Rtp

log = logging.getLogger(__name__)

_FIRST: Final = frozenset((b"\x80", b"\x90"))
"First octet of RTP, without and with the repeater's extension; no HDAP message begins so."
TOLD_EVERY_S: Final = 60.0


class Voices:
    """All voice of one link."""

    def __init__(self, link: str) -> None:
        self.packets = 0
        "Since the start."
        self._link = link
        self._told = Recent(TOLD_EVERY_S, limit=256)

    def take(self, frame: bytes, host: str, at: Moment) -> bool:
        """Whether a datagram is voice, by its first octet; it is taken then.

        Raises:
            MalformedError: voice whose header is cut short.
        """
        if frame[:1] not in _FIRST:
            return False
        self.heard(Rtp.parse(frame), host, at)
        return True

    def heard(self, packet: Rtp, host: str, at: Moment) -> None:
        """Take one packet; in the log once a minute and sender."""
        self.packets += 1
        if not self._told.seen(host, at.mono):
            log.info(
                "%s: voice of %s is not listened to: payload type %d, %d packets so far",
                self._link,
                host,
                packet.payload_type,
                self.packets,
            )
