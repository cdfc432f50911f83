"""Whom a text is for: a radio, one of a unit's radios, or a talkgroup."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.commands.service import RadioCannotError
from dispatch.errors import InvalidRequestError
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.messages.errors import TextEmptyError, TextTooLongError, UnitHasNoRadioError
from dispatch.messages.models import Message
from dispatch.messages.schemas import NewMessage
from dispatch.radios.models import Presence, Radio
from dispatch.radios.service import identity, radio, radios_of_unit, reach_of
from dispatch.shared import Shared
from dispatch.talkgroups.models import Talkgroup
from dispatch.talkgroups.service import talkgroup
from dispatch.units.service import unit
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Ability


@dataclass(frozen=True, slots=True)
class Addressee:
    """A radio or a talkgroup: exactly one of the two."""

    radio: Radio | None = None
    talkgroup: Talkgroup | None = None

    @property
    def radio_id(self) -> RadioId | None:
        """The radio's address on the air."""
        return identity(self.radio) if self.radio else None

    @property
    def talkgroup_id(self) -> TalkgroupId | None:
        """The talkgroup's address on the air."""
        group = self.talkgroup
        return TalkgroupId(group.network, group.number) if group else None

    @property
    def network(self) -> str:
        """Numbering network of either."""
        row = self.radio or self.talkgroup
        return row.network if row else ""

    @property
    def agency_id(self) -> int | None:
        """Whose message it is."""
        row = self.radio or self.talkgroup
        return row.agency_id if row else None

    @property
    def unit_id(self) -> int | None:
        """The unit that carries the radio now."""
        return self.radio.unit_id if self.radio else None


async def choose(
    session: AsyncSession, shared: Shared, body: NewMessage, scope: Scope
) -> Addressee:
    """Find whom a new message is for, and see that it can be sent there.

    Raises:
        InvalidRequestError: not exactly one addressee.
        NotFoundError, UnitHasNoRadioError, RadioCannotError: nobody who could read it.
        TextEmptyError, TextTooLongError: nothing to read, or too much.
    """
    wanted = [one for one in (body.radio_id, body.unit_id, body.talkgroup_id) if one is not None]
    if len(wanted) != 1:
        raise InvalidRequestError("Give exactly one of radio_id, unit_id and talkgroup_id.")
    if not body.text.strip():
        raise TextEmptyError
    if body.talkgroup_id is not None:
        group = await talkgroup(session, body.talkgroup_id, scope)
        reach = shared.catalogue.of_talkgroup(group.network)
        if not reach.can(Ability.TEXT_TO_TALKGROUP):
            raise RadioCannotError(group.name, Ability.TEXT_TO_TALKGROUP)
        _check_length(body.text, reach.text_limit)
        return Addressee(talkgroup=group)
    if body.radio_id is not None:
        chosen = await radio(session, body.radio_id, scope)
    else:
        chosen = await _radio_of_unit(session, shared, body.unit_id or 0, scope)
    reach = reach_of(chosen, shared)
    if not reach.can(Ability.TEXT_TO_RADIO):
        raise RadioCannotError(chosen.label, Ability.TEXT_TO_RADIO)
    _check_length(body.text, reach.text_limit)
    return Addressee(radio=chosen)


async def addressee_of(session: AsyncSession, row: Message) -> Addressee:
    """Whom a stored message is for."""
    if row.talkgroup_id is not None:
        return Addressee(talkgroup=await talkgroup(session, row.talkgroup_id, EVERYTHING))
    return Addressee(radio=await radio(session, row.radio_id or 0))


async def _radio_of_unit(
    session: AsyncSession, shared: Shared, unit_id: int, scope: Scope
) -> Radio:
    """Of a unit's radios one that takes texts, rather one that is on, heard most lately."""
    row = await unit(session, unit_id, scope)
    carried = await radios_of_unit(session, row.id)
    if not carried:
        raise UnitHasNoRadioError
    able = [one for one in carried if reach_of(one, shared).can(Ability.TEXT_TO_RADIO)]
    on = [one for one in able if one.presence == Presence.ON]
    return (on or able or carried)[0]


def _check_length(text: str, limit: int | None) -> None:
    if limit is not None and len(text) > limit:
        raise TextTooLongError(limit)
