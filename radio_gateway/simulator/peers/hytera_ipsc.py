"""A Hytera repeater in IP multi-site connect: registers with its master and passes on bursts.

No sockets and no clock: the owner sends `outgoing()` from the socket that each datagram names,
gives answers to `feed` and calls `expire` at `deadline()`.
"""

import heapq
import random
from collections.abc import Iterator
from typing import Final

from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.link_control import VoiceLc
from radio_gateway.protocols.dmr.packet_building import datagram
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.hytera.ipsc import DMR_MARK, IpscPacket, IpscPing, SlotType, SyncKind
from radio_gateway.protocols.hytera.ipsc_p2p import (
    KEEP_ALIVE,
    MARK,
    MIN_SIZE,
    NOT_REGISTERED,
    P2pRequest,
)
from radio_gateway.simulator.peers._dmr_control import ControlBlocks
from radio_gateway.simulator.peers._dmr_voice import (
    HEADERS,
    SUPERFRAME,
    DataFrame,
    VoiceFrame,
    lc_frame,
    voice_frames,
)
from radio_gateway.simulator.peers.speech import Speech

FRAME_S: Final = 0.06
PING_S: Final = 7.0
RETRY_S: Final = 1.0
AGAIN_AFTER_S: Final = 0.6
"A radio waits so long for an answer before it repeats a packet."
SEND_SEQUENCES: Final = 8
P2P, DMR, RDAC = "p2p", "dmr", "rdac"
_PING_TAIL: Final = bytes.fromhex("5a595a00000000")
_SLOT_TYPES: Final = {
    DataType.VOICE_LC_HEADER: SlotType.VOICE_LC_HEADER,
    DataType.TERMINATOR_WITH_LC: SlotType.TERMINATOR,
    DataType.CSBK: SlotType.CSBK,
    DataType.DATA_HEADER: SlotType.DATA_HEADER,
    DataType.RATE_12_DATA: SlotType.RATE_12_DATA,
    DataType.RATE_34_DATA: SlotType.RATE_34_DATA,
}
_NORMAL, _SYNC, _TERMINATOR = 0x41, 0x42, 0x43


class HyteraIpscRepeater(ControlBlocks):
    """One repeater with two slots; deterministic by the `random.Random` it is given."""

    def __init__(self, rng: random.Random, *, colour_code: int = 1) -> None:
        self._rng = rng
        self._channel = Channel(colour_code)
        self.silent = False
        "True: the line is cut; nothing is taken and nothing sent."
        self.dmr_port: int | None = None
        "Where the master wants bursts; None until it has said so."
        self._registered = False
        self._due: float | None = None
        self._sequence = rng.randrange(1 << 16)
        self._identification = rng.randrange(1 << 16)
        self._queue: list[tuple[float, int, IpscPacket]] = []
        self._queued = 0
        self._busy_until = {1: float("-inf"), 2: float("-inf")}
        self._outgoing: list[tuple[str, bytes]] = []

    @property
    def up(self) -> bool:
        """Whether the master has taken the registration and said where bursts go."""
        return self._registered and self.dmr_port is not None

    def open(self, now: float) -> None:
        """Begin to register."""
        self._due = now

    def feed(self, service: str, octets: bytes) -> None:
        """Take one datagram of the master that came to the socket of `service`."""
        if self.silent:
            return
        if service == P2P and octets == NOT_REGISTERED:
            self._registered, self.dmr_port, self._due = False, None, float("-inf")
        elif service == P2P and octets[:3] == MARK and len(octets) >= MIN_SIZE:
            if octets[20] == P2pRequest.START_DMR and octets[21:23] == b"\xff\x01":
                self.dmr_port = int.from_bytes(octets[-2:], "little")
            elif octets[20] == P2pRequest.REGISTER and not self._registered:
                self._registered, self._due = True, float("-inf")

    def expire(self, now: float) -> None:
        """Register, ping and send the bursts that are due."""
        if self._due is not None and now >= self._due:
            if not self._registered:
                self._send(P2P, self._command(P2pRequest.REGISTER))
            elif self.dmr_port is None:
                self._send(P2P, self._command(P2pRequest.START_DMR))
            else:
                head = self._rng.randbytes(4)
                self._send(P2P, IpscPing(head, bytes(3), 0xEC, _PING_TAIL).build())
                self._send(DMR, KEEP_ALIVE)
            self._due = now + (PING_S if self.up else RETRY_S)
        while self._queue and self._queue[0][0] <= now:
            _, _, packet = heapq.heappop(self._queue)
            if self.up:
                self._send(DMR, packet.build())

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        due = [self._due, self._queue[0][0] if self._queue else None]
        return min((moment for moment in due if moment is not None), default=None)

    def outgoing(self) -> list[tuple[str, bytes]]:
        """Datagrams since the last call: the socket to send from, and the octets."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def busy_until(self, slot: int) -> float:
        """When a slot is free."""
        return self._busy_until[slot]

    def talk(self, radio: int, target: int, speech: Speech, *, now: float) -> float:
        """Let a radio talk to a target, from `now` or as soon as the slot is free.

        Returns:
            When the slot is free again.
        """
        slot, lc = speech.slot, speech.link_control(radio, target)
        at = max(now, self._busy_until[slot])
        for burst in self._bursts(speech, radio, target):
            if isinstance(burst, DataFrame) or burst.place == SUPERFRAME - 2:
                self._put(at, self._sync(lc, slot))
            self._put(at, self._packet(burst, radio, target, slot, group=not speech.private))
            at += FRAME_S
        self._busy_until[slot] = at
        return at

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
        octets = self._channel.burst(DataType.CSBK, block.build()).octets
        at = max(now, self._busy_until[slot])
        for _ in range(repeats):
            frame = DataFrame(DataType.CSBK, octets)
            self._put(at, self._packet(frame, radio, target, slot, group=group))
            at += FRAME_S
        self._busy_until[slot] = at
        return at

    def data(
        self,
        radio: int,
        target: int,
        port: int,
        payload: bytes,
        *,
        now: float,
        slot: int = 1,
        confirmed: bool = False,
        repeats: int = 1,
    ) -> float:
        """Let a radio send a UDP datagram at rate 1/2, its header compressed.

        Args:
            radio: who sends.
            target: whom it is for.
            port: of UDP, source and target.
            payload: of the datagram.
            now: earliest beginning.
            slot: 1 or 2.
            confirmed: ask for an answer on the air.
            repeats: transmissions of the same packet: a radio repeats what nobody confirms.

        Returns:
            When the slot is free again.
        """
        self._identification = (self._identification + 1) & 0xFFFF
        packet = datagram(
            payload,
            Parties(target, radio),
            source_port=port,
            target_port=port,
            identification=self._identification,
            confirmed=confirmed,
            send_sequence=self._identification % SEND_SEQUENCES,
        )
        at = max(now, self._busy_until[slot])
        for _ in range(repeats):
            for burst in packet.bursts(self._channel):
                frame = DataFrame(burst.slot_type.data_type, burst.octets)
                self._put(at, self._packet(frame, radio, target, slot, group=False))
                at += FRAME_S
            at += AGAIN_AFTER_S if repeats > 1 else 0.0
        self._busy_until[slot] = at
        return at

    def _bursts(self, speech: Speech, radio: int, target: int) -> Iterator[DataFrame | VoiceFrame]:
        colour_code, lc = self._channel.colour_code, speech.link_control(radio, target)
        if not speech.late_entry:
            yield from (lc_frame(lc, DataType.VOICE_LC_HEADER, colour_code),) * HEADERS
        count = round(speech.duration_s / FRAME_S)
        lcs = speech.embedded(radio, target)
        yield from voice_frames(lcs, colour_code, 0, count, self._rng)
        if not speech.lose_terminator:
            yield lc_frame(lc, DataType.TERMINATOR_WITH_LC, colour_code)

    def _packet(
        self, burst: DataFrame | VoiceFrame, source: int, target: int, slot: int, *, group: bool
    ) -> IpscPacket:
        kind = _NORMAL
        if isinstance(burst, VoiceFrame):
            slot_type = SlotType.VOICE_A + 0x1111 * burst.place
        else:
            slot_type = _SLOT_TYPES[burst.data_type]
            if burst.data_type is DataType.TERMINATOR_WITH_LC:
                kind = _TERMINATOR
        self._sequence = (self._sequence + 1) & 0xFFFF_FFFF
        swapped = bytearray(34)
        padded = burst.octets + b"\0"
        swapped[0::2], swapped[1::2] = padded[1::2], padded[0::2]
        return self._envelope(
            kind, self._sequence, slot_type, 0, bytes(swapped), source, target, slot, group=group
        )

    def _sync(self, lc: VoiceLc, slot: int) -> IpscPacket:
        body = b"".join(bytes((octet, 0)) for octet in lc.build()).ljust(34, b"\0")
        return self._envelope(
            _SYNC,
            0,
            SlotType.SYNC,
            SyncKind.VOICE_LC,
            body,
            lc.source,
            lc.target,
            slot,
            group=lc.group,
        )

    def _envelope(
        self,
        packet_type: int,
        sequence: int,
        slot_type: int,
        frame_type: int,
        body: bytes,
        source: int,
        target: int,
        slot: int,
        *,
        group: bool,
    ) -> IpscPacket:
        return IpscPacket(
            header=b"\x5a\x5a\x5a\x5a",
            sequence=sequence,
            packet_type=packet_type,
            mark=DMR_MARK,
            slot_octet=slot,
            reserved=bytes(3),
            slot_word=0x1111 * slot,
            slot_type=slot_type,
            colour_word=0x1111 * self._channel.colour_code,
            frame_type=frame_type,
            unknown=b"\x40\x00",
            body=body,
            unknown_2=bytes(2),
            call_type=int(group),
            pad=0,
            destination=target,
            pad_2=0,
            source=source,
            pad_3=0,
        )

    @staticmethod
    def _command(what: int) -> bytes:
        """A P2P command of 21 octets; only those that are documented are not zero."""
        return b"P2P\x10\x0a\x00\x00\x00\x14" + bytes(11) + bytes((what,))

    def _put(self, at: float, packet: IpscPacket) -> None:
        self._queued += 1
        heapq.heappush(self._queue, (at, self._queued, packet))

    def _send(self, service: str, octets: bytes) -> None:
        if not self.silent:
            self._outgoing.append((service, octets))
