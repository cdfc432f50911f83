"""The signed-in user as a FastAPI dependency, for HTTP routes and for the live stream."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final, cast

from fastapi import Depends, WebSocket
from starlette.requests import HTTPConnection

from dispatch.auth.errors import NotSignedInError, RoleRequiredError
from dispatch.auth.identity import Role, SignedIn
from dispatch.auth.sessions import Sessions
from dispatch.security import Origins

COOKIE: Final = "sardze_session"
SECURE_COOKIE: Final = "__Host-sardze_session"

CLOSE_SESSION_OVER: Final = 4401
CLOSE_WRONG_ORIGIN: Final = 4403
"A foreign origin, or a host name that is not the server's; the reason says which."


def get_sessions(connection: HTTPConnection) -> Sessions:
    """The sessions that `create_app` put into `app.state.sessions`."""
    return cast("Sessions", connection.app.state.sessions)


TheSessions = Annotated[Sessions, Depends(get_sessions)]


def cookie_name(connection: HTTPConnection) -> str:
    """Browsers hold `__Host-` cookies to this very host, but take them over https only."""
    return SECURE_COOKIE if connection.url.scheme in ("https", "wss") else COOKIE


def client_address(connection: HTTPConnection) -> str:
    """IP address of the peer; a trusted proxy's word is already applied by the server."""
    return connection.client.host if connection.client else ""


async def signed_in(connection: HTTPConnection) -> SignedIn:
    """Find the user by the session cookie.

    Raises:
        NotSignedInError: no cookie, or its session is over.
    """
    token = connection.cookies.get(cookie_name(connection))
    user = (
        await get_sessions(connection).resolve(token, client_address(connection)) if token else None
    )
    if user is None:
        raise NotSignedInError
    return user


CurrentUser = Annotated[SignedIn, Depends(signed_in)]
"The user of this request; 401 without one."


def require(role: Role) -> Callable[[SignedIn], Awaitable[SignedIn]]:
    """A dependency that lets this role and higher ones through: `Depends(require(Role.X))`."""

    async def check(user: CurrentUser) -> SignedIn:
        if not user.role.at_least(role):
            raise RoleRequiredError(role)
        return user

    return check


Supervisor = Annotated[SignedIn, Depends(require(Role.SUPERVISOR))]
Administrator = Annotated[SignedIn, Depends(require(Role.ADMINISTRATOR))]


async def websocket_user(websocket: WebSocket) -> SignedIn | None:
    """Find the user of a WebSocket that is not yet accepted.

    None: refused and already closed, with 4403 (foreign origin or host) or 4401 (no session). It is
    accepted first, since a browser shows the code of an accepted socket only; nothing is sent.
    """
    origins = cast("Origins", websocket.app.state.origins)
    if not origins.knows_host(websocket.scope):
        await websocket.accept()
        await websocket.close(CLOSE_WRONG_ORIGIN, "host_not_allowed: set allowed_origins")
        return None
    if not origins.allow(websocket.scope):
        await websocket.accept()
        await websocket.close(CLOSE_WRONG_ORIGIN, "wrong origin")
        return None
    try:
        return await signed_in(websocket)
    except NotSignedInError:
        await websocket.accept()
        await websocket.close(CLOSE_SESSION_OVER, "not signed in")
        return None
