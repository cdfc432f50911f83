"""One Tait radio as base, as configured; and how its identities are our radio numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.domain.ids import MAX_NUMBER, RadioId, TalkgroupId
from radio_gateway.protocols.tait.commands import DATA_ID

ALL_OF_FLEET: Final = 0
"Talkgroup number that stands for every radio of the fleet."
UNKNOWN: Final = 0
"Number of the radio that a message or call without caller counts for; no radio has it."


@dataclass(frozen=True, slots=True, kw_only=True)
class TaitConfig:
    """One base radio."""

    name: str
    "Name of the link."
    network: str
    radio: int
    "Number of the base radio itself, for its own emergency key."
    fleet: str = "0000"
    "What the data identities of all radios begin with; the rest is the radio's number."
    identities: Mapping[str, int] = field(default_factory=dict)
    "Selcall or data identities that do not hold the number, and the number."
    site: str | None = None
    talkgroup: int | None = None
    "Talkgroup of group calls; rings name none."
    statuses: Mapping[int, str] = field(default_factory=dict)
    emergency_statuses: frozenset[int] = frozenset()
    lead_in_ms: int = 100
    "Carrier before a message; more through a repeater."
    check_every_s: float = 10.0
    "A radio that was silent for this long is asked whether it is there."


class Identities:
    """Eight characters of a data identity, or the digits of a Selcall identity, and radios."""

    def __init__(self, network: str, fleet: str, names: Mapping[str, int]) -> None:
        self._network = network
        self._fleet = fleet
        self._names = dict(names)
        self._data_ids = {number: name for name, number in names.items() if len(name) == DATA_ID}

    @property
    def unknown(self) -> RadioId:
        """Stands for a sender that the radio did not name."""
        return RadioId(self._network, UNKNOWN)

    def radio(self, identity: str | None) -> RadioId | None:
        """The radio that an identity names; None: none that we know how to read."""
        if not identity:
            return None
        number = self._names.get(identity)
        if number is None:
            digits = identity
            if len(identity) == DATA_ID and identity.startswith(self._fleet):
                digits = identity[len(self._fleet) :]
            number = int(digits) if digits.isascii() and digits.isdecimal() else None
        if number is None or not UNKNOWN < number <= MAX_NUMBER:
            return None
        return RadioId(self._network, number)

    def data_id(self, radio: RadioId) -> str | None:
        """Whom a message to a radio is addressed to; None: no radio of this base."""
        if radio.network != self._network or radio.number == UNKNOWN:
            return None
        if radio.number in self._data_ids:
            return self._data_ids[radio.number]
        digits = f"{radio.number:0{DATA_ID - len(self._fleet)}d}"
        return self._fleet + digits if len(self._fleet + digits) == DATA_ID else None

    def all_of(self, talkgroup: TalkgroupId) -> str | None:
        """As `data_id`, with a wildcard for each digit; only the whole fleet can be reached."""
        if talkgroup != TalkgroupId(self._network, ALL_OF_FLEET):
            return None
        return self._fleet.ljust(DATA_ID, "*")
