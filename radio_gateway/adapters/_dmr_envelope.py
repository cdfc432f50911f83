"""What a base station says about a burst that it hands on."""

from typing import Protocol

from radio_gateway.protocols.dmr.emb import Emb


class Envelope(Protocol):
    """Around one burst, whatever the vendor. What the burst itself says wins over it."""

    @property
    def sequence(self) -> int:
        """0..255, counts the frames of a slot."""

    @property
    def repeater_id(self) -> int:
        """Which base station heard it."""

    @property
    def slot(self) -> int:
        """1 or 2."""

    @property
    def stream(self) -> bytes:
        """Opaque octets, the same in all frames of one transmission."""

    @property
    def group(self) -> bool:
        """Whether `target` is a talkgroup."""

    @property
    def source(self) -> int:
        """Number of the radio that transmits."""

    @property
    def target(self) -> int:
        """Talkgroup or number of the radio that is called."""

    @property
    def bit_errors(self) -> int | None:
        """Wrong bits that the base station found among 141 of voice; None: not told."""

    @property
    def rssi_dbm(self) -> int | None:
        """Signal strength; None: not told."""


class Voice(Protocol):
    """60 ms of voice: a burst from the air, or what a base station tells about one."""

    @property
    def sync(self) -> object | None:
        """Set in burst A only."""

    @property
    def emb(self) -> Emb | None:
        """Set in bursts B to F; None there too when beyond repair."""

    @property
    def fragment(self) -> bytes:
        """The 4 embedded octets; meaningless in burst A."""

    @property
    def wrong_bits(self) -> int | None:
        """Bit errors among the 141 protected bits; None: not known."""
