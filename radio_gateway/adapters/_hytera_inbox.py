"""Texts and short data from radios: told once, acknowledged each time they come."""

from typing import TypeAlias

from radio_gateway.adapters._hytera_config import REPEATED_S, Emit, HyteraConfig, Recent
from radio_gateway.adapters._hytera_links import Heard, HyteraLinks
from radio_gateway.adapters._hytera_radios import HyteraRadios
from radio_gateway.domain.events import TelemetryReceived, TextReceived
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.hytera.message import Message
from radio_gateway.protocols.hytera.tmp import (
    GroupData,
    GroupDataAnswer,
    GroupMessage,
    GroupMessageAnswer,
    PrivateData,
    PrivateDataAnswer,
    PrivateMessage,
    PrivateMessageAnswer,
    TextResult,
)

Incoming: TypeAlias = PrivateMessage | GroupMessage | PrivateData | GroupData

_ANSWER_FLAGS = 0x80
"Bit 7 is echoed; the option bit is not, for answers carry none."


class HyteraInbox:
    """A repeater forwards every text on its slot; only those for us are acknowledged."""

    def __init__(
        self, config: HyteraConfig, links: HyteraLinks, radios: HyteraRadios, emit: Emit
    ) -> None:
        self._config = config
        self._links = links
        self._radios = radios
        self._emit = emit
        self._repeated = Recent(REPEATED_S)

    def take(
        self, message: Incoming, radio: RadioId, heard: Heard, at: Moment, *, reliable: bool
    ) -> None:
        """Take what a radio sent to us, to another radio or to a talkgroup.

        Args:
            message: the text or data.
            radio: its sender.
            heard: how it came.
            at: when it came.
            reliable: mark of its envelope, echoed in the answer.
        """
        to_group = isinstance(message, GroupMessage | GroupData)
        to_us = message.destination.number == self._config.dispatcher_id
        if to_group or to_us:
            answer = _answer(message).build(reliable=reliable)
            self._links.reply(heard, answer, at, acknowledges=True)
        if self._repeated.seen((heard.peer.host, message.OPCODE, message.payload()), at.mono):
            return
        name, number = self._config.name, message.destination.number
        if isinstance(message, PrivateData | GroupData):
            kind, octets = "hytera/short_data", message.rest
            self._emit(TelemetryReceived(link=name, at=at, radio=radio, kind=kind, data=octets))
            return
        talkgroup = self._config.talkgroup(number) if to_group else None
        if talkgroup is not None:
            self._radios.talkgroup_heard(talkgroup, heard.route)
        self._emit(
            TextReceived(
                link=name,
                at=at,
                radio=radio,
                text=_printable(message.text),
                talkgroup=talkgroup,
                called=None if to_group or to_us else self._config.radio(number),
                reference=str(message.request),
                site=self._config.site,
            )
        )


def _answer(message: Incoming) -> Message:
    """The acknowledgement of a text: the addresses in the order of the original, result ok."""
    flags = message.flags & _ANSWER_FLAGS
    to, source, ok = message.destination, message.source, TextResult.OK
    match message:
        case PrivateMessage():
            return PrivateMessageAnswer(message.request, to, source, ok, flags=flags)
        case PrivateData():
            return PrivateDataAnswer(message.request, to, source, ok, flags=flags)
        case GroupMessage():
            return GroupMessageAnswer(message.request, to, ok, flags=flags)
        case GroupData():
            return GroupDataAnswer(message.request, to, ok, flags=flags)


def _printable(text: str) -> str:
    """The text without control characters; line ends and tabs stay."""
    unified = text.replace("\r\n", "\n")
    return "".join(" " if _is_control(character) else character for character in unified)


def _is_control(character: str) -> bool:
    return (character < " " or "\x7f" <= character < "\xa0") and character not in "\n\t"
