"""The control link of a simulated Hytera radio: calls and the emergency key by RCP over HRNP.

The radio waits to be connected. As real ones it says nothing of calls and alarms before it was
asked to, and forgets that it was when it is connected anew.
"""

from abc import abstractmethod
from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Final

from radio_gateway.protocols.hytera import rcp
from radio_gateway.protocols.hytera.frames import read_message
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.hrnp_reader import IDLE_S, HrnpReader
from radio_gateway.protocols.hytera.hrnp_session import HrnpSession
from radio_gateway.protocols.hytera.message import Message
from radio_gateway.protocols.hytera.session import Delivered, HandedOver, NotTaken, StateChanged
from radio_gateway.simulator.peers._hytera_air import HANG_S, HyteraAir, TextHeard
from radio_gateway.simulator.peers._hytera_state import HyteraSetup

CONTROL: Final = "rcp"
"Name of the control port."
PORTS: Final[Mapping[str, tuple[Service, int]]] = {
    service.name.lower(): (service, 1)
    for service in (Service.RRS, Service.LP, Service.TMP, Service.RCP)
}
HEARD_BROADCASTS: Final = 1
"Number of the broadcasts of what the radio hears (0xB844) in a subscription."


class ControlPort:
    """The radio's end of one HRNP session."""

    def __init__(self) -> None:
        self._session = HrnpSession(radio=True)
        self._unsent: dict[int, bytes] = {}
        self._keys = 0
        self.tells_calls = False
        "Whether the other side has subscribed to what the radio hears."
        self.tells_emergency = False

    @property
    def up(self) -> bool:
        return self._session.up

    def feed(self, packet: bytes, now: float) -> list[bytes]:
        """Take one packet; HDAP octets that are for the radio itself.

        Raises:
            MalformedError: no radio would understand it.
        """
        self._session.feed(packet, now)
        return self._follow(now)

    def expire(self, now: float) -> None:
        self._session.expire(now)
        self._follow(now)

    def deadline(self) -> float | None:
        return self._session.deadline()

    def send(self, octets: bytes, now: float) -> None:
        """Say something, data until it is acknowledged; without a session it is lost."""
        if self._session.up:
            self._keys += 1
            self._unsent[self._keys] = octets
            self._session.send(octets, self._keys, now)

    def outgoing(self) -> list[bytes]:
        """Packets since the last call."""
        return [octets for octets, _ in self._session.outgoing()]

    def _follow(self, now: float) -> list[bytes]:
        received = []
        for event in self._session.events():
            match event:
                case Delivered(payload=payload):
                    received += self._settings(payload, now)
                case HandedOver(key=key):
                    self._unsent.pop(key, None)
                case NotTaken(key=key) if self._session.up:
                    octets = self._unsent.pop(key)
                    if octets[0] != Service.RCP:  # states of calls are old by then
                        self.send(octets, now)
                case StateChanged():
                    self.tells_calls = self.tells_emergency = False
                    self._unsent.clear()
                case _:
                    pass
        return received

    def _settings(self, octets: bytes, now: float) -> list[bytes]:
        """Do what concerns the link itself; everything else is handed on."""
        answer: Message
        match read_message(Hdap.parse(octets)):
            case rcp.BroadcastSubscription(pairs=pairs):
                self.tells_calls = (HEARD_BROADCASTS, 1) in pairs
                answer = rcp.BroadcastSubscriptionReply(0)
            case rcp.StatusSubscription(pairs=pairs):
                self.tells_emergency = (rcp.StatusTarget.EMERGENCY, 1) in pairs
                answer = rcp.StatusSubscriptionReply(0)
            case rcp.MessageForwarding():
                answer = rcp.MessageForwardingReply(0)
            case rcp.PowerUpCheck():
                answer = rcp.PowerUpCheckReply(0)
            case _:
                return [octets]
        self.send(answer.build(), now)
        return []


class _ControlledRadio(HyteraAir):
    """A radio whose calls and emergencies are told over its control link."""

    def __init__(self, setup: HyteraSetup, rng: Random, on_text: TextHeard | None = None) -> None:
        super().__init__(setup, rng, PORTS, on_text)
        self.control = ControlPort()

    def call(
        self,
        radio: int,
        talkgroup: int,
        duration_s: float,
        now: float,
        *,
        call_type: rcp.CallType = rcp.CallType.GROUP,
    ) -> None:
        """Another radio talks, and this one hears it."""

        def tell(process: rcp.Process, at: float) -> None:
            if self.control.tells_calls:
                status = rcp.ReceiveStatus(process, call_type, talkgroup, radio)
                self._transmit(CONTROL, status.build(), at)

        tell(rcp.Process.VOICE, now)
        self._later(now + duration_s, partial(tell, rcp.Process.HANG))
        self._later(now + duration_s + HANG_S, partial(tell, rcp.Process.END))

    def emergency(self, radio: int, now: float) -> None:
        """The emergency key: reports of the place, and a status on the control link."""
        super().emergency(radio, now)
        if self.control.tells_emergency:
            report = rcp.StatusReport(rcp.StatusTarget.EMERGENCY, 1)
            self._transmit(CONTROL, report.build(), now)

    def expire(self, now: float) -> None:
        super().expire(now)
        self.control.expire(now)

    def deadline(self) -> float | None:
        due = (super().deadline(), self.control.deadline())
        return min((each for each in due if each is not None), default=None)

    @abstractmethod
    def _transmit(self, endpoint: str, octets: bytes, now: float) -> None:
        """Bring HDAP octets to the gateway."""


class HyteraControlRadio(_ControlledRadio):
    """A radio as base over IP: plain HDAP on three ports, HRNP on the control port."""

    def __init__(self, setup: HyteraSetup, rng: Random, on_text: TextHeard | None = None) -> None:
        super().__init__(setup, rng, on_text)
        self._sent: list[tuple[str, bytes]] = []

    def feed(self, endpoint: str, datagram: bytes, now: float) -> None:
        """Take one datagram of the gateway.

        Raises:
            MalformedError: the gateway sent what no radio understands.
        """
        if endpoint != CONTROL:
            self._receive(datagram, now)
            return
        for octets in self.control.feed(datagram, now):
            self._receive(octets, now)

    def outgoing(self) -> list[tuple[str, bytes]]:
        """Datagrams for the gateway since the last call: (endpoint, octets)."""
        sent, self._sent = self._sent, []
        return sent + [(CONTROL, packet) for packet in self.control.outgoing()]

    def _transmit(self, endpoint: str, octets: bytes, now: float) -> None:
        if endpoint == CONTROL:
            self.control.send(octets, now)
        else:
            self._sent.append((endpoint, octets))


class HyteraSerialRadio(_ControlledRadio):
    """A radio on a serial port: all services as HRNP packets."""

    def __init__(self, setup: HyteraSetup, rng: Random, on_text: TextHeard | None = None) -> None:
        super().__init__(setup, rng, on_text)
        self._reader = HrnpReader()
        self._idle_at: float | None = None

    def feed(self, data: bytes, now: float) -> None:
        """Take any piece of what the gateway writes; noise is skipped.

        Raises:
            MalformedError: the gateway sent what no radio understands.
        """
        self._idle_at = now + IDLE_S
        self._take(self._reader.feed(data), now)

    def expire(self, now: float) -> None:
        if self._idle_at is not None and now >= self._idle_at:
            self._idle_at = None
            self._take(self._reader.flush(), now)
        super().expire(now)

    def deadline(self) -> float | None:
        due = (super().deadline(), self._idle_at)
        return min((each for each in due if each is not None), default=None)

    def outgoing(self) -> list[bytes]:
        """Packets to write since the last call."""
        return self.control.outgoing()

    def _take(self, packets: list[bytes], now: float) -> None:
        for packet in packets:
            for octets in self.control.feed(packet, now):
                self._receive(octets, now)

    def _transmit(self, endpoint: str, octets: bytes, now: float) -> None:  # noqa: ARG002 - one way
        self.control.send(octets, now)
