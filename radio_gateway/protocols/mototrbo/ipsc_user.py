"""IPSC user packets: one burst of a call or of data, opened by the repeater that heard it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, TypeAlias

from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ipsc_rtp import Rtp

HEAD_OCTETS: Final = 30
"Before the burst: IPSC, call and RTP fields."
VOICE_OCTETS: Final = 19
"Three vocoder frames of 49 bits at bits 0, 50 and 100."
_ENCRYPTED: Final = 0x80
_LAST: Final = 0x40
_SLOT_2: Final = 0x20
_PHONE: Final = 0x10
_LEGACY_RSSI_SCALE: Final = 256_000


class UserType(IntEnum):
    """First octet of a user packet."""

    GROUP_VOICE = 0x80
    PRIVATE_VOICE = 0x81
    GROUP_DATA = 0x83
    PRIVATE_DATA = 0x84


class BurstType(IntEnum):
    """Low six bits of the burst's first octet.

    What number rate 1 data and single bursts of data (USB) have is not public.
    """

    PI_HEADER = 0x00
    VOICE_HEADER = 0x01
    TERMINATOR = 0x02
    CSBK = 0x03
    DATA_HEADER = 0x06
    RATE_12_DATA = 0x07
    RATE_34_DATA = 0x08
    VOICE = 0x0A
    SYNC_LOST = 0x13


class VoiceFlag:
    """Third octet of a voice burst: what it carries beside the vocoder frames."""

    SYNC: Final = 0x40
    "This is burst A."
    LINK_CONTROL: Final = 0x10
    "The embedded link control that its superframe made up, 9 octets."
    EMB: Final = 0x04
    FRAGMENT: Final = 0x02
    "Its own part of the embedded link control as on the air, 4 octets."


@dataclass(frozen=True, slots=True)
class VoiceContent:
    """60 ms of voice. The repeater has removed the vocoder's FEC: wrong bits are not told."""

    flags: int
    "`VoiceFlag` bits."
    voice: bytes
    "19 octets"
    fragment: bytes = b""
    "4 octets with `VoiceFlag.FRAGMENT`."
    lc: bytes | None = None
    "9 octets with `VoiceFlag.LINK_CONTROL`."
    emb: Emb | None = None
    slot_bit: bool = False
    "Bit 7 of the burst type; the slot of the call stands in the packet."
    rest: bytes = b""

    @property
    def sync(self) -> bool | None:
        """True in burst A, as a burst from the air has its synchronisation there."""
        return True if self.flags & VoiceFlag.SYNC else None

    @property
    def wrong_bits(self) -> None:
        """Not known: a repeater does not tell."""

    @classmethod
    def parse(cls, burst: bytes) -> "VoiceContent":
        length = burst[1] if len(burst) > 1 else 0
        if len(burst) < 2 + length or length < 1 + VOICE_OCTETS:
            raise MalformedError("IPSC voice burst is cut short", burst)
        flags, at, end = burst[2], 3 + VOICE_OCTETS, 2 + length
        sizes = (
            4 if flags & VoiceFlag.FRAGMENT else 0,
            9 if flags & VoiceFlag.LINK_CONTROL else 0,
            1 if flags & VoiceFlag.EMB else 0,
        )
        if at + sum(sizes) > end:
            raise MalformedError("IPSC voice burst lacks what its flags say", burst)
        fragment = burst[at : at + sizes[0]]
        at += sizes[0]
        lc = burst[at : at + 9] if sizes[1] else None
        at += sizes[1]
        emb = _emb(burst[at]) if sizes[2] else None
        at += sizes[2]
        voice = burst[3 : 3 + VOICE_OCTETS]
        return cls(flags, voice, fragment, lc, emb, bool(burst[0] & 0x80), burst[at:])

    def build(self) -> bytes:
        emb = b"" if self.emb is None else bytes((_emb_octet(self.emb),))
        inside = bytes((self.flags,)) + self.voice + self.fragment + (self.lc or b"") + emb
        inside += self.rest
        return bytes((self.slot_bit << 7 | BurstType.VOICE, len(inside))) + inside


@dataclass(frozen=True, slots=True)
class BlockContent:
    """Header, terminator, CSBK or data block: its information field without FEC."""

    burst_type: int
    "A `BurstType`."
    block: bytes
    "12 octets, 18 at rate 3/4. Confirmed blocks of rate 3/4 come with their serial number and "
    "CRC-9 last instead of first."
    flags: int = 0x80
    "Of no known meaning."
    sync_flags: int = 0x0A
    slot_type: int | None = None
    "16 bits: colour code and data type in the low octet."
    rssi: bytes = b""
    "2 octets, if told."
    slot_bit: bool = False
    rest: bytes = b""

    @property
    def colour_code(self) -> int | None:
        return None if self.slot_type is None else self.slot_type >> 4 & 0xF

    @property
    def rssi_dbm(self) -> float | None:
        """Signal strength as current firmware tells it; uncertain, old firmware is 56 dB off."""
        if not self.rssi:
            return None
        return -(self.rssi[0] + (self.rssi[1] * 1000 + 128) / _LEGACY_RSSI_SCALE)

    @classmethod
    def parse(cls, burst: bytes) -> "BlockContent":
        if len(burst) < 8:
            raise MalformedError("IPSC data burst is cut short", burst)
        end = 4 + 2 * int.from_bytes(burst[2:4], "big")
        bits = int.from_bytes(burst[6:8], "big")
        has_rssi, has_slot_type = burst[4] & 0x80, burst[5] & 0x08
        at = 8 + bits // 8
        if bits not in (96, 144) or end > len(burst):
            raise MalformedError("IPSC data burst of another size than it says", burst)
        if at + (2 if has_slot_type else 0) + (2 if has_rssi else 0) > end:
            raise MalformedError("IPSC data burst lacks what its flags say", burst)
        block, slot_type, rssi = burst[8:at], None, b""
        if has_slot_type:
            slot_type = int.from_bytes(burst[at : at + 2], "big")
            at += 2
        if has_rssi:
            rssi = burst[at : at + 2]
            at += 2
        return cls(
            burst[0] & 0x3F,
            block,
            burst[1],
            burst[5],
            slot_type,
            rssi,
            bool(burst[0] & 0x80),
            burst[at:],
        )

    def build(self) -> bytes:
        rssi_flags = 0x80 if self.rssi else 0
        slot_type = b"" if self.slot_type is None else self.slot_type.to_bytes(2, "big")
        inside = (
            bytes((rssi_flags, self.sync_flags))
            + (8 * len(self.block)).to_bytes(2, "big")
            + self.block
            + slot_type
            + self.rssi
            + self.rest
        )
        first = self.slot_bit << 7 | self.burst_type
        return bytes((first, self.flags)) + (len(inside) // 2).to_bytes(2, "big") + inside


@dataclass(frozen=True, slots=True)
class OtherContent:
    """A burst that we do not read: lost synchronisation and what newer firmware may bring."""

    octets: bytes

    @property
    def burst_type(self) -> int:
        return self.octets[0] & 0x3F

    def build(self) -> bytes:
        return self.octets


Content: TypeAlias = VoiceContent | BlockContent | OtherContent

_BLOCKS: Final = frozenset(
    (
        BurstType.PI_HEADER,
        BurstType.VOICE_HEADER,
        BurstType.TERMINATOR,
        BurstType.CSBK,
        BurstType.DATA_HEADER,
        BurstType.RATE_12_DATA,
        BurstType.RATE_34_DATA,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPacket:
    """80, 81, 83, 84: one burst with the call that it belongs to."""

    TYPES: ClassVar[frozenset[int]] = frozenset(UserType)
    user_type: UserType
    peer: int
    "The repeater that heard it."
    call: int
    "0..255, the same in all packets of one transmission."
    source: int
    target: int
    "Talkgroup or radio, 24 bit."
    priority: int = 2
    "2 voice, 1 data"
    control: bytes = bytes(4)
    "Random for each call."
    flags: int = 0
    "As sent; see the properties."
    rtp: Rtp
    content: Content

    @property
    def group(self) -> bool:
        return self.user_type in (UserType.GROUP_VOICE, UserType.GROUP_DATA)

    @property
    def slot(self) -> int:
        """1 or 2"""
        return 2 if self.flags & _SLOT_2 else 1

    @property
    def encrypted(self) -> bool:
        return bool(self.flags & _ENCRYPTED)

    @property
    def last(self) -> bool:
        """The transmission ends with this packet."""
        return bool(self.flags & _LAST)

    @property
    def phone(self) -> bool:
        """A call to or from a telephone."""
        return bool(self.flags & _PHONE)

    @classmethod
    def parse(cls, data: bytes) -> "UserPacket":
        """Read one packet without its hash.

        Raises:
            MalformedError: cut short, no RTP, or a burst that contradicts itself.
        """
        if len(data) <= HEAD_OCTETS:
            raise MalformedError("IPSC user packet is cut short", data)
        if data[0] not in cls.TYPES:
            raise MalformedError("no IPSC user packet", data)
        if data[18] != 0x80:
            raise MalformedError("IPSC user packet without RTP", data)
        return cls(
            user_type=UserType(data[0]),
            peer=int.from_bytes(data[1:5], "big"),
            call=data[5],
            source=int.from_bytes(data[6:9], "big"),
            target=int.from_bytes(data[9:12], "big"),
            priority=data[12],
            control=data[13:17],
            flags=data[17],
            rtp=Rtp.from_bytes(data[18:30]),
            content=_content(data[HEAD_OCTETS:]),
        )

    def build(self) -> bytes:
        return b"".join(
            (
                bytes((self.user_type,)),
                self.peer.to_bytes(4, "big"),
                bytes((self.call,)),
                self.source.to_bytes(3, "big"),
                self.target.to_bytes(3, "big"),
                bytes((self.priority,)),
                self.control,
                bytes((self.flags,)),
                self.rtp.to_bytes(),
                self.content.build(),
            )
        )


def flags_of(slot: int, *, last: bool = False, encrypted: bool = False) -> int:
    """The flag octet of a user packet."""
    return (_SLOT_2 if slot == 2 else 0) | (_LAST if last else 0) | (_ENCRYPTED if encrypted else 0)


def _content(burst: bytes) -> Content:
    kind = burst[0] & 0x3F
    if kind == BurstType.VOICE:
        return VoiceContent.parse(burst)
    if kind in _BLOCKS:
        return BlockContent.parse(burst)
    return OtherContent(burst)


def _emb(octet: int) -> Emb:
    """The 7 information bits of an EMB, as captured bursts hold them, and one bit unused."""
    return Emb(octet >> 4, Lcss(octet >> 1 & 0x3), bool(octet & 0x08))


def _emb_octet(emb: Emb) -> int:
    return emb.colour_code << 4 | emb.privacy << 3 | emb.lcss << 1
