"""A modem on a serial port and the radios that it hears. No ports and no clock.

It answers its host as firmware of protocol version 2 does, plays what it is given to transmit at
60 ms per burst, and hands on what its radios say. The line may lose octets and frames.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties
from radio_gateway.protocols.dmr.burst import build_data
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.sending import status_bursts
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.configuration import Configuration
from radio_gateway.protocols.mmdvm.frames import Frame, FrameType
from radio_gateway.protocols.mmdvm.messages import (
    DATA_SYNC,
    VOICE_SYNC,
    Ack,
    DmrAbort,
    DmrData,
    DmrLost,
    DmrStart,
    Nak,
    NakReason,
    SetMode,
    read_message,
)
from radio_gateway.protocols.mmdvm.reader import IDLE_S, FrameReader
from radio_gateway.protocols.mmdvm.version import Modes, Status, StatusFlags, Version
from radio_gateway.simulator.peers._dmr_control import ControlBlocks
from radio_gateway.simulator.peers._dmr_data import RadioData
from radio_gateway.simulator.peers._dmr_voice import HEADERS, lc_frame, voice_frames
from radio_gateway.simulator.peers.homebrew_radios import ListeningRadios
from radio_gateway.simulator.peers.speech import Speech

FRAME_S: Final = 0.06
BUFFER: Final = 10
"Bursts of each timeslot that wait to be transmitted."
ALARM_EVERY_S: Final = 0.36
ANSWER_AFTER_S: Final = 0.24
"What a radio needs to change from hearing to sending."
_PROTOCOL: Final = 2


@dataclass(frozen=True, slots=True)
class LineLoss:
    """How bad the serial line is: shares of frames."""

    frame: float = 0.0
    octet: float = 0.0
    "Frames that lack one octet."


class ModemPeer(ControlBlocks):
    """One modem; deterministic by the `random.Random` it is given."""

    def __init__(
        self,
        rng: random.Random,
        *,
        on_air: Callable[[int, bytes], None] = lambda _slot, _burst: None,
        loss: LineLoss | None = None,
    ) -> None:
        """Make a modem that waits for its host.

        Args:
            rng: decides losses and wear.
            on_air: told each burst that is transmitted: (slot, 33 octets).
            loss: of the line to the host.
        """
        self._rng = rng
        self._on_air = on_air
        self._loss = loss or LineLoss()
        self._reader = FrameReader()
        self._idle_at: float | None = None
        self._mode = 0
        self._on = False
        self._colour_code = 1
        self._data = RadioData()
        self.radios = ListeningRadios(self._colour_code)
        self._waiting: dict[int, list[bytes]] = {1: [], 2: []}
        self._play_at: float | None = None
        self._busy_until = {1: float("-inf"), 2: float("-inf")}
        self._due: list[tuple[float, int, Frame]] = []
        self._order = count()
        self._outgoing: list[bytes] = []

    @property
    def configured(self) -> bool:
        """Whether a host has set the modem up."""
        return self._mode != 0

    def feed(self, data: bytes, now: float) -> None:
        """Take octets of the host; what is no frame is ignored."""
        self._idle_at = now + IDLE_S
        self._read(self._reader.feed(data), now)

    def _read(self, items: list[Frame | bytes], now: float) -> None:
        for item in items:
            if isinstance(item, Frame):
                try:
                    self._take(item, now)
                except MalformedError:
                    self._say(Nak(item.type, NakReason.BAD_VALUE).build())

    def expire(self, now: float) -> None:
        """Transmit and hear what is due; give up half a frame."""
        if self._idle_at is not None and now >= self._idle_at:
            self._idle_at = None
            self._read(self._reader.flush(), now)
        while self._play_at is not None and self._play_at <= now:
            for slot, waiting in self._waiting.items():
                if waiting:
                    self._transmit(slot, waiting.pop(0), self._play_at)
            pending = any(self._waiting.values())
            self._play_at = self._play_at + FRAME_S if pending else None
        while self._due and self._due[0][0] <= now:
            _, _, frame = heapq.heappop(self._due)
            if self.configured:
                self._say(frame)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        due = (self._idle_at, self._play_at, self._due[0][0] if self._due else None)
        return min((moment for moment in due if moment is not None), default=None)

    def outgoing(self) -> list[bytes]:
        """Octets for the host since the last call, oldest first."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def talk(self, radio: int, target: int, speech: Speech, *, now: float) -> float:
        """Let a radio talk to a target, from `now` or as soon as the slot is free.

        Without terminator the modem says that it has lost the signal.

        Returns:
            When the slot is free again.
        """
        slot, lc = speech.slot, speech.link_control(radio, target)
        at = max(now, self._busy_until[slot])
        frames: list[Frame] = []
        if not speech.late_entry:
            header = lc_frame(lc, DataType.VOICE_LC_HEADER, self._colour_code)
            frames += [_data(slot, DataType.VOICE_LC_HEADER, header.octets)] * HEADERS
        bursts = voice_frames(
            speech.embedded(radio, target),
            self._colour_code,
            1 if speech.late_entry else 0,
            round(speech.duration_s / FRAME_S),
            self._rng,
        )
        frames += [
            DmrData(slot, burst.place or VOICE_SYNC, burst.octets).build() for burst in bursts
        ]
        if speech.lose_terminator:
            frames.append(DmrLost(slot).build())
        else:
            end = lc_frame(lc, DataType.TERMINATOR_WITH_LC, self._colour_code)
            frames.append(_data(slot, DataType.TERMINATOR_WITH_LC, end.octets))
        for frame in frames:
            self._put(at, frame)
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
        """Let a radio send any control block; on the air the block alone says whose it is."""
        del radio, target, group
        slot_type = SlotType(self._colour_code, DataType.CSBK)
        octets = build_data(Sync.MS_DATA, slot_type, block.build())
        return self.send(
            [(DataType.CSBK, octets)] * repeats, now=now, slot=slot, every=ALARM_EVERY_S
        )

    def send(
        self,
        bursts: list[tuple[DataType, bytes]],
        *,
        now: float,
        slot: int = 1,
        every: float = FRAME_S,
    ) -> float:
        """Let a radio send any data bursts."""
        at = max(now, self._busy_until[slot])
        for kind, octets in bursts:
            self._put(at, _data(slot, kind, octets))
            at += every
        self._busy_until[slot] = at
        return at

    def data(
        self, radio: int, target: int, port: int, payload: bytes, *, now: float, slot: int = 1
    ) -> float:
        """Let a radio send a UDP datagram to the computer behind `target`."""
        packet = self._data.datagram(Parties(target, radio), port, payload)
        return self._say_bursts(packet.bursts(self._channel), now, slot)

    def status(self, radio: int, target: int, status: int, *, now: float, slot: int = 1) -> float:
        """Let a radio send a numbered status."""
        return self._say_bursts(
            status_bursts(status, Parties(target, radio), self._channel), now, slot
        )

    def busy_until(self, slot: int) -> float:
        """When a slot is free."""
        return self._busy_until[slot]

    @property
    def _channel(self) -> Channel:
        return Channel(self._colour_code, Sync.MS_DATA)

    def _say_bursts(self, bursts: Sequence[AirBurst], now: float, slot: int) -> float:
        pairs = [(burst.slot_type.data_type, burst.octets) for burst in bursts]
        return self.send(pairs, now=now, slot=slot)

    def _transmit(self, slot: int, octets: bytes, now: float) -> None:
        """A burst goes out; the radios in reach hear it."""
        self._on_air(slot, octets)
        try:
            answer = self.radios.hear(octets, slot, now)
        except MalformedError:
            return  # a radio does not understand it either
        if answer is not None:
            self._say_bursts(answer.bursts, now + ANSWER_AFTER_S, slot)

    def _take(self, frame: Frame, now: float) -> None:
        match frame.name:
            case FrameType.GET_VERSION:
                version = Version(_PROTOCOL, "MMDVM simulator", Modes.DMR, pocsag=False, cpu="ST")
                self._say(Frame(FrameType.GET_VERSION, version.build()))
            case FrameType.GET_STATUS:
                self._say(Frame(FrameType.GET_STATUS, self._status().build(_PROTOCOL)))
            case FrameType.SET_CONFIG:
                self._colour_code = Configuration.parse(frame.payload, _PROTOCOL).colour_code
                self.radios.colour_code = self._colour_code
                self._say(Ack(frame.type).build())
            case FrameType.SET_FREQ:
                self._say(Ack(frame.type).build())
            case _:
                self._take_message(frame, now)

    def _take_message(self, frame: Frame, now: float) -> None:
        match read_message(frame):
            case SetMode(mode):
                self._mode = mode
                self._say(Ack(frame.type).build())
            case DmrStart(on):
                self._on = on
                self._say(Ack(frame.type).build())
            case DmrData(slot, _, burst):
                if len(self._waiting[slot]) >= BUFFER:
                    self._say(Nak(frame.type, NakReason.NO_SPACE).build())
                    return
                self._waiting[slot].append(burst)
                self._play_at = self._play_at or now + FRAME_S
            case DmrAbort(slot):
                self._waiting[slot].clear()
                self._say(Ack(frame.type).build())
            case _:
                self._say(Nak(frame.type, NakReason.UNKNOWN).build())

    def _status(self) -> Status:
        flags = StatusFlags.TRANSMITTING if self._on else StatusFlags(0)
        room = {slot: BUFFER - len(waiting) for slot, waiting in self._waiting.items()}
        return Status(self._mode, flags, room[1], room[2])

    def _put(self, at: float, frame: Frame) -> None:
        heapq.heappush(self._due, (at, next(self._order), frame))

    def _say(self, frame: Frame) -> None:
        octets = frame.build()
        if self._rng.random() < self._loss.frame:
            return
        if self._rng.random() < self._loss.octet:
            place = self._rng.randrange(len(octets))
            octets = octets[:place] + octets[place + 1 :]
        self._outgoing.append(octets)


def _data(slot: int, kind: DataType, octets: bytes) -> Frame:
    return DmrData(slot, DATA_SYNC | kind, octets).build()
