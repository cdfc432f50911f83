"""LRRP, location request and response protocol (UDP 4001): documents of binary tokens.

document id | body length | body. The same token means different things in requests (server to
radio) and in reports (radio to server), so the document id chooses the reader.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.lrrp_report import Report, read_report
from radio_gateway.protocols.mototrbo.lrrp_request import Item, Request, Token, read_request
from radio_gateway.protocols.mototrbo.numbers import build_unsigned, read_unsigned

__all__ = [
    "DocumentKind",
    "Item",
    "LrrpDocument",
    "OtherDocument",
    "Report",
    "Request",
    "Token",
    "build_document",
    "parse_lrrp",
]

MAX_DATAGRAM: Final = 4096
"A DMR packet carries 3 kB at most."
FIRST_ID: Final = 0x04
LAST_ID: Final = 0x27
_FIRST_OTHER: Final = 0x16
"From here on documents of accessories (ARRP)."


class DocumentKind(IntEnum):
    """Documents by their id without constant table; the id with one is less by 1."""

    IMMEDIATE_REQUEST = 0x05
    IMMEDIATE_REPORT = 0x07
    START_REQUEST = 0x09
    START_ANSWER = 0x0B
    TRIGGERED_REPORT = 0x0D
    STOP_REQUEST = 0x0F
    STOP_ANSWER = 0x11
    UNSOLICITED_REPORT = 0x13
    VERSION_REQUEST = 0x14
    VERSION_REPORT = 0x15


@dataclass(frozen=True, slots=True)
class OtherDocument:
    """A document about accessories: logged only."""

    id: int
    body: bytes


LrrpDocument: TypeAlias = Request | Report | OtherDocument

_REQUESTS: Final = frozenset(
    {
        DocumentKind.IMMEDIATE_REQUEST,
        DocumentKind.START_REQUEST,
        DocumentKind.STOP_REQUEST,
        DocumentKind.VERSION_REQUEST,
    }
)


def parse_lrrp(datagram: bytes) -> tuple[LrrpDocument, ...]:
    """Read the documents of one datagram; what follows the last one is link padding.

    Raises:
        MalformedError: no document at the front, one that runs past the datagram, or a datagram
            longer than any that a radio can send.
    """
    if len(datagram) > MAX_DATAGRAM:
        raise MalformedError("location datagram longer than any", datagram)
    documents: list[LrrpDocument] = []
    place, size = 0, len(datagram)
    while place < size and FIRST_ID <= datagram[place] <= LAST_ID:
        number = datagram[place]
        length, start = read_unsigned(datagram, place + 1, size)
        place = start + length
        if place > size:
            if documents:
                break
            raise MalformedError("document cut short", datagram)
        documents.append(_document(number, datagram, start, place))
    if not documents:
        raise MalformedError("no location document", datagram)
    return tuple(documents)


def build_document(document: LrrpDocument) -> bytes:
    """The octets of one document."""
    if isinstance(document, OtherDocument):
        number, body = document.id, document.body
    else:
        number, body = int(document.kind), document.body()
        if document.table is not None:
            number -= 1
            body = build_unsigned(len(document.table)) + document.table + body
    return bytes((number,)) + build_unsigned(len(body)) + body


def _document(number: int, data: bytes, start: int, end: int) -> LrrpDocument:
    if number >= _FIRST_OTHER:
        return OtherDocument(number, data[start:end])
    table = None
    if number < DocumentKind.VERSION_REQUEST and not number & 1:
        length, start = read_unsigned(data, start, end)
        if start + length > end:
            raise MalformedError("constant table runs past the document", data)
        table, start, number = data[start : start + length], start + length, number + 1
    kind = DocumentKind(number)
    if kind in _REQUESTS:
        return read_request(kind, table, data, start, end)
    return read_report(kind, table, data, start, end)
