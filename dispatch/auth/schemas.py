"""What the session routes take and give."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from dispatch.answers import Iso
from dispatch.auth.identity import Role
from dispatch.auth.models import UserAccount
from dispatch.auth.passwords import LONGEST


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PasswordSignIn(_Body):
    """Sign in by name and password."""

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=LONGEST)


class LinkSignIn(_Body):
    """Sign in by a one-time link."""

    token: str = Field(min_length=1, max_length=128)


class NewPassword(_Body):
    """A user's own new password."""

    password: str = Field(max_length=LONGEST)
    current: str | None = Field(default=None, max_length=LONGEST)


class User(BaseModel):
    """A user as the console sees one."""

    id: int
    name: str
    display_name: str
    role: Role
    agency_ids: list[int]
    "Empty for administrators: all."
    language: str
    disabled: bool

    @classmethod
    def of(cls, user: UserAccount, agency_ids: frozenset[int]) -> "User":
        """Make the answer from a row and its agencies."""
        return cls(
            id=user.id,
            name=user.name,
            display_name=user.display_name,
            role=Role(user.role),
            agency_ids=sorted(agency_ids),
            language=user.language,
            disabled=user.disabled,
        )


class SessionOpened(BaseModel):
    """Answer to a sign-in; the cookie comes with it."""

    user: User
    expires_at: Iso


class MapSource(BaseModel):
    """What lies under the units; nothing of it: a drawing of the coast."""

    pmtiles: bool
    "Whether `/maps/region.pmtiles` is there."
    tile_url: str | None
    attribution: str


class TemplateText(BaseModel):
    """A ready text in every language."""

    key: str
    lv: str
    lt: str
    en: str


class ConsoleSettings(BaseModel):
    """What the configuration says about the console."""

    map: MapSource
    templates: list[TemplateText]


class SessionState(BaseModel):
    """Who is signed in, and what the console needs to know before it starts."""

    user: User
    expires_at: Iso
    demo: bool
    server_time: Iso
    version: str
    password_set: bool
    console: ConsoleSettings


def session_opened(user: UserAccount, agency_ids: frozenset[int], until: datetime) -> SessionOpened:
    """Answer to a sign-in."""
    return SessionOpened(user=User.of(user, agency_ids), expires_at=until)
