"""Commands of dispatchers but texts: positions, intervals, checks."""

from typing import Final, TypeAlias

from radio_gateway.adapters._mototrbo_air import Priority
from radio_gateway.adapters._mototrbo_config import Emit, MototrboConfig, Service
from radio_gateway.adapters._mototrbo_exchanges import Ask, Ended, Exchanges
from radio_gateway.adapters._mototrbo_links import MototrboLinks
from radio_gateway.adapters._mototrbo_triggers import MototrboTriggers, immediate
from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
    CallAlert,
    DisableRadio,
    EnableRadio,
    RadioCheck,
    RequestPosition,
    SetPositionInterval,
)
from radio_gateway.domain.events import CommandOutcome, CommandResult
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.mototrbo.ars import Query
from radio_gateway.protocols.mototrbo.lrrp import DocumentKind
from radio_gateway.protocols.mototrbo.lrrp_report import result_words

Request: TypeAlias = (
    RequestPosition
    | SetPositionInterval
    | RadioCheck
    | CallAlert
    | AcknowledgeEmergency
    | DisableRadio
    | EnableRadio
)

PRESENCE: Final = 0
"Stands for the answer to a query of presence, beside the documents of location."
MIN_INTERVAL_S: Final = 30
"Below it the reports of a few radios fill a channel; what radios accept differs by model."
MAX_INTERVAL_S: Final = 86_400
POSITION_S: Final = 45.0
"A receiver may have to find satellites first."
_UNABLE: Final = "the data services of MOTOTRBO have no such command"


class MototrboRequests:
    """Every command ends with one CommandResult."""

    def __init__(
        self,
        config: MototrboConfig,
        links: MototrboLinks,
        exchanges: Exchanges,
        triggers: MototrboTriggers,
        emit: Emit,
    ) -> None:
        self._config = config
        self._links = links
        self._exchanges = exchanges
        self._triggers = triggers
        self._emit = emit
        self._number: int | None = None

    def start(self, command: Request, at: Moment) -> None:
        """Begin a command."""
        ended = self._ender(command)
        match command:
            case CallAlert() | AcknowledgeEmergency() | DisableRadio() | EnableRadio():
                self._tell(command, CommandOutcome.REFUSED, _UNABLE, at)
            case SetPositionInterval(interval_s=interval) if (
                interval and not MIN_INTERVAL_S <= interval <= MAX_INTERVAL_S
            ):
                allowed = f"0, or {MIN_INTERVAL_S} .. {MAX_INTERVAL_S}"
                detail = f"an interval of {interval} s is not {allowed}"
                self._tell(command, CommandOutcome.REFUSED, detail, at)
            case _ if not self._links.open:
                self._tell(command, CommandOutcome.FAILED, "the ports are closed", at)
            case SetPositionInterval(radio=radio, interval_s=interval):
                self._triggers.set_interval(radio, interval, at, ended)
            case RadioCheck(radio=radio):
                ask = Ask(
                    radio, Service.ARS, Query().build(), PRESENCE, None, Priority.COMMAND, ended
                )
                self._exchanges.begin(ask, at)
            case RequestPosition(radio=radio):
                identity = self._identity(at)
                ask = Ask(
                    radio,
                    Service.LRRP,
                    immediate(identity),
                    DocumentKind.IMMEDIATE_REPORT,
                    identity,
                    Priority.COMMAND,
                    ended,
                    answer_s=POSITION_S,
                )
                self._exchanges.begin(ask, at)

    def _ender(self, command: Request) -> Ended:
        def ended(result: int | None, fault: str | None, at: Moment) -> None:
            if fault is None and result:
                fault = result_words(result)
            outcome = CommandOutcome.DONE if fault is None else CommandOutcome.FAILED
            self._tell(command, outcome, fault, at)

        return ended

    def _identity(self, at: Moment) -> bytes:
        """An id that differs from those before a restart, and from those of the triggers."""
        start = int(at.utc.timestamp()) if self._number is None else self._number
        self._number = (start + 1) & 0x7FFF
        return (0x535A_8000 | self._number).to_bytes(4, "big")

    def _tell(
        self, command: Request, outcome: CommandOutcome, detail: str | None, at: Moment
    ) -> None:
        self._emit(
            CommandResult(
                link=self._config.name,
                at=at,
                command=command.command,
                outcome=outcome,
                radio=command.radio,
                detail=detail,
            )
        )
