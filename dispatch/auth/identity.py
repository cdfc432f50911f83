"""The person behind a request, and what a role allows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Each role may do all that the ones below it may."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"

    def at_least(self, other: "Role") -> bool:
        """Whether this role includes the rights of `other`."""
        return _RANK[self] >= _RANK[other]


_RANK: Final = {Role.DISPATCHER: 0, Role.SUPERVISOR: 1, Role.ADMINISTRATOR: 2}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user within one session, as it was when the request came in."""

    user_id: int
    name: str
    display_name: str
    role: Role
    agency_ids: frozenset[int] | None
    "Agencies whose data the user may see; None: all (administrators)."
    session_id: int
    address: str = ""
    "Where the request came from, for the access log."
