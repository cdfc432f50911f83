"""State and health of links."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.links.models import Link
from dispatch.links.repository import LinkRepository
from dispatch.links.schemas import LinkView
from dispatch.live.hub import Passing
from dispatch.shared import Shared
from radio_gateway.domain.events import LinkChanged, LinkHealth


def link_view(row: Link, shared: Shared) -> LinkView:
    """One link as clients see it."""
    traits = shared.catalogue.get(row.name)
    return LinkView.model_validate(
        {
            **row.model_dump(),
            "site": row.site or None,
            "kind": traits.kind if traits else "",
            "title": traits.title if traits else row.name,
            "network": traits.network if traits else None,
        }
    )


async def links(
    session: AsyncSession, shared: Shared, after: int = 0, limit: int | None = None
) -> list[LinkView]:
    """All links, by id; they belong to no agency."""
    return [link_view(row, shared) for row in await LinkRepository(session).all(after, limit)]


async def changed(session: AsyncSession, shared: Shared, gateway: str, event: LinkChanged) -> bool:
    """Store a new state and tell it; whether the link came up just now.

    A change that is older than the known one has no effect.
    """
    repository = LinkRepository(session)
    at = event.at.utc
    row = await repository.find(gateway, event.link, event.site or "")
    if row is None:
        row = await repository.add(_new(gateway, event, at))
        came_up = event.state == "up"
    else:
        if at < row.since:
            return False
        came_up = event.state == "up"
        row.state, row.reason, row.since = event.state, event.reason[:300], at
        row.seen_at = max(row.seen_at, at)
        await repository.save()
    await shared.log.append(session, "link.changed", link_view(row, shared), None)
    return came_up


async def report(
    session: AsyncSession, shared: Shared, gateway: str, event: LinkHealth
) -> Passing | None:
    """Store counters; what consoles are told in passing. An old report has no effect."""
    repository = LinkRepository(session)
    at = event.at.utc
    row = await repository.find(gateway, event.link, event.site or "")
    if row is None:
        row = await repository.add(_new(gateway, event, event.since))
    elif at < row.seen_at:
        return None
    if event.since >= row.since:
        row.state, row.since = event.state, event.since
    row.last_payload_at = event.last_payload_at or row.last_payload_at
    row.frames, row.malformed, row.refused = event.frames, event.malformed, event.refused
    row.latency_ms = event.latency_ms
    row.seen_at = at
    await repository.save()
    return Passing("links", row.id, None, link_view(row, shared).model_dump_json().encode())


async def any_up(session: AsyncSession, names: Iterable[str]) -> bool:
    """Whether one of these links is up, or has not reported yet and so may be."""
    wanted = list(names)
    repository = LinkRepository(session)
    if await repository.up(wanted):
        return True
    return bool(set(wanted) - await repository.known(wanted))


def _new(gateway: str, event: LinkChanged | LinkHealth, since: datetime) -> Link:
    return Link(
        gateway=gateway,
        name=event.link,
        site=event.site or "",
        state=event.state,
        reason=event.reason[:300] if isinstance(event, LinkChanged) else "",
        since=since,
        seen_at=event.at.utc,
    )
