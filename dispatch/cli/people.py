"""`dispatch user`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from dispatch.cli.output import CONFIG, ConfigOption, done, fail, run, say, settings_from

if TYPE_CHECKING:
    from dispatch.auth.identity import Role
    from dispatch.auth.models import UserAccount
    from dispatch.config import Settings
    from dispatch.users.repository import UserRepository

Result = TypeVar("Result")

users = typer.Typer(help="Users: add, list, one-time links, roles.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Sign-in name.")]


@users.command("add")
def add(
    name: NameArgument,
    role: Annotated[
        str, typer.Option(help="administrator, supervisor or dispatcher.")
    ] = "dispatcher",
    agency: Annotated[
        list[str] | None, typer.Option(help="Code of an agency; give several times for more.")
    ] = None,
    display_name: Annotated[str, typer.Option(help="As colleagues read it.")] = "",
    language: Annotated[str, typer.Option(help="lv, lt or en.")] = "lv",
    config: ConfigOption = CONFIG,
) -> None:
    """Add a user and print a one-time sign-in link."""
    from dispatch.auth.service import issue_link
    from dispatch.clock import now
    from dispatch.users import service

    settings, wanted = settings_from(config), _role(role)
    if language not in ("lv", "lt", "en"):
        fail(f"--language: found {language!r}, expected lv, lt or en")

    async def work(found: "UserRepository") -> str:
        user = await service.add(
            found,
            name=name,
            display_name=display_name or name,
            role=wanted,
            agency_ids=await _agency_ids(found, agency or []),
            language=language,
            now=now(),
        )
        await _log(found, "user", user, "collection")
        return await issue_link(found.session, user, now())

    token = _write(settings, work)
    done(f"added {name}")
    _print_link(settings, token)


@users.command("list")
def list_users(config: ConfigOption = CONFIG) -> None:
    """List all users."""

    async def work(found: "UserRepository") -> list[str]:
        return [
            f"{user.name:20} {user.role:14} {'disabled' if user.disabled else 'enabled':9} "
            f"{'password' if user.password_hash else 'no password':12} {user.display_name}"
            for user in await found.page(0, 100_000)
        ]

    for line in _write(settings_from(config), work):
        say(line)


@users.command("link")
def link(name: NameArgument, config: ConfigOption = CONFIG) -> None:
    """Print a one-time sign-in link for a user; older links end."""
    from dispatch.auth.service import issue_link
    from dispatch.clock import now

    settings = settings_from(config)

    async def work(found: "UserRepository") -> str:
        user = await _user(found, name)
        await _log(found, "sign_in_link", user, "alteration")
        return await issue_link(found.session, user, now())

    _print_link(settings, _write(settings, work))


@users.command("disable")
def disable(name: NameArgument, config: ConfigOption = CONFIG) -> None:
    """Shut a user out; sessions end within a minute at the latest."""
    _change(name, config, disabled=True)
    done(f"{name} is disabled")


@users.command("enable")
def enable(name: NameArgument, config: ConfigOption = CONFIG) -> None:
    """Let a disabled user in again."""
    _change(name, config, disabled=False)
    done(f"{name} is enabled")


@users.command("role")
def set_role(
    name: NameArgument,
    role: Annotated[str, typer.Argument(help="administrator, supervisor or dispatcher.")],
    agency: Annotated[
        list[str] | None, typer.Option(help="Code of an agency; give several times for more.")
    ] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Give a user another role, and with --agency other agencies."""
    _change(name, config, role=role, agencies=agency)
    done(f"{name} is now {role}")


def _change(
    name: str,
    config: Path,
    *,
    disabled: bool | None = None,
    role: str | None = None,
    agencies: list[str] | None = None,
) -> None:
    from dispatch.auth.service import end_sessions
    from dispatch.users import service

    wanted = None if role is None else _role(role)

    async def work(found: "UserRepository") -> None:
        user = await _user(found, name)
        ids = None if agencies is None else await _agency_ids(found, agencies)
        change = service.UserChange(disabled=disabled, role=wanted, agency_ids=ids)
        await service.change(found, user.id, change)
        await end_sessions(found.session, user.id)
        await _log(found, "user", user, "alteration")

    _write(settings_from(config), work)


def _role(text: str) -> "Role":
    from dispatch.auth.identity import Role

    try:
        return Role(text)
    except ValueError:
        fail(f"role: found {text!r}, expected {', '.join(Role)}")


async def _user(found: "UserRepository", name: str) -> "UserAccount":
    from dispatch.auth.service import stored_name
    from dispatch.errors import NotFoundError

    user = await found.by_name(stored_name(name))
    if user is None:
        raise NotFoundError(f"there is no user {name!r}; see `dispatch user list`")
    return user


async def _agency_ids(found: "UserRepository", codes: list[str]) -> list[int]:
    from dispatch.users.errors import UnknownAgencyError

    ids = []
    for code in codes:
        agency_id = await found.agency_by_code(code)
        if agency_id is None:
            raise UnknownAgencyError(f"{code!r}; import the fleet first")
        ids.append(agency_id)
    return ids


async def _log(found: "UserRepository", subject: str, user: "UserAccount", action: str) -> None:
    from dispatch.audit.models import Action
    from dispatch.audit.service import record

    scope = {"user": user.name, "at": "command line"}
    await record(found.session, None, Action(action), subject, scope, 1)


def _write(settings: "Settings", work: Callable[["UserRepository"], Awaitable[Result]]) -> Result:
    """Run `work` in one transaction; an installation that never ran gets its database first."""

    async def within() -> Result:
        from dispatch.db import migrate
        from dispatch.db.database import Database
        from dispatch.users.repository import UserRepository

        await migrate.make_or_check(settings.database_url)
        database = Database.open(settings.database_url)
        try:
            async with database.write() as session:
                return await work(UserRepository(session))
        finally:
            await database.close()

    return run(within)


def _print_link(settings: "Settings", token: str) -> None:
    from dispatch.cli.installation import sign_in_address
    from dispatch.listening import console_address

    say("One-time sign-in link, valid for 15 minutes:")
    say(f"  {sign_in_address(console_address(settings), token)}")
