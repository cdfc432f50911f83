"""Commands to one radio: checked against what it can, sent once, ended by the gateway's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.commands.models import CommandKind, CommandState, RadioCommand
from dispatch.commands.repository import CommandRepository
from dispatch.commands.schemas import RadioCommandView
from dispatch.errors import ConflictError, InvalidRequestError
from dispatch.radios.models import Radio
from dispatch.radios.service import identity, reach_of
from dispatch.shared import Shared
from radio_gateway.domain import commands
from radio_gateway.domain.events import CommandOutcome
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.ports import Ability

LIFE: Final = timedelta(seconds=60)
"A command that did not reach the gateway by then is not carried out any more."
PATIENCE: Final = timedelta(seconds=90)
"A command of which no gateway has spoken by then has failed."

NEEDS: Final[Mapping[CommandKind, Ability]] = {
    CommandKind.REQUEST_POSITION: Ability.POSITION_REQUEST,
    CommandKind.RADIO_CHECK: Ability.RADIO_CHECK,
    CommandKind.CALL_ALERT: Ability.CALL_ALERT,
    CommandKind.SET_POSITION_INTERVAL: Ability.POSITION_INTERVAL,
    CommandKind.DISABLE: Ability.DISABLE,
    CommandKind.ENABLE: Ability.DISABLE,
    CommandKind.ACKNOWLEDGE_EMERGENCY: Ability.EMERGENCY_ACKNOWLEDGEMENT,
}
_ENDS: Final = (CommandState.DONE, CommandState.FAILED, CommandState.REFUSED)


class RadioCannotError(ConflictError):
    """The radio or its link lacks an ability."""

    code: ClassVar[str] = "radio_cannot"

    def __init__(self, label: str, ability: Ability) -> None:
        super().__init__(
            f"{label} cannot do this: its link lacks {ability.value.replace('_', ' ')}.",
            ability=ability.value,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A command with its argument."""

    kind: CommandKind
    interval_s: int | None = None

    def __post_init__(self) -> None:
        wants_interval = self.kind is CommandKind.SET_POSITION_INTERVAL
        if wants_interval != (self.interval_s is not None):
            raise InvalidRequestError(
                "interval_s goes with set_position_interval, and only with it."
            )


async def issue(
    session: AsyncSession, shared: Shared, radio: Radio, order: Order, user_name: str
) -> tuple[RadioCommandView, int]:
    """Store a command and send it after the commit; its number in the log.

    Raises:
        RadioCannotError: the radio's link lacks the ability.
    """
    ability = NEEDS[order.kind]
    if not reach_of(radio, shared).can(ability):
        raise RadioCannotError(radio.label, ability)
    now = shared.now()
    row = await CommandRepository(session).add(
        RadioCommand(
            command=str(uuid4()),
            kind=order.kind,
            radio_id=radio.id,
            agency_id=radio.agency_id,
            interval_s=order.interval_s,
            state=CommandState.QUEUED,
            user_name=user_name,
            created_at=now,
            state_at=now,
        )
    )
    shared.outbox.send(session, domain_command(row, identity(radio)), now + LIFE)
    return await _tell(session, shared, row)


async def result(
    session: AsyncSession,
    shared: Shared,
    command: str,
    outcome: CommandOutcome,
    detail: str | None,
    at: datetime,
) -> None:
    """What a gateway says about a command; an end is final, repetitions change nothing."""
    repository = CommandRepository(session)
    row = await repository.by_key(command)
    if row is None or row.state in _ENDS or row.state == outcome.value:
        return
    row.state, row.detail, row.state_at = outcome.value, (detail or "")[:300] or None, at
    await repository.save()
    await _tell(session, shared, row)


async def give_up(session: AsyncSession, shared: Shared, now: datetime) -> None:
    """Commands that no gateway ever spoke of have failed."""
    repository = CommandRepository(session)
    for row in await repository.unanswered(now - PATIENCE):
        row.state, row.state_at = CommandState.FAILED, now
        row.detail = "no gateway has answered"
        await repository.save()
        await _tell(session, shared, row)


def domain_command(row: RadioCommand, radio: RadioId) -> commands.Command:
    """The command in the words of the gateway."""
    match CommandKind(row.kind):
        case CommandKind.REQUEST_POSITION:
            return commands.RequestPosition(command=row.command, radio=radio)
        case CommandKind.RADIO_CHECK:
            return commands.RadioCheck(command=row.command, radio=radio)
        case CommandKind.CALL_ALERT:
            return commands.CallAlert(command=row.command, radio=radio)
        case CommandKind.SET_POSITION_INTERVAL:
            return commands.SetPositionInterval(
                command=row.command, radio=radio, interval_s=row.interval_s or 0
            )
        case CommandKind.DISABLE:
            return commands.DisableRadio(command=row.command, radio=radio)
        case CommandKind.ENABLE:
            return commands.EnableRadio(command=row.command, radio=radio)
        case CommandKind.ACKNOWLEDGE_EMERGENCY:
            return commands.AcknowledgeEmergency(command=row.command, radio=radio)


async def _tell(
    session: AsyncSession, shared: Shared, row: RadioCommand
) -> tuple[RadioCommandView, int]:
    view = RadioCommandView.model_validate({**row.model_dump(), "user": row.user_name})
    return view, await shared.log.append(session, "command.changed", view, row.agency_id)
