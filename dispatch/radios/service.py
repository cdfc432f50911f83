"""Reading radios."""

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.errors import NotFoundError
from dispatch.links.catalogue import Reach
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.radios.models import Radio
from dispatch.radios.repository import RadioRepository
from dispatch.radios.schemas import RadioView
from dispatch.shared import Shared
from radio_gateway.domain.ids import RadioId


def reach_of(radio: Radio, shared: Shared) -> Reach:
    """What can be asked of a radio now."""
    return shared.catalogue.of_radio(radio.network, radio.link)


def radio_view(row: Radio, shared: Shared) -> RadioView:
    """One radio as clients see it."""
    reach = reach_of(row, shared)
    return RadioView(
        **row.model_dump(), abilities=sorted(reach.abilities), text_limit=reach.text_limit
    )


async def radios(
    session: AsyncSession, shared: Shared, scope: Scope, after: int = 0, limit: int | None = None
) -> list[RadioView]:
    """The radios that the scope shows, by id."""
    rows = await RadioRepository(session).all(scope, after, limit)
    return [radio_view(row, shared) for row in rows]


async def radio(session: AsyncSession, radio_id: int, scope: Scope = EVERYTHING) -> Radio:
    """One radio; raises NotFoundError."""
    row = await RadioRepository(session).get(radio_id, scope)
    if row is None:
        raise NotFoundError("There is no such radio, or it belongs to another agency.")
    return row


async def radios_of_unit(session: AsyncSession, unit_id: int) -> list[Radio]:
    """The radios that a unit carries, heard most lately first."""
    return list(await RadioRepository(session).of_unit(unit_id))


async def radios_behind(session: AsyncSession, shared: Shared, link: str) -> list[int]:
    """Ids of radios that this link reaches: heard there last, or never heard anywhere."""
    traits = shared.catalogue.get(link)
    network = traits.network if traits else None
    return list(await RadioRepository(session).ids_on_link(link, network))


def identity(row: Radio) -> RadioId:
    """The radio's address on the air."""
    return RadioId(row.network, row.number)
