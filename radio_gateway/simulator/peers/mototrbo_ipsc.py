"""MOTOTRBO repeaters of an IP Site Connect network: a master or another peer, with radios.

No sockets and no clock: the owner sends `outgoing()`, gives what comes to `feed` and calls
`expire` at `deadline()`.
"""

import heapq
import random
from typing import Final

from radio_gateway.protocols.dmr.air import Parties
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.packet_building import datagram
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.mototrbo.ipsc import Packet, parse_packet
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_monitor import CallState, CallStatus
from radio_gateway.protocols.mototrbo.ipsc_peering import (
    Goodbye,
    GoodbyeAnswer,
    MasterAlive,
    MasterAliveAnswer,
    MasterRegistered,
    MasterRegistration,
    Mode,
    PeerAlive,
    PeerAliveAnswer,
    PeerEntry,
    PeerFlag,
    PeerList,
    PeerListRequest,
    PeerRegistered,
    PeerRegistration,
    Version,
)
from radio_gateway.protocols.mototrbo.ipsc_rtp import Rtp
from radio_gateway.protocols.mototrbo.ipsc_session import STREAM_FLAGS, Address
from radio_gateway.protocols.mototrbo.ipsc_user import (
    BlockContent,
    BurstType,
    Content,
    UserPacket,
    UserType,
    flags_of,
)
from radio_gateway.simulator.peers._dmr_control import ControlBlocks
from radio_gateway.simulator.peers._ipsc_contents import (
    block_content,
    full_lc,
    voice_contents,
)
from radio_gateway.simulator.peers.speech import Speech

FRAME_S: Final = 0.06
HEADERS: Final = 3
AGAIN_AFTER_S: Final = 0.6
"A radio waits so long for an answer before it repeats a packet."
SEND_SEQUENCES: Final = 8
_TICKS: Final = 480
_FIRST_PAYLOAD, _LAST_PAYLOAD = 0x5D, 0x5E


class IpscRepeater(ControlBlocks):
    """One repeater with two slots; deterministic by the `random.Random` it is given."""

    def __init__(
        self,
        peer_id: int,
        rng: random.Random,
        *,
        key: IpscKey | None = None,
        master: bool = True,
        colour_code: int = 1,
    ) -> None:
        """Switch it on.

        Args:
            peer_id: its radio id.
            rng: all chance comes from here.
            key: of an authenticated network.
            master: whether peers register with it; others learn of it from a master.
            colour_code: of its channel.
        """
        self._id = peer_id
        self._rng = rng
        self._key = key
        self._is_master = master
        self._colour_code = colour_code
        self._flags = int(STREAM_FLAGS | (PeerFlag.MASTER if master else 0))
        self.others: tuple[PeerEntry, ...] = ()
        "Peers that the master names beside those that register with it."
        self.silent = False
        "True: the line is cut; nothing is taken and nothing sent."
        self._peers: dict[int, Address] = {}
        self._call = rng.randrange(256)
        self._identification = rng.randrange(1 << 16)
        self._rtp = {1: rng.randrange(1 << 16), 2: rng.randrange(1 << 16)}
        self._queue: list[tuple[float, int, UserPacket | CallStatus]] = []
        self._queued = 0
        self._busy_until = {1: float("-inf"), 2: float("-inf")}
        self._outgoing: list[tuple[bytes, Address]] = []

    @property
    def peers(self) -> dict[int, Address]:
        """Who has registered with it, by id."""
        return dict(self._peers)

    def feed(self, datagram_: bytes, sender: Address) -> None:
        """Take one datagram of another peer; what makes no sense is ignored, as repeaters do."""
        if self.silent:
            return
        try:
            packet = parse_packet(self._key.open(datagram_) if self._key else datagram_)
        except ProtocolError:
            return
        if self._is_master:
            self._as_master(packet, sender)
        version = Version(1, 7, 1, 1)
        match packet:
            case PeerRegistered() | PeerAliveAnswer():
                pass
            case PeerRegistration(peer=peer):
                self._peers[peer] = sender
                self._send(PeerRegistered(self._id, version), sender)
            case PeerAlive():
                self._send(PeerAliveAnswer(self._id, Mode(), self._flags), sender)
            case Goodbye(peer=peer):
                self._peers.pop(peer, None)
                self._send(GoodbyeAnswer(self._id), sender)
            case _:
                pass

    def _as_master(self, packet: Packet, sender: Address) -> None:
        mode, flags, version = Mode(), self._flags, Version(1, 7, 1, 1)
        match packet:
            case MasterAlive(peer=peer):
                if peer in self._peers:
                    self._send(MasterAliveAnswer(self._id, mode, flags, version), sender)
            case MasterRegistration(peer=peer):
                self._peers[peer] = sender
                answer = MasterRegistered(self._id, mode, flags, len(self._list()), version)
                self._send(answer, sender)
            case PeerListRequest():
                self._send(PeerList(self._id, self._list()), sender)
            case _:
                pass

    def expire(self, now: float) -> None:
        """Send the packets that are due, to every peer."""
        while self._queue and self._queue[0][0] <= now:
            _, _, packet = heapq.heappop(self._queue)
            for address in self._peers.values():
                self._send(packet, address)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        return self._queue[0][0] if self._queue else None

    def outgoing(self) -> list[tuple[bytes, Address]]:
        """Datagrams to send since the last call, oldest first."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def leave(self) -> None:
        """Say goodbye to everybody."""
        for address in self._peers.values():
            self._send(Goodbye(self._id), address)
        self._peers.clear()

    def busy_until(self, slot: int) -> float:
        """When a slot is free."""
        return self._busy_until[slot]

    def talk(self, radio: int, target: int, speech: Speech, *, now: float) -> float:
        """Let a radio talk to a target, from `now` or as soon as the slot is free.

        Returns:
            When the slot is free again.
        """
        lc, ends = speech.link_control(radio, target), not speech.lose_terminator
        contents: list[Content] = []
        if not speech.late_entry:
            contents += [
                self._block(BurstType.VOICE_HEADER, full_lc(lc, BurstType.VOICE_HEADER))
            ] * HEADERS
        count = round(speech.duration_s / FRAME_S)
        contents += voice_contents(speech.embedded(radio, target), count, self._colour_code)
        if ends:
            contents.append(self._block(BurstType.TERMINATOR, full_lc(lc, BurstType.TERMINATOR)))
        kind = UserType.PRIVATE_VOICE if speech.private else UserType.GROUP_VOICE
        return self._transmit(kind, radio, target, contents, speech.slot, now, ends=ends)

    def control(
        self,
        block: Csbk,
        radio: int,
        target: int,
        *,
        now: float,
        slot: int = 1,
        group: bool = False,
        repeats: int = 1,
    ) -> float:
        contents: list[Content] = [self._block(BurstType.CSBK, block.build())] * repeats
        kind = UserType.GROUP_DATA if group else UserType.PRIVATE_DATA
        return self._transmit(kind, radio, target, contents, slot, now, ends=True)

    def data(
        self,
        radio: int,
        server: int,
        port: int,
        payload: bytes,
        *,
        now: float,
        slot: int = 1,
        repeats: int = 1,
    ) -> float:
        """Let a radio send a UDP datagram to the computer behind `server`, confirmed.

        It sends the same packet `repeats` times, as radios do while nobody confirms it.
        """
        self._identification = (self._identification + 1) & 0xFFFF
        packet = datagram(
            payload,
            Parties(server, radio),
            source_port=port,
            target_port=port,
            identification=self._identification,
            networks=(12, 13),
            rate=DataType.RATE_34_DATA,
            confirmed=True,
            send_sequence=self._identification % SEND_SEQUENCES,
        )
        contents: list[Content] = [
            self._block(BurstType.DATA_HEADER, build_data_header(packet.header))
        ]
        # repeaters move serial number and CRC-9 to the end
        moved = (block[2:] + block[:2] for block in packet.blocks)
        contents += [self._block(BurstType.RATE_34_DATA, block) for block in moved]
        for _ in range(repeats):
            now = self._transmit(
                UserType.PRIVATE_DATA, radio, server, contents, slot, now, ends=False, priority=1
            )
            now += AGAIN_AFTER_S if repeats > 1 else 0.0
        return now

    def report(
        self,
        radio: int,
        target: int,
        call_type: int,
        *,
        now: float,
        state: int = CallState.STARTED,
        call: int = 1,
        slot: int = 1,
    ) -> None:
        """Tell call monitors of a call."""
        status = CallStatus(
            peer=self._id,
            origin=self._id,
            call=call,
            slot=slot,
            state=state,
            source=radio,
            target=target,
            call_type=call_type,
        )
        self._put(now, status)

    def _transmit(
        self,
        kind: UserType,
        radio: int,
        target: int,
        contents: list[Content],
        slot: int,
        now: float,
        *,
        ends: bool,
        priority: int = 2,
    ) -> float:
        at = max(now, self._busy_until[slot])
        self._call = (self._call + 1) & 0xFF
        control = self._rng.randbytes(4)
        timestamp = self._rng.randrange(1 << 31)
        for index, content in enumerate(contents):
            last = ends and index == len(contents) - 1
            self._rtp[slot] = (self._rtp[slot] + 1) & 0xFFFF
            packet = UserPacket(
                user_type=kind,
                peer=self._id,
                call=self._call,
                source=radio,
                target=target,
                priority=priority,
                control=control,
                flags=flags_of(slot, last=last),
                rtp=Rtp(
                    index == 0,
                    _LAST_PAYLOAD if last else _FIRST_PAYLOAD,
                    self._rtp[slot],
                    timestamp + index * _TICKS,
                ),
                content=content,
            )
            self._put(at, packet)
            at += FRAME_S
        self._busy_until[slot] = at
        return at

    def _block(self, kind: BurstType, octets: bytes) -> BlockContent:
        return block_content(kind, octets, self._colour_code, self._rng)

    def _list(self) -> tuple[PeerEntry, ...]:
        here = (PeerEntry(number, *address, Mode()) for number, address in self._peers.items())
        return (*here, *self.others)

    def _put(self, at: float, packet: UserPacket | CallStatus) -> None:
        self._queued += 1
        heapq.heappush(self._queue, (at, self._queued, packet))

    def _send(self, packet: "_Sendable", to: Address) -> None:
        if not self.silent:
            octets = packet.build()
            self._outgoing.append((self._key.seal(octets) if self._key else octets, to))


_Sendable = (
    UserPacket
    | CallStatus
    | Goodbye
    | GoodbyeAnswer
    | MasterAliveAnswer
    | MasterRegistered
    | PeerAliveAnswer
    | PeerList
    | PeerRegistered
)
