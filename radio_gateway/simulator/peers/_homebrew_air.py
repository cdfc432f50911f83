"""The radios around Homebrew repeaters, and what their transmissions look like as DMRD frames."""

import heapq
import random
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties
from radio_gateway.protocols.dmr.burst import build_data
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.sending import status_bursts
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.simulator.peers._dmr_control import ControlBlocks
from radio_gateway.simulator.peers._dmr_data import RadioData
from radio_gateway.simulator.peers._dmr_voice import (
    HEADERS,
    SUPERFRAME,
    WRONG_BITS,
    DataFrame,
    VoiceFrame,
    lc_frame,
    voice_frames,
)
from radio_gateway.simulator.peers._jitter import JitterBuffer
from radio_gateway.simulator.peers.homebrew_radios import ListeningRadios
from radio_gateway.simulator.peers.speech import Speech

FRAME_S: Final = 0.06
ALARM_EVERY_S: Final = 0.36
ANSWER_AFTER_S: Final = 0.24
"What a radio needs to change from hearing to sending."


@dataclass(frozen=True, slots=True)
class Ear:
    """How well a repeater hears its radios."""

    rssi_dbm: tuple[int, int] = (-95, -60)
    "Least and most; one of a transmission."
    wrong_bits: int = WRONG_BITS
    "In a burst of voice, at most."


NEAR: Final = Ear()
FAR: Final = Ear((-112, -94), 12)
"Of a repeater at the edge of its reach."


class HomebrewAir(ControlBlocks):
    """Two slots; deterministic by the `random.Random` it is given."""

    def __init__(self, number: int, colour_code: int, rng: random.Random, ear: Ear = NEAR) -> None:
        """Start with silence.

        Args:
            number: repeater, peer or network id in the frames.
            colour_code: of the channel.
            rng: all chance comes from here.
            ear: how well it hears.
        """
        self._id = number
        self._colour_code = colour_code
        self._rng = rng
        self._ear = ear
        self._queue: list[tuple[float, int, DmrFrame]] = []
        self._queued = 0
        self._sequence = {1: 0, 2: 0}
        self._busy_until = {1: float("-inf"), 2: float("-inf")}
        self._buffer = JitterBuffer()
        self._data = RadioData()
        self.radios = ListeningRadios(self._colour_code)

    @property
    @abstractmethod
    def up(self) -> bool:
        """Whether the gateway hears it; frames that are due before are lost."""

    @abstractmethod
    def _deliver(self, frame: DmrFrame) -> None:
        """Bring a frame to the gateway."""

    def expire(self, now: float) -> None:
        """Send the bursts that are due; what was heard from the gateway goes on the air."""
        for frame, position in self._buffer.due(now):
            answer = self.radios.feed(frame, now, position)
            if answer is not None:
                after = now + ANSWER_AFTER_S
                self.send(answer.bursts, answer.radio, answer.target, now=after, slot=frame.slot)
        while self._queue and self._queue[0][0] <= now:
            _, _, frame = heapq.heappop(self._queue)
            sequence = self._sequence[frame.slot]
            self._sequence[frame.slot] = (sequence + 1) % 256
            if self.up:
                self._deliver(replace(frame, sequence=sequence))

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        due = [self._buffer.deadline(), self._queue[0][0] if self._queue else None]
        return min((moment for moment in due if moment is not None), default=None)

    def busy_until(self, slot: int) -> float:
        """When a slot is free."""
        return self._busy_until[slot]

    def _hear(self, frame: DmrFrame, now: float) -> None:
        """What the gateway sent goes out on the air in its turn; radios in reach hear it."""
        self._buffer.put(frame, now)

    def talk(self, radio: int, target: int, speech: Speech, *, now: float) -> float:
        """Let a radio talk to a target, from `now` or as soon as the slot is free.

        Returns:
            When the slot is free again.
        """
        slot = speech.slot
        at = max(now, self._busy_until[slot])
        bursts = self._bursts(speech, radio, target)
        envelope = self._envelope(radio, target, slot, group=not speech.private)
        for burst in bursts:
            self._put(at, _enclose(envelope, burst))
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
        """Send any control block; each repetition has a stream id of its own, as MMDVMHost does."""
        octets = build_data(Sync.BS_DATA, SlotType(self._colour_code, DataType.CSBK), block.build())
        at = max(now, self._busy_until[slot])
        for _ in range(repeats):
            envelope = self._envelope(radio, target, slot, group=group)
            self._put(at, _enclose(envelope, DataFrame(DataType.CSBK, octets)))
            at += ALARM_EVERY_S
        self._busy_until[slot] = at
        return at

    def send(
        self,
        bursts: Sequence[AirBurst],
        radio: int,
        target: int,
        *,
        now: float,
        slot: int = 1,
        group: bool = False,
    ) -> float:
        """Send ready bursts of data; returns when the slot is free again.

        Control blocks and headers begin a stream of their own each, as with MMDVMHost.
        """
        at = max(now, self._busy_until[slot])
        envelope = self._envelope(radio, target, slot, group=group)
        for n, burst in enumerate(bursts):
            kind = burst.slot_type.data_type
            if n and kind in (DataType.CSBK, DataType.DATA_HEADER):
                envelope = self._envelope(radio, target, slot, group=group)
            self._put(at, _enclose(envelope, DataFrame(kind, burst.octets)))
            at += FRAME_S
        self._busy_until[slot] = at
        return at

    def data(
        self, radio: int, target: int, port: int, payload: bytes, *, now: float, slot: int = 1
    ) -> float:
        """Let a radio send a UDP datagram to the computer behind `target`."""
        packet = self._data.datagram(Parties(target, radio), port, payload)
        return self.send(
            packet.bursts(Channel(self._colour_code)), radio, target, now=now, slot=slot
        )

    def status(self, radio: int, target: int, status: int, *, now: float, slot: int = 1) -> float:
        """Let a radio send a numbered status."""
        bursts = status_bursts(status, Parties(target, radio), Channel(self._colour_code))
        return self.send(bursts, radio, target, now=now, slot=slot)

    def _bursts(self, speech: Speech, radio: int, target: int) -> Iterator[DataFrame | VoiceFrame]:
        lc, late_entry = speech.link_control(radio, target), speech.late_entry
        if not late_entry:
            header = lc_frame(lc, DataType.VOICE_LC_HEADER, self._colour_code)
            yield from (header,) * HEADERS
        first = self._rng.randrange(1, SUPERFRAME) if late_entry else 0
        yield from voice_frames(
            speech.embedded(radio, target),
            self._colour_code,
            first,
            round(speech.duration_s / FRAME_S),
            self._rng,
            self._ear.wrong_bits,
        )
        if not speech.lose_terminator:
            yield lc_frame(lc, DataType.TERMINATOR_WITH_LC, self._colour_code)

    def _envelope(self, radio: int, target: int, slot: int, *, group: bool) -> DmrFrame:
        return DmrFrame(
            sequence=0,
            source=radio,
            target=target,
            repeater_id=self._id,
            slot=slot,
            group=group,
            frame_type=FrameType.VOICE,
            detail=0,
            stream=self._rng.randrange(1, 1 << 32).to_bytes(4, "big"),
            burst=b"",
            bit_errors=0,
            rssi_dbm=self._rng.randint(*self._ear.rssi_dbm),
        )

    def _put(self, at: float, frame: DmrFrame) -> None:
        self._queued += 1
        heapq.heappush(self._queue, (at, self._queued, frame))


def _enclose(envelope: DmrFrame, burst: DataFrame | VoiceFrame) -> DmrFrame:
    if isinstance(burst, DataFrame):
        return replace(
            envelope, frame_type=FrameType.DATA_SYNC, detail=burst.data_type, burst=burst.octets
        )
    kind = FrameType.VOICE if burst.place else FrameType.VOICE_SYNC
    return replace(
        envelope,
        frame_type=kind,
        detail=burst.place,
        burst=burst.octets,
        bit_errors=burst.bit_errors,
    )
