"""Who may see what: the one agency filter of log, snapshot, lists and live stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, false, or_, true

from dispatch.auth.identity import SignedIn
from dispatch.db.newest import exactly


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of agencies; rows without an agency are everybody's."""

    agencies: frozenset[int] | None
    "None: all."

    def sees(self, agency_id: int | None) -> bool:
        """Whether one row is within."""
        return self.agencies is None or agency_id is None or agency_id in self.agencies

    def where(self, agency_id: Any) -> ColumnElement[bool]:
        """The same for a column of a query."""
        if self.agencies is None:
            return true()
        own = agency_id.in_(sorted(self.agencies)) if self.agencies else false()
        return or_(agency_id.is_(None), own)

    def each(self, agency_id: Any) -> Sequence[ColumnElement[bool]]:
        """The same as conditions that exclude one another: each can use an index on agencies."""
        if self.agencies is None:
            return (true(),)
        return (agency_id.is_(None), *(exactly(agency_id, one) for one in sorted(self.agencies)))


EVERYTHING: Final = Scope(None)
"For the system itself."


def visible_to(user: SignedIn) -> Scope:
    """What this user may see."""
    return Scope(user.agency_ids)
