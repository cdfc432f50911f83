"""The short messages of login, keep-alive and farewell."""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew import text

SALT_OCTETS: Final = 4
DIGEST_OCTETS: Final = 32
MAX_OPTIONS: Final = 292


def login_digest(salt: bytes, passphrase: bytes) -> bytes:
    """What RPTK carries: SHA-256 over the salt as it came, then the passphrase."""
    return sha256(salt + passphrase).digest()


def body(data: bytes, tag: bytes, *lengths: int) -> bytes:
    """What follows the tag of a message of one of the given total lengths.

    Raises:
        MalformedError: another tag or length.
    """
    if not data.startswith(tag):
        raise MalformedError(f"no {tag.decode()}", data)
    if len(data) not in lengths:
        raise MalformedError(f"{tag.decode()} of {len(data)} octets", data)
    return data[len(tag) :]


@dataclass(frozen=True, slots=True)
class Login:
    """RPTL: a repeater asks for a salt."""

    TAG: ClassVar[bytes] = b"RPTL"
    repeater_id: int

    @classmethod
    def parse(cls, data: bytes) -> "Login":
        return cls(int.from_bytes(body(data, cls.TAG, 8), "big"))

    def build(self) -> bytes:
        return self.TAG + self.repeater_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """RPTACK: the salt in answer to RPTL, the repeater's id otherwise."""

    TAG: ClassVar[bytes] = b"RPTACK"
    content: bytes
    "4 octets"

    @classmethod
    def parse(cls, data: bytes) -> "Acknowledge":
        return cls(body(data, cls.TAG, 10))

    def build(self) -> bytes:
        return self.TAG + self.content


@dataclass(frozen=True, slots=True)
class Refuse:
    """MSTNAK: wrong passphrase, or a session that the master does not know."""

    TAG: ClassVar[bytes] = b"MSTNAK"
    repeater_id: int | None

    @classmethod
    def parse(cls, data: bytes) -> "Refuse":
        rest = body(data, cls.TAG, 6, 10)
        return cls(int.from_bytes(rest, "big") if rest else None)

    def build(self) -> bytes:
        if self.repeater_id is None:
            return self.TAG
        return self.TAG + self.repeater_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Key:
    """RPTK: the proof that the repeater knows the passphrase."""

    TAG: ClassVar[bytes] = b"RPTK"
    repeater_id: int
    digest: bytes
    "32 octets, see `login_digest`; never logged."

    @classmethod
    def parse(cls, data: bytes) -> "Key":
        rest = body(data, cls.TAG, 40)
        return cls(int.from_bytes(rest[:4], "big"), rest[4:])

    def build(self) -> bytes:
        return self.TAG + self.repeater_id.to_bytes(4, "big") + self.digest


@dataclass(frozen=True, slots=True)
class Options:
    """RPTO: what the repeater would like to hear, `TS1=1,2;TS2=9`."""

    TAG: ClassVar[bytes] = b"RPTO"
    repeater_id: int
    options: str

    @classmethod
    def parse(cls, data: bytes) -> "Options":
        rest = body(data, cls.TAG, *range(8, 9 + MAX_OPTIONS))
        return cls(int.from_bytes(rest[:4], "big"), text.read(rest[4:]))

    def build(self) -> bytes:
        octets = self.options.encode()[:MAX_OPTIONS]
        return self.TAG + self.repeater_id.to_bytes(4, "big") + octets

    def entries(self) -> dict[str, str]:
        """`key=value` pairs joined by semicolons; what is no pair is left out."""
        pairs = (entry.partition("=") for entry in self.options.split(";"))
        return {key.strip(): value.strip() for key, equals, value in pairs if equals}


@dataclass(frozen=True, slots=True)
class Ping:
    """RPTPING: the repeater is alive; every 10 s."""

    TAG: ClassVar[bytes] = b"RPTPING"
    repeater_id: int

    @classmethod
    def parse(cls, data: bytes) -> "Ping":
        return cls(int.from_bytes(body(data, cls.TAG, 11), "big"))

    def build(self) -> bytes:
        return self.TAG + self.repeater_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Pong:
    """MSTPONG: so is the master."""

    TAG: ClassVar[bytes] = b"MSTPONG"
    repeater_id: int

    @classmethod
    def parse(cls, data: bytes) -> "Pong":
        return cls(int.from_bytes(body(data, cls.TAG, 11), "big"))

    def build(self) -> bytes:
        return self.TAG + self.repeater_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class RepeaterCloses:
    """RPTCL: the repeater leaves."""

    TAG: ClassVar[bytes] = b"RPTCL"
    repeater_id: int

    @classmethod
    def parse(cls, data: bytes) -> "RepeaterCloses":
        return cls(int.from_bytes(body(data, cls.TAG, 9), "big"))

    def build(self) -> bytes:
        return self.TAG + self.repeater_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class MasterCloses:
    """MSTCL: the master leaves."""

    TAG: ClassVar[bytes] = b"MSTCL"
    repeater_id: int

    @classmethod
    def parse(cls, data: bytes) -> "MasterCloses":
        return cls(int.from_bytes(body(data, cls.TAG, 9), "big"))

    def build(self) -> bytes:
        return self.TAG + self.repeater_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class BeaconRequest:
    """RPTSBKN: the master asks for a beacon now."""

    TAG: ClassVar[bytes] = b"RPTSBKN"
    repeater_id: int

    @classmethod
    def parse(cls, data: bytes) -> "BeaconRequest":
        return cls(int.from_bytes(body(data, cls.TAG, 11), "big"))

    def build(self) -> bytes:
        return self.TAG + self.repeater_id.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class SitePosition:
    """RPTG: where the repeater itself stands, four decimals of a degree."""

    TAG: ClassVar[bytes] = b"RPTG"
    repeater_id: int
    point: GeoPoint | None
    "None: hidden or unreadable."

    @classmethod
    def parse(cls, data: bytes) -> "SitePosition":
        rest = body(data, cls.TAG, 25)
        return cls(int.from_bytes(rest[:4], "big"), text.read_point(rest[4:12], rest[12:21]))

    def build(self) -> bytes:
        lat, lon = (self.point.lat, self.point.lon) if self.point else (0.0, 0.0)
        place = f"{lat:+08.4f}{lon:+09.4f}".encode()
        return self.TAG + self.repeater_id.to_bytes(4, "big") + place
