"""Links that are only listened to: bursts from a recording or the command line to events.

Each takes its link for set up, since no handshake, login or passphrase comes with the bursts.
"""

from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._homebrew_bursts import receive
from radio_gateway.adapters._mmdvm_slots import SlotListener
from radio_gateway.adapters._recent import Recent
from radio_gateway.adapters.openbridge import REPLAYED_KEPT, REPLAYED_S, channel
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.offline import NETWORK
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew.dmrd import AliasFrame, DmrFrame, GpsFrame
from radio_gateway.protocols.homebrew.frames import parse_frame
from radio_gateway.protocols.homebrew.messages import MasterCloses, Refuse
from radio_gateway.protocols.homebrew.openbridge import without_signature
from radio_gateway.protocols.mmdvm.frames import Frame
from radio_gateway.protocols.mmdvm.messages import DmrData, DmrLost, read_message
from radio_gateway.protocols.mmdvm.reader import FrameReader

HANG_S: Final = 3.0
LOST_AFTER_S: Final = 0.36
_MASTER: Final = 1
"All that a master sends counts as heard by one repeater."


class _ReceiverOffline(ABC):
    """What all share: let time pass, then take what came; what cannot be read is passed over."""

    def __init__(self) -> None:
        self.assumed: set[str] = set()
        self._events: list[Event] = []
        self._receiver = Receiver(
            NETWORK, NETWORK, self._events.append, hang_time_s=HANG_S, lost_after_s=LOST_AFTER_S
        )

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        """Events that these octets bring."""
        del peer  # a link of this kind has one other end
        self._pass_time(at)
        with suppress(MalformedError):  # the reader of frames shows what is wrong
            self._take(data, at)
        return self._taken()

    def finish(self, at: Moment) -> list[Event]:
        """Events that waiting until `at` brings."""
        self._pass_time(at)
        return self._taken()

    @abstractmethod
    def _take(self, data: bytes, at: Moment) -> None:
        """Hand what the octets say to the receiver; raises MalformedError."""

    def _pass_time(self, at: Moment) -> None:
        """Calls that fell silent end when they would have, not with the next frame."""
        calls = self._receiver.calls
        while (due := calls.deadline()) is not None and due <= at.mono:
            calls.expire(Moment(due, at.utc - timedelta(seconds=at.mono - due)))
        calls.expire(at)

    def _taken(self) -> list[Event]:
        events = self._events[:]
        self._events.clear()
        return events


class ModemOffline(_ReceiverOffline):
    """A modem without its serial line."""

    def __init__(self) -> None:
        super().__init__()
        self._slots = SlotListener(self._receiver, "", lambda _kind, _block: None)
        self._reader = FrameReader()

    def _take(self, data: bytes, at: Moment) -> None:
        for item in self._reader.feed(data):
            if isinstance(item, Frame):
                with suppress(MalformedError):
                    self._frame(item, at)

    def _frame(self, frame: Frame, at: Moment) -> None:
        match read_message(frame):
            case DmrData() as data:
                self._slots.burst(data, None, at)
            case DmrLost(slot):
                self._slots.lost(slot)


class HomebrewPeerOffline(_ReceiverOffline):
    """What somebody else's master sent us while we were logged in."""

    def _take(self, data: bytes, at: Moment) -> None:
        match parse_frame(data):
            case DmrFrame() as frame:
                receive(self._receiver, replace(frame, repeater_id=_MASTER), NETWORK, at)
            case AliasFrame(_, source, part):
                self._receiver.calls.alias_part(_MASTER, source, part, at)
            case GpsFrame(_, source, info):
                self._receiver.calls.gps(_MASTER, source, info, at)
            case MasterCloses() | Refuse():
                self._receiver.gone(_MASTER, at)


class OpenBridgeOffline(_ReceiverOffline):
    """What another server sent us; a recording cannot prove its signatures."""

    def __init__(self) -> None:
        super().__init__()
        self._counted = Recent(REPLAYED_S, REPLAYED_KEPT)

    def _take(self, data: bytes, at: Moment) -> None:
        signed, signature = without_signature(data)
        if not signature:
            raise MalformedError("no OpenBridge datagram", data)
        frame = DmrFrame.parse(signed)
        if not self._counted.seen(signature, at.mono):
            receive(self._receiver, channel(frame), NETWORK, at)
