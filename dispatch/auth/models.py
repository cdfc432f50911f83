"""Tables of users, their sessions and their one-time sign-in links. Tokens are stored hashed."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from dispatch.auth.identity import Role
from dispatch.db.types import BIG_ID, UtcDateTime


class UserAccount(SQLModel, table=True):
    """A person who signs in. Never deleted, so that the access log keeps its meaning."""

    __tablename__ = "user_account"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=64, unique=True)
    "Sign-in name, lower case."
    display_name: str = Field(max_length=128)
    role: str = Field(default=Role.DISPATCHER.value, max_length=16)
    language: str = Field(default="en", max_length=2)
    "`lv`, `lt` or `en`."
    password_hash: str | None = Field(default=None, max_length=255)
    "Argon2id; None until the user has set a password."
    disabled: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class UserAgency(SQLModel, table=True):
    """Which agencies a user may see. Administrators see all and have no rows."""

    __tablename__ = "user_agency"

    user_id: int = Field(foreign_key="user_account.id", primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", primary_key=True, index=True)


class UserSession(SQLModel, table=True):
    """One signed-in browser. The row goes when the session ends."""

    __tablename__ = "user_session"

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    "SHA-256 of the cookie's token, hexadecimal."
    user_id: int = Field(foreign_key="user_account.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    "Last sign of use, to the minute; the idle time counts from here."
    expires_at: datetime = Field(sa_type=UtcDateTime)
    "Absolute end."
    opened_by_link: bool = False
    "Opened by a one-time link: the user may set a password without knowing an old one."


class SignInLink(SQLModel, table=True):
    """A single-use way in, for first sign-in and forgotten passwords."""

    __tablename__ = "sign_in_link"

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInAttempt(SQLModel, table=True):
    """One attempt that still counts, where several processes count together; minutes old at most.

    On SQLite there is one process, which counts in memory.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_key_at", "key", "at"),)

    id: int = Field(default=None, primary_key=True, sa_type=BIG_ID)
    key: str = Field(max_length=64)
    "SHA-256 of what is counted: an address, or a name at an address."
    at: datetime = Field(sa_type=UtcDateTime)
    "By the database's own clock."
