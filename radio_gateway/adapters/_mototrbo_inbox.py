"""Texts from radios: told once, acknowledged each time they come."""

from typing import Final

from radio_gateway.adapters._mototrbo_config import Emit, MototrboConfig
from radio_gateway.adapters._mototrbo_links import MototrboLinks
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import TextReceived
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.mototrbo.tms import Text, TextAnswer

REPEATED_S: Final = 600.0
"A radio sends an unacknowledged text again within this time."


class MototrboInbox:
    """What officers write to the dispatcher."""

    def __init__(self, config: MototrboConfig, links: MototrboLinks, emit: Emit) -> None:
        self._config = config
        self._links = links
        self._emit = emit
        self._repeated = Recent(REPEATED_S)

    def take(self, message: Text, radio: RadioId, peer: Peer, at: Moment) -> None:
        """Take a text; the datagram does not tell whether it went to a talkgroup as well."""
        if message.wants_answer:
            answer = TextAnswer(message.sequence, reserved=not message.reserved)
            self._links.reply(peer, answer.build(), acknowledges=True)
        if self._repeated.seen((radio, message.sequence, message.octets), at.mono):
            return
        self._emit(
            TextReceived(
                link=self._config.name,
                at=at,
                radio=radio,
                text=_printable(message.text),
                reference=None if message.sequence is None else str(message.sequence),
                site=self._config.site,
            )
        )


def _printable(text: str) -> str:
    """The text without control characters; line ends and tabs stay."""
    unified = text.replace("\r\n", "\n")
    return "".join(" " if _is_control(character) else character for character in unified)


def _is_control(character: str) -> bool:
    return (character < " " or "\x7f" <= character < "\xa0") and character not in "\n\t"
