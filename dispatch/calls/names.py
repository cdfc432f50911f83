"""What radios, units and talkgroups are called, for the words that a search finds a call by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dispatch.db.words import indexed


class Named(NamedTuple):
    """Ids whose names are wanted."""

    radios: set[int]
    units: set[int]
    talkgroups: set[int]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of this moment by id."""

    radios: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    "Label and alias."
    units: dict[int, str] = field(default_factory=dict)
    talkgroups: dict[int, str] = field(default_factory=dict)

    def words(self, record: Mapping[str, Any]) -> str:
        """What a search finds this call by: alias, conversation, and the names."""
        nobody = (None, None)
        return indexed(
            record["talker_alias"],
            record["conversation"],
            *self.radios.get(record["radio_id"], nobody),
            *self.radios.get(record["called_radio_id"], nobody),
            self.units.get(record["unit_id"]),
            self.talkgroups.get(record["talkgroup_id"]),
        )
