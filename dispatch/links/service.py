"""State and health of links."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.links.catalogue import LinkTraits, dump_traits, load_traits, traits_of
from dispatch.links.models import Gateway, Link
from dispatch.links.repository import LinkRepository
from dispatch.links.schemas import LinkView
from dispatch.live.hub import Passing
from dispatch.shared import Shared
from radio_gateway.domain.events import LinkChanged, LinkHealth
from radio_gateway.domain.report import GatewayReport


def link_view(row: Link, shared: Shared, gateway: Gateway | None) -> LinkView:
    """One link as clients see it; whatever it said last, it is down while its gateway is away."""
    traits = shared.catalogue.get(row.name)
    away = (
        {}
        if gateway is None or gateway.online
        else {
            "state": "down",
            "reason": f"gateway {gateway.name} is away",
            "since": max(gateway.since, row.since) if row.state == "down" else gateway.since,
        }
    )
    return LinkView.model_validate(
        {
            **row.model_dump(),
            **away,
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
    repository = LinkRepository(session)
    gateways = {gateway.name: gateway for gateway in await repository.gateways()}
    rows = await repository.all(after, limit)
    return [link_view(row, shared, gateways.get(row.gateway)) for row in rows]


async def rows(session: AsyncSession) -> Sequence[Link]:
    """All links as stored, by id; for those who watch them."""
    return await LinkRepository(session).all()


async def known_links(session: AsyncSession) -> dict[str, dict[str, LinkTraits]]:
    """The links of every gateway as it said last, for a start while the broker is away."""
    rows = await LinkRepository(session).gateways()
    return {row.name: load_traits(row.links) for row in rows}


async def note_report(session: AsyncSession, shared: Shared, report: GatewayReport) -> list[str]:
    """Keep what a gateway says of itself; the links that are up again as it came back.

    Nothing is written unless it came, went, or is another program or configuration.
    """
    repository = LinkRepository(session)
    traits = dump_traits(traits_of(report)) if report.links else None
    now = shared.now()  # a last will carries the time at which it was written
    row = await repository.gateway(report.gateway)
    if row is None:
        row = await repository.add_gateway(
            Gateway(
                name=report.gateway,
                online=report.online,
                since=now,
                version=report.version[:64],
                links=traits or "[]",
            )
        )
        turned = not report.online
    else:
        turned = row.online != report.online
        if turned:
            row.online, row.since = report.online, now
        row.version, row.links = report.version[:64], traits or row.links
        await repository.save()
    if not turned:
        return []
    its_links = await repository.of_gateway(report.gateway)
    for link in its_links:
        await shared.log.append(session, "link.changed", link_view(link, shared, row), None)
    return [one.name for one in its_links if row.online and one.state == "up" and not one.site]


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
    view = link_view(row, shared, await repository.gateway(gateway))
    await shared.log.append(session, "link.changed", view, None)
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
    row.options = None if event.options is None else event.options[:300]
    row.seen_at = at
    await repository.save()
    view = link_view(row, shared, await repository.gateway(gateway))
    return Passing("links", row.id, None, view.model_dump_json().encode())


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
