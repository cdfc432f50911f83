"""A modem without its serial line: bursts from a capture or the command line to events."""

from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._mmdvm_slots import SlotListener
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.offline import NETWORK
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.frames import Frame
from radio_gateway.protocols.mmdvm.messages import DmrData, DmrLost, read_message
from radio_gateway.protocols.mmdvm.reader import FrameReader

HANG_S = 3.0
LOST_AFTER_S = 0.36


class ModemOffline:
    """Takes a modem for set up, since its handshake is not there."""

    def __init__(self) -> None:
        self.assumed: set[str] = set()
        self._events: list[Event] = []
        self._receiver = Receiver(
            NETWORK, NETWORK, self._events.append, hang_time_s=HANG_S, lost_after_s=LOST_AFTER_S
        )
        self._slots = SlotListener(self._receiver, "", lambda _kind, _block: None)
        self._reader = FrameReader()

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        """Events that these octets bring."""
        del peer  # a serial line has one other end
        self._receiver.calls.expire(at)
        for item in self._reader.feed(data):
            if isinstance(item, Frame):
                try:
                    self._take(item, at)
                except MalformedError:
                    continue  # the reader of frames shows what is wrong
        return self._taken()

    def finish(self, at: Moment) -> list[Event]:
        """Events that waiting until `at` brings."""
        self._receiver.calls.expire(at)
        return self._taken()

    def _take(self, frame: Frame, at: Moment) -> None:
        match read_message(frame):
            case DmrData() as data:
                self._slots.burst(data, None, at)
            case DmrLost(slot):
                self._slots.lost(slot)

    def _taken(self) -> list[Event]:
        events = self._events[:]
        self._events.clear()
        return events
