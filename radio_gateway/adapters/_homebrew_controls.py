"""Call alerts and radio checks over repeaters: one control block, and the block that answers it."""

from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from radio_gateway.domain.commands import CallAlert, RadioCheck, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr import csbk
from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.packet_building import Packet
from radio_gateway.protocols.dmr.sending import csbk_bursts
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError

Sendable: TypeAlias = SendText | CallAlert | RadioCheck
"What goes out over a repeater."

_OUTCOMES: Final = {
    TextState.DELIVERED: CommandOutcome.DONE,
    TextState.FAILED: CommandOutcome.FAILED,
}


@dataclass(frozen=True, slots=True)
class ControlBlock:
    """A block to a radio, sent as a data packet is; the radio answers by a block of its own."""

    message: csbk.CallAlert | csbk.RadioCheck
    parties: Parties
    confirmed: ClassVar[bool] = True

    def bursts(self, channel: Channel, *, preambles: int) -> list[AirBurst]:
        """Preambles, then the block."""
        return csbk_bursts(self.message, channel, preambles=preambles)

    def answered_by(self, answer: csbk.CsbkMessage) -> bool:
        """Whether a block is the radio's answer.

        Of the two addresses makers put now one, now the other first.
        """
        match answer:
            case csbk.ServiceAck():
                right = not answer.of_emergency
            case csbk.RadioCheck(request=False):
                right = isinstance(self.message, csbk.RadioCheck)
            case _:
                return False
        ours = {self.message.source, self.message.target}
        return right and {answer.source, answer.target} == ours


Content: TypeAlias = Packet | ControlBlock


def control_block(command: CallAlert | RadioCheck, source: int) -> ControlBlock:
    """What a command looks like on the air; `source` is the dispatcher's number.

    Raises:
        ValueError: the radio has no number of DMR.
    """
    number = command.radio.number
    parties = Parties(number, source)
    if isinstance(command, CallAlert):
        return ControlBlock(csbk.CallAlert(target=number, source=source), parties)
    return ControlBlock(csbk.RadioCheck(target=number, source=source, request=True), parties)


def control_in(octets: bytes) -> csbk.CsbkMessage | None:
    """The message in a burst with a control block; None: it holds another, or nothing."""
    try:
        burst = parse_burst(octets)
        if not isinstance(burst, DataBurst):
            return None
        return csbk.Csbk.parse(burst.payload(DataType.CSBK)).message()
    except MalformedError:
        return None


def report(
    link: str,
    command: Sendable,
    state: TextState,
    at: Moment,
    failure: TextFailure | None = None,
    detail: str | None = None,
) -> Event | None:
    """What a dispatcher is told; None: of a command other than a text, `SENT` is no news."""
    if isinstance(command, SendText):
        return TextProgress(
            link=link,
            at=at,
            command=command.command,
            state=state,
            radio=command.radio,
            reason=failure,
            detail=detail,
        )
    outcome = _OUTCOMES.get(state)
    if outcome is None:
        return None
    if failure is TextFailure.UNSUPPORTED:
        outcome = CommandOutcome.REFUSED
    return CommandResult(
        link=link,
        at=at,
        command=command.command,
        outcome=outcome,
        radio=command.radio,
        detail=detail,
    )
