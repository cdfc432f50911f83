"""HTTP: `/api/session`."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from starlette.requests import HTTPConnection

from dispatch.auth.dependencies import CurrentUser, client_address, cookie_name
from dispatch.auth.errors import NotSignedInError
from dispatch.auth.repository import AuthRepository
from dispatch.auth.schemas import (
    LinkSignIn,
    NewPassword,
    PasswordSignIn,
    SessionOpened,
    SessionState,
    User,
    session_opened,
)
from dispatch.auth.service import Door
from dispatch.clock import now
from dispatch.db.sessions import Reading
from dispatch.problems import problems

router = APIRouter(prefix="/api/session", tags=["session"])


def get_door(connection: HTTPConnection) -> Door:
    """The door that `create_app` put into `app.state.door`."""
    return cast("Door", connection.app.state.door)


TheDoor = Annotated[Door, Depends(get_door)]


@router.post("", operation_id="sign_in", responses=problems(429))
async def sign_in(
    body: PasswordSignIn | LinkSignIn, request: Request, response: Response, door: TheDoor
) -> SessionOpened:
    """Sign in by name and password, or by a one-time link's token; sets the session cookie."""
    address = client_address(request)
    if isinstance(body, LinkSignIn):
        opened = await door.sign_in_by_link(body.token, address)
    else:
        opened = await door.sign_in(body.name, body.password, address)
    response.set_cookie(
        cookie_name(request),
        opened.token,
        max_age=opened.life_s,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return session_opened(opened.user, opened.agency_ids, opened.expires_at)


@router.get("", operation_id="session_state")
async def session_state(user: CurrentUser, request: Request, session: Reading) -> SessionState:
    """Who is signed in, until when, and what the console needs to start."""
    repository = AuthRepository(session)
    account, row = await repository.user(user.user_id), await repository.session(user.session_id)
    if account is None or row is None:
        raise NotSignedInError
    state = request.app.state
    return SessionState(
        user=User.of(account, user.agency_ids or frozenset()),
        expires_at=row.expires_at,
        demo=state.demo,
        server_time=now(),
        version=request.app.version,
        password_set=account.password_hash is not None,
        console=state.console,
    )


@router.delete("", status_code=204, operation_id="sign_out")
async def sign_out(user: CurrentUser, request: Request, response: Response, door: TheDoor) -> None:
    """End this session, here and in every window that uses it."""
    await door.sign_out(user)
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


@router.put("/password", status_code=204, operation_id="set_password")
async def set_password(user: CurrentUser, body: NewPassword, door: TheDoor) -> None:
    """Set one's own password; ends one's other sessions."""
    await door.set_password(user, body.password, body.current)
