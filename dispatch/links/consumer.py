"""Links going up and down, and their counters."""

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.calls.service import close_cut_off
from dispatch.ingest.batch import Batch
from dispatch.links.service import changed, note_report, report
from dispatch.messages.service import link_came_up
from dispatch.shared import Shared
from radio_gateway.domain.events import LinkChanged, LinkHealth
from radio_gateway.domain.report import GatewayReport


async def on_link_changed(batch: Batch, event: LinkChanged) -> None:
    """A link that comes up begins anew: calls from before are over, texts may go out."""
    came_up = await changed(batch.session, batch.shared, batch.gateway, event)
    if came_up:
        await close_cut_off(
            batch.session, batch.shared, batch.gateway, event.link, event.site, event.at.utc
        )
        await link_came_up(batch.session, batch.shared, event.link)


async def on_link_health(batch: Batch, event: LinkHealth) -> None:
    """Counters, told in passing."""
    told = await report(batch.session, batch.shared, batch.gateway, event)
    if told is not None:
        batch.passing.append(told)


async def on_report(session: AsyncSession, shared: Shared, told: GatewayReport) -> None:
    """A gateway that is back: what waited for its links goes out."""
    for link in await note_report(session, shared, told):
        await link_came_up(session, shared, link)
