"""HTTP: `/api/users`, for administrators."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.dependencies import Administrator, TheSessions
from dispatch.auth.identity import Role
from dispatch.auth.schemas import User
from dispatch.auth.service import issue_link
from dispatch.clock import now
from dispatch.db.sessions import Reading, Writing
from dispatch.problems import problems
from dispatch.users import service
from dispatch.users.repository import UserRepository

router = APIRouter(prefix="/api/users", tags=["users"])

Language = Literal["lv", "lt", "en"]


class NewUser(BaseModel):
    """A user to add."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    display_name: str = Field(min_length=1, max_length=128)
    role: Role
    agency_ids: list[int] = Field(default_factory=list, max_length=100)
    language: Language = "en"


class ChangedUser(BaseModel):
    """What to change about a user; a field left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    display_name: str | None = Field(default=None, min_length=1, max_length=128)
    role: Role | None = None
    agency_ids: list[int] | None = Field(default=None, max_length=100)
    language: Language | None = None
    disabled: bool | None = None


class UserList(BaseModel):
    """One page of users."""

    items: list[User]
    next: str | None


class UserAnswer(BaseModel):
    """One user."""

    user: User


class UserAdded(UserAnswer):
    """A new user and the way in."""

    sign_in_token: str = Field(description="One-time, 15 minutes: /sign-in#token=...")


@router.get("", operation_id="list_users")
async def list_users(
    user: Administrator,  # noqa: ARG001 - asked for its check
    session: Reading,
    cursor: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> UserList:
    """All users, disabled ones included, by id."""
    users = UserRepository(session)
    rows = await users.page(cursor, limit + 1)
    agencies = await users.agency_ids([row.id for row in rows])
    return UserList(
        items=[User.of(row, agencies.get(row.id, frozenset())) for row in rows[:limit]],
        next=str(rows[limit - 1].id) if len(rows) > limit else None,
    )


@router.post("", status_code=201, operation_id="add_user", responses=problems(409))
async def add_user(user: Administrator, body: NewUser, session: Writing) -> UserAdded:
    """Add a user without a password; the answer holds a one-time sign-in token."""
    users = UserRepository(session)
    added = await service.add(
        users,
        name=body.name,
        display_name=body.display_name,
        role=body.role,
        agency_ids=body.agency_ids,
        language=body.language,
        now=now(),
    )
    token = await issue_link(session, added, now())
    await record(session, user, Action.COLLECTION, "user", {"user": added.name}, 1)
    return UserAdded(user=await _answer(users, added.id), sign_in_token=token)


@router.patch("/{user_id}", operation_id="change_user", responses=problems(404, 409))
async def change_user(
    user: Administrator,
    user_id: int,
    body: ChangedUser,
    session: Writing,
    sessions: TheSessions,
) -> UserAnswer:
    """Change a user; a user who loses rights is signed out everywhere."""
    users = UserRepository(session)
    wanted = service.UserChange(**body.model_dump())
    changed = await service.change(users, user_id, wanted)
    if {"role", "agency_ids", "disabled"} & set(wanted.named()):
        await sessions.end_all_of(session, user_id, but=user.session_id)
    scope = {"user": changed.name, "fields": wanted.named()}
    await record(session, user, Action.ALTERATION, "user", scope, 1)
    return UserAnswer(user=await _answer(users, user_id))


@router.post(
    "/{user_id}/sign-in-link",
    status_code=201,
    operation_id="issue_sign_in_link",
    responses=problems(404),
)
async def issue_sign_in_link(user: Administrator, user_id: int, session: Writing) -> UserAdded:
    """Make a one-time sign-in link for a user who has no password or forgot it."""
    users = UserRepository(session)
    account = await service.found(users, user_id)
    token = await issue_link(session, account, now())
    await record(session, user, Action.ALTERATION, "sign_in_link", {"user": account.name}, 1)
    return UserAdded(user=await _answer(users, user_id), sign_in_token=token)


async def _answer(users: UserRepository, user_id: int) -> User:
    account = await service.found(users, user_id)
    agencies = await users.agency_ids([user_id])
    return User.of(account, agencies.get(user_id, frozenset()))
