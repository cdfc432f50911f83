"""Rules of user accounts. Users are disabled, never deleted: the access log names them."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from dispatch.auth.identity import Role
from dispatch.auth.models import UserAccount
from dispatch.auth.service import stored_name
from dispatch.errors import InvalidRequestError, NotFoundError
from dispatch.users.errors import LastAdministratorError, NameTakenError, UnknownAgencyError
from dispatch.users.repository import UserRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What to change; None leaves a thing as it is."""

    display_name: str | None = None
    role: Role | None = None
    agency_ids: Collection[int] | None = None
    language: str | None = None
    disabled: bool | None = None

    def named(self) -> list[str]:
        """Names of the fields that change, for the access log."""
        return [field.name for field in fields(self) if getattr(self, field.name) is not None]


async def add(
    users: UserRepository,
    *,
    name: str,
    display_name: str,
    role: Role,
    agency_ids: Collection[int],
    language: str,
    now: datetime,
) -> UserAccount:
    """Make an account without a password; its user comes in by a one-time link.

    Raises:
        NameTakenError: also by a disabled user.
        UnknownAgencyError: one of the agencies does not exist.
        InvalidRequestError: the name is not one, or a role below administrator has no agency.
    """
    name = stored_name(name)
    if not name or not all(c.isalnum() or c in "._-" for c in name):
        raise InvalidRequestError("A user name has letters, digits, dot, underscore and hyphen.")
    if await users.by_name(name) is not None:
        raise NameTakenError(name)
    user = UserAccount(
        name=name,
        display_name=display_name.strip() or name,
        role=role.value,
        language=language,
        created_at=now,
    )
    await users.add(user)
    await _give_agencies(users, user, agency_ids)
    return user


async def change(users: UserRepository, user_id: int, wanted: UserChange) -> UserAccount:
    """Change an account.

    Raises:
        NotFoundError: no such user.
        LastAdministratorError: it would leave no enabled administrator.
        UnknownAgencyError, InvalidRequestError: as `add`.
    """
    user = await found(users, user_id)
    role = wanted.role or Role(user.role)
    disabled = user.disabled if wanted.disabled is None else wanted.disabled
    was_administrator = user.role == Role.ADMINISTRATOR.value and not user.disabled
    stays_administrator = role is Role.ADMINISTRATOR and not disabled
    if (
        was_administrator
        and not stays_administrator
        and not await users.other_administrators(user_id)
    ):
        raise LastAdministratorError
    user.role = role.value
    user.disabled = disabled
    user.display_name = wanted.display_name or user.display_name
    user.language = wanted.language or user.language
    if wanted.agency_ids is not None or wanted.role is not None:
        present = (await users.agency_ids([user_id])).get(user_id, frozenset())
        await _give_agencies(
            users, user, present if wanted.agency_ids is None else wanted.agency_ids
        )
    return user


async def found(users: UserRepository, user_id: int) -> UserAccount:
    """The user of this id, or NotFoundError."""
    user = await users.get(user_id)
    if user is None:
        raise NotFoundError("There is no such user.")
    return user


async def _give_agencies(
    users: UserRepository, user: UserAccount, agency_ids: Collection[int]
) -> None:
    if user.role == Role.ADMINISTRATOR.value:
        agency_ids = ()  # administrators see all; rows would only mislead
    elif not agency_ids:
        raise InvalidRequestError(f"A {user.role} needs at least one agency.")
    unknown = set(agency_ids) - await users.known_agencies(agency_ids)
    if unknown:
        raise UnknownAgencyError(min(unknown))
    await users.set_agencies(user.id, sorted(set(agency_ids)))
