"""Commands of dispatch as messages that a Tait radio can send."""

from typing import Final

from radio_gateway.adapters._tait_config import Identities
from radio_gateway.domain.commands import RequestPosition, SendText
from radio_gateway.domain.events import TextFailure
from radio_gateway.protocols.lettering import printable_ascii
from radio_gateway.protocols.tait.commands import EXTENDED_TEXT, SendAdaptableSdm
from radio_gateway.protocols.tait.packet import Packet

MAX_PARTS: Final = 4
_MARK: Final = len("1/2 ")
TEXT_LIMIT: Final = MAX_PARTS * (EXTENDED_TEXT - _MARK)
"Characters of the longest text."


class CannotError(Exception):
    """This base cannot send what was asked; caught where the command came in."""

    def __init__(self, detail: str, failure: TextFailure = TextFailure.UNSUPPORTED) -> None:
        super().__init__(detail)
        self.failure = failure


def compose(
    command: SendText | RequestPosition, identities: Identities, lead_in_ms: int
) -> list[Packet]:
    """The messages that carry a command out, in their order.

    Raises:
        CannotError: no radio of this base, or a text too long.
    """
    if isinstance(command, RequestPosition):
        data_id = identities.data_id(command.radio)
        if data_id is None:
            raise CannotError(f"{command.radio} is no radio of this base")
        return [SendAdaptableSdm.position_request(data_id, lead_in_ms).build()]
    if command.radio is not None:
        data_id = identities.data_id(command.radio)
    else:
        data_id = identities.all_of(command.talkgroup) if command.talkgroup else None
    if data_id is None:
        raise CannotError(f"{command.radio or command.talkgroup} cannot be reached by this base")
    return [
        SendAdaptableSdm.of_text(data_id, part, lead_in_ms).build() for part in split(command.text)
    ]


def split(text: str) -> list[str]:
    """A text in parts of up to 128 characters of ASCII, numbered when there are several.

    Raises:
        CannotError: longer than four parts.
    """
    plain = printable_ascii(text)
    if len(plain) <= EXTENDED_TEXT:
        return [plain]
    if len(plain) > TEXT_LIMIT:
        detail = f"text has {len(plain)} characters, the radio takes {TEXT_LIMIT}"
        raise CannotError(detail, TextFailure.TOO_LONG)
    size = EXTENDED_TEXT - _MARK
    parts = [plain[start : start + size] for start in range(0, len(plain), size)]
    return [f"{number}/{len(parts)} {part}" for number, part in enumerate(parts, 1)]
