"""Stations that hand on bursts of DMR: registrations, places and texts are data on the air.

A radio sends data confirmed, and repeats a packet that nobody confirms on the air, as it does
where the gateway only listens.
"""

from abc import abstractmethod
from pathlib import Path
from random import Random
from typing import ClassVar

from radio_gateway.config import LinkEntry
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.packet_building import Packet, datagram
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.master import Address as Sender
from radio_gateway.protocols.homebrew.peer import Times
from radio_gateway.protocols.hytera import lp, rrs, tmp
from radio_gateway.protocols.hytera.gps import gps_data
from radio_gateway.protocols.hytera.message import RadioAddress
from radio_gateway.protocols.mototrbo import ars, lrrp, tms
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_session import Address as Peer
from radio_gateway.protocols.mototrbo.lrrp import DocumentKind, Report
from radio_gateway.protocols.mototrbo.lrrp_report import Shape, scaled_place, time_stamp
from radio_gateway.simulator.peers._homebrew_air import ANSWER_AFTER_S, HomebrewAir
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.peers.homebrew_radios import ListeningRadios
from radio_gateway.simulator.peers.homebrew_servers import BridgedNetwork, HomebrewNetwork
from radio_gateway.simulator.peers.hytera_ipsc import HyteraIpscRepeater
from radio_gateway.simulator.peers.mmdvm import ModemPeer
from radio_gateway.simulator.peers.mototrbo_ipsc import IpscRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.scenario.driving import HOST, DrivenStation
from tests.radio_gateway.scenario.lines import SOUND, Address, DatagramLine
from tests.radio_gateway.scenario.script import DISPATCHER, NUMBER, TALKGROUP

REPEATER = 247001
OURS = 2471090
PASSPHRASE = "a passphrase of the tests"
KEY = "C0FFEE0123"
AIR_TRIES = 4
ALERT_REPEATS = 4
"Of a call alert that nobody answers."
"Transmissions of a packet that nobody confirms."
AGAIN_S = 1.2
MESSAGE_TRIES = 2
"Times that a radio sends what the server does not answer: a registration, a text."
MESSAGE_AGAIN_S = 12.0
SILENT_S = 30.0
"A bridge says nothing while nobody talks; after so long its link shows as down."
ARS, LRRP, TMS = 4005, 4001, 4007
RADIO_NETWORK, SERVER_NETWORK = 12, 13


class _MotorolaRadio(DrivenStation):
    """A radio that speaks as MOTOTRBO radios do, whoever's repeater it uses."""

    SLOT: ClassVar = 1

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self._sequence = 0
        self._on = 0
        "Counts switching on and off: what was to be repeated before is not."

    @abstractmethod
    def send_data(self, port: int, payload: bytes) -> None:
        """Send a datagram to the dispatcher's computer."""

    def switch_on(self) -> None:
        event = ars.RegistrationEvent.INITIAL
        self._repeatedly(ARS, ars.Registration(event, str(NUMBER)).build())

    def switch_off(self) -> None:
        self._on += 1
        self._repeatedly(ARS, ars.Deregistration().build())

    def report(self, point: GeoPoint) -> None:
        latitude, longitude = scaled_place(point.lat, point.lon)
        report = Report(
            DocumentKind.TRIGGERED_REPORT,
            b"\0\0\0\1",
            stamp=time_stamp(self.at.utc),
            shape=Shape.POINT_2D,
            latitude=latitude,
            longitude=longitude,
        )
        self.send_data(LRRP, lrrp.build_document(report))

    def write(self, words: str) -> None:
        self._sequence = (self._sequence + 1) % 32
        self._repeatedly(TMS, tms.Text.saying(words, self._sequence, wants_answer=True).build())

    def _repeatedly(self, port: int, payload: bytes) -> None:
        on = self._on

        def send() -> None:
            if self._on == on:
                self.send_data(port, payload)

        for attempt in range(MESSAGE_TRIES):
            self.later(attempt * MESSAGE_AGAIN_S, send)


class _ConfirmedRadio(_MotorolaRadio):
    """One whose data the gateway confirms on the air, where it may."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self._identification = 0

    @property
    @abstractmethod
    def radios(self) -> ListeningRadios:
        """Who hears what the base transmits."""

    @abstractmethod
    def transmit(self, packet: Packet) -> None: ...

    @property
    def shown(self) -> list[str]:
        return [text.text for text in self.radios.texts]

    def send_data(self, port: int, payload: bytes) -> None:
        self._identification += 1
        number = self._identification % 8
        self.radios.confirmed.discard((NUMBER, number))
        packet = datagram(
            payload,
            Parties(DISPATCHER, NUMBER),
            source_port=port,
            target_port=port,
            identification=self._identification,
            networks=(RADIO_NETWORK, SERVER_NETWORK),
            confirmed=True,
            send_sequence=number,
        )
        on = self._on

        def transmit() -> None:
            if self._on == on and (NUMBER, number) not in self.radios.confirmed:
                self.transmit(packet)
                self.wake()

        for attempt in range(AIR_TRIES):
            self.later(attempt * AGAIN_S, transmit)


class _HomebrewStation(_ConfirmedRadio):
    """A radio around repeaters that speak Homebrew, in whatever role."""

    peer: HomebrewAir

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.dice = Random(seed)

    @property
    def radios(self) -> ListeningRadios:
        return self.peer.radios

    @property
    def ready(self) -> bool:
        return self.peer.up

    def begin(self, now: float) -> None:
        del now
        self.peer.radios.present.add(NUMBER)

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    def talk(self, seconds: float) -> None:
        self.peer.talk(NUMBER, TALKGROUP, Speech(duration_s=seconds, slot=self.SLOT), now=self.now)
        self.wake()

    def ask_back(self) -> None:
        self.peer.call_alert(
            NUMBER, DISPATCHER, now=self.now, slot=self.SLOT, repeats=ALERT_REPEATS
        )
        self.wake()

    def press(self) -> None:
        self.peer.emergency_alarm(NUMBER, TALKGROUP, now=self.now, slot=self.SLOT)
        self.wake()

    def transmit(self, packet: Packet) -> None:
        bursts = packet.bursts(Channel(1))
        self.peer.send(bursts, NUMBER, DISPATCHER, now=self.now, slot=self.SLOT)


class HomebrewRepeaterStation(_HomebrewStation):
    """A repeater that logs in to the gateway."""

    kind = "homebrew"

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        configuration = Configuration(repeater_id=REPEATER, callsign="YL1TEST", colour_code=1)
        self.peer: HomebrewRepeater = HomebrewRepeater(
            configuration, PASSPHRASE.encode(), self.dice, times=Times(5.0, 5.0, 30.0)
        )

    async def open(self) -> LinkEntry:
        await self.line("main")
        site = {"id": REPEATER, "name": "Karosta", "passphrase": PASSPHRASE}
        return self.link(port=0, repeater=[site], dispatcher_id=DISPATCHER)

    @property
    def ready(self) -> bool:
        """A repeater may take itself for logged in while its master waits for its configuration."""
        return self.peer.up and self.shown_up

    def begin(self, now: float) -> None:
        super().begin(now)
        self.peer.open(now)

    def take(self, _: str, data: bytes, __: Address) -> None:
        self.peer.feed(data, self.now)

    def flush(self) -> None:
        for data in self.peer.outgoing():
            self.lines[0].send(data, self.port())


class HomebrewNetworkStation(_HomebrewStation):
    """A master that the gateway logs in to."""

    kind = "homebrew-peer"

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer: HomebrewNetwork = HomebrewNetwork({OURS: PASSPHRASE.encode()}, self.dice)

    async def open(self) -> LinkEntry:
        _, (host, port) = await self.line("main")
        return self.link(
            port=0,
            master=host,
            master_port=port,
            id=OURS,
            passphrase=PASSPHRASE,
            dispatcher_id=DISPATCHER,
        )

    def take(self, _: str, data: bytes, sender: Address) -> None:
        self.peer.feed(data, Sender(*sender), self.now)

    def flush(self) -> None:
        for data, to in self.peer.outgoing():
            self.lines[0].send(data, to)


class BridgeStation(_HomebrewStation):
    """A server that sends its calls by OpenBridge."""

    kind = "openbridge"

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer: BridgedNetwork = BridgedNetwork(24700, PASSPHRASE.encode(), self.dice)

    async def open(self) -> LinkEntry:
        _, (host, port) = await self.line("main")
        return self.link(
            port=0, server=host, server_port=port, passphrase=PASSPHRASE, silent_after_s=SILENT_S
        )

    def flush(self) -> None:
        for data in self.peer.outgoing():
            self.lines[0].send(data, self.port())


class IpscStation(_MotorolaRadio):
    """A MOTOTRBO master repeater whose network the gateway joins."""

    kind = "mototrbo-ipsc"

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer = IpscRepeater(REPEATER, Random(seed), key=IpscKey(KEY))

    async def open(self) -> LinkEntry:
        _, (host, port) = await self.line("main")
        return self.link(port=0, peer_id=OURS, master=host, master_port=port, auth_key=KEY)

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    @property
    def ready(self) -> bool:
        return bool(self.peer.peers)

    def take(self, _: str, data: bytes, sender: Address) -> None:
        self.peer.feed(data, Peer(*sender))

    def flush(self) -> None:
        for data, to in self.peer.outgoing():
            self.lines[0].send(data, (to.host, to.port))

    def send_data(self, port: int, payload: bytes) -> None:
        self.peer.data(NUMBER, DISPATCHER, port, payload, now=self.now, repeats=AIR_TRIES)
        self.wake()

    def talk(self, seconds: float) -> None:
        self.peer.talk(NUMBER, TALKGROUP, Speech(duration_s=seconds), now=self.now)
        self.wake()

    def ask_back(self) -> None:
        self.peer.call_alert(NUMBER, DISPATCHER, now=self.now, repeats=ALERT_REPEATS)
        self.wake()

    def press(self) -> None:
        self.peer.emergency_alarm(NUMBER, TALKGROUP, now=self.now)
        self.wake()


class HyteraIpscStation(DrivenStation):
    """A Hytera repeater that registers with the gateway; its radios speak as Hytera radios do."""

    kind = "hytera-ipsc"

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer = HyteraIpscRepeater(Random(seed))
        self._sockets: dict[str, DatagramLine] = {}
        self._requests = 0
        self._on = 0
        self._radio = RadioAddress(10, NUMBER)

    async def open(self) -> LinkEntry:
        for name in ("p2p", "dmr"):
            self._sockets[name], _ = await self.line(name)
        self.gateway_host = self.own_host
        return self.link(host=self.own_host, repeater=[{"host": HOST, "name": "Osta"}])

    @property
    def ready(self) -> bool:
        return self.peer.up

    def begin(self, now: float) -> None:
        self.peer.open(now)

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    def take(self, name: str, data: bytes, _: Address) -> None:
        self.peer.feed(name, data)

    def flush(self) -> None:
        for name, data in self.peer.outgoing():
            self._sockets[name].send(data, self.port(name))

    def switch_on(self) -> None:
        self._repeatedly(3002, rrs.Registration(self._radio).build())

    def switch_off(self) -> None:
        self._on += 1
        self._repeatedly(3002, rrs.Deregistration(self._radio).build())

    def report(self, point: GeoPoint) -> None:
        self._requests += 1
        gps = gps_data(point, fixed_at=self.at.utc, valid=True)
        self._send(3003, lp.ConditionReport(self._requests, self._radio, gps).build())

    def write(self, words: str) -> None:
        self._requests += 1
        dispatcher, octets = RadioAddress(10, DISPATCHER), words.encode("utf-16-le")
        message = tmp.PrivateMessage(self._requests, dispatcher, self._radio, rest=octets)
        self._repeatedly(3004, message.build())

    def talk(self, seconds: float) -> None:
        self.peer.talk(NUMBER, TALKGROUP, Speech(duration_s=seconds), now=self.now)
        self.wake()

    def ask_back(self) -> None:
        self.peer.call_alert(NUMBER, DISPATCHER, now=self.now, repeats=ALERT_REPEATS)
        self.wake()

    def press(self) -> None:
        self.peer.emergency_alarm(NUMBER, TALKGROUP, now=self.now)
        self.wake()

    def _send(self, port: int, payload: bytes) -> None:
        self.peer.data(
            NUMBER, DISPATCHER, port, payload, now=self.now, confirmed=True, repeats=AIR_TRIES
        )
        self.wake()

    def _repeatedly(self, port: int, payload: bytes) -> None:
        on = self._on

        def send() -> None:
            if self._on == on:
                self._send(port, payload)

        for attempt in range(MESSAGE_TRIES):
            self.later(attempt * MESSAGE_AGAIN_S, send)


class ModemStation(_ConfirmedRadio):
    """A modem whose only host is the gateway, which confirms what radios send to it."""

    kind = "mmdvm-modem"
    BAUD: ClassVar = 115_200

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer = ModemPeer(Random(seed), on_air=self._aired)
        self._radios = ListeningRadios(1, present={NUMBER})
        self._uplink = Channel(1, Sync.MS_DATA)

    @property
    def radios(self) -> ListeningRadios:
        return self._radios

    async def open(self) -> LinkEntry:
        cable = self.cable(self.BAUD, SOUND)
        return self.link(
            device=str(cable.path), baud=self.BAUD, colour_code=1, transmit=True, radio=DISPATCHER
        )

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    @property
    def ready(self) -> bool:
        return self.peer.configured

    def take(self, _: str, data: bytes, __: Address) -> None:
        self.peer.feed(data, self.now)

    def flush(self) -> None:
        for data in self.peer.outgoing():
            self.cables[0].write(data)

    def talk(self, seconds: float) -> None:
        self.peer.talk(NUMBER, TALKGROUP, Speech(duration_s=seconds), now=self.now)
        self.wake()

    def ask_back(self) -> None:
        self.peer.call_alert(NUMBER, DISPATCHER, now=self.now, repeats=ALERT_REPEATS)
        self.wake()

    def press(self) -> None:
        self.peer.emergency_alarm(NUMBER, TALKGROUP, now=self.now)
        self.wake()

    def transmit(self, packet: Packet) -> None:
        bursts = [(b.slot_type.data_type, b.octets) for b in packet.bursts(self._uplink)]
        self.peer.send(bursts, now=self.now)

    def _aired(self, slot: int, octets: bytes) -> None:
        """What the modem transmits, the radio hears."""
        burst = parse_burst(octets)
        if not isinstance(burst, DataBurst) or burst.slot_type is None:
            return
        frame = DmrFrame(
            sequence=0,
            source=DISPATCHER,
            target=NUMBER,
            repeater_id=0,
            slot=slot,
            group=False,
            frame_type=FrameType.DATA_SYNC,
            detail=burst.slot_type.data_type,
            stream=bytes(4),
            burst=octets,
        )
        answer = self._radios.feed(frame, self.now)
        if answer is None:
            return
        kinds = [burst.slot_type.data_type for burst in answer.bursts]
        blocks = [_block(burst.octets) for burst in answer.bursts]
        bursts = [self._uplink.burst(*each).octets for each in zip(kinds, blocks, strict=True)]
        self.peer.send(list(zip(kinds, bursts, strict=True)), now=self.now + ANSWER_AFTER_S)


def _block(octets: bytes) -> bytes:
    """The block of a burst that only has a base station's synchronisation instead of a radio's."""
    burst = parse_burst(octets)
    assert isinstance(burst, DataBurst)
    assert burst.slot_type is not None
    return burst.payload(burst.slot_type.data_type)
