"""The answer to commands that a link cannot carry out at all."""

from radio_gateway.domain.commands import Command, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.moment import Moment


def refusal(command: Command, link: str, detail: str, at: Moment) -> TextProgress | CommandResult:
    """Tell the dispatcher that nothing was sent, and why."""
    if isinstance(command, SendText):
        return TextProgress(
            link=link,
            at=at,
            command=command.command,
            state=TextState.FAILED,
            radio=command.radio,
            reason=TextFailure.UNSUPPORTED,
            detail=detail,
        )
    return CommandResult(
        link=link,
        at=at,
        command=command.command,
        outcome=CommandOutcome.REFUSED,
        radio=command.radio,
        detail=detail,
    )
