"""The modem's side of the serial line as its firmware plays it: plain octets and counters.

The bursts are captured ones (radio 2161005 in talkgroup 9): `hello-frame40`, `-100` and `-98` of
tests/vectors/dmr/bursts.json, which names their source.
"""

from dataclasses import dataclass, field

HEADER = bytes.fromhex("01b50bda06181df81da05680846dff57d75df5de31a80f98391020207b01ee0003")
"BS voice LC header, group call of radio 0x20F96D in talkgroup 9, colour code 1."
VOICE_A = bytes.fromhex("a184c66773474035abfcd782735755fd7df75f70611bd4c9be1680042101f14ec1")
VOICE_F = bytes.fromhex("93b7e60544760526feb3a6c40451100000000e26122541aab095e64654472317cd")
RADIO, TALKGROUP = 0x20F96D, 9

VERSION, STATUS, CONFIG, MODE, FREQUENCY = 0, 1, 2, 3, 4
START, ABORT = 0x1D, 0x1E
DATA = {1: 0x18, 2: 0x1A}
LOST = {1: 0x19, 2: 0x1B}
BUFFER = 10


def framed(kind: int, payload: bytes = b"") -> bytes:
    return bytes((0xE0, len(payload) + 3, kind)) + payload


def burst(slot: int, control: int, octets: bytes, rssi: int | None = None) -> bytes:
    tail = b"" if rssi is None else rssi.to_bytes(2, "big")
    return framed(DATA[slot], bytes((control,)) + octets + tail)


def header(slot: int = 1) -> bytes:
    return burst(slot, 0x41, HEADER)


def voice(slot: int = 1, superframes: int = 1, rssi: int | None = None) -> bytes:
    """Superframes whose bursts B to F carry nothing; signal strength in burst A."""
    one = burst(slot, 0x20, VOICE_A, rssi)
    return (one + b"".join(burst(slot, n, VOICE_F) for n in range(1, 6))) * superframes


@dataclass
class MmdvmModem:
    """Answers its host; what it would transmit is kept in `aired`."""

    protocol: int = 2
    modes: int = 0x02
    silent: bool = False
    mode: int = 0
    on: bool = False
    configuration: bytes = b""
    frequencies: bytes = b""
    room: dict[int, int] = field(default_factory=lambda: {1: BUFFER, 2: BUFFER})
    aired: dict[int, list[bytes]] = field(default_factory=lambda: {1: [], 2: []})
    heard: list[int] = field(default_factory=list)
    "Types of the host's frames, in order."
    overruns: int = 0
    "Bursts that found no room."
    refuses: dict[int, int] = field(default_factory=dict)
    "Type -> reason of the refusal."
    _buffer: bytes = b""

    def restart(self) -> None:
        """Power comes back: nothing is known any more."""
        self.mode, self.on, self.configuration = 0, False, b""

    def play(self, bursts: int = 1) -> None:
        """Time passes on the air: so many bursts of each timeslot are transmitted."""
        for slot in (1, 2):
            self.room[slot] = min(BUFFER, self.room[slot] + bursts)

    def answer(self, data: bytes) -> bytes:
        """Take octets of the host; returns what goes back."""
        if self.silent:
            return b""
        self._buffer += data
        said = b""
        while len(self._buffer) >= 3 and len(self._buffer) >= self._buffer[1]:
            length = self._buffer[1]
            frame, self._buffer = self._buffer[:length], self._buffer[length:]
            said += self._one(frame[2], frame[3:])
        return said

    def _one(self, kind: int, payload: bytes) -> bytes:
        self.heard.append(kind)
        if kind in self.refuses:
            return framed(0x7F, bytes((kind, self.refuses[kind])))
        if kind == VERSION:
            if self.protocol == 1:
                return framed(VERSION, b"\x01MMDVM 20180327 test")
            head = bytes((self.protocol, self.modes, 0, 2))
            return framed(VERSION, head + bytes(16) + b"MMDVM 20260801 test")
        if kind == STATUS:
            return framed(STATUS, self._status())
        if kind == CONFIG:
            wanted = 23 if self.protocol == 1 else 37
            if len(payload) != wanted:
                return framed(0x7F, bytes((CONFIG, 4)))
            self.configuration = payload
        elif kind == FREQUENCY:
            self.frequencies = payload
        elif kind == MODE:
            self.mode = payload[0]
        elif kind == START:
            self.on = bool(payload[0])
        elif kind == ABORT:
            self.aired[payload[0]].append(b"abort")
            self.room[payload[0]] = BUFFER
        elif kind in DATA.values():
            return self._data(1 if kind == DATA[1] else 2, payload)
        else:
            return framed(0x7F, bytes((kind, 2)))
        return framed(0x70, bytes((kind,)))

    def _data(self, slot: int, payload: bytes) -> bytes:
        if self.room[slot] == 0:
            self.overruns += 1
            return framed(0x7F, bytes((DATA[slot], 5)))
        self.room[slot] -= 1
        self.aired[slot].append(payload[1:])
        return b""

    def _status(self) -> bytes:
        room = bytes((0, self.room[1], self.room[2]))
        if self.protocol == 1:
            return bytes((2, self.mode, self.on)) + room + bytes(2)
        return bytes((self.mode, self.on, 0)) + room + bytes(11)
