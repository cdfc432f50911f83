"""Events, commands and receipts as JSON: what gateway and dispatch send each other.

    {"v": 1, "id": "...", "gateway": "liepaja", "seq": 17, "epoch": "...", "kind": "call_started",
     "body": {...}}

Events travel in arrays of envelopes. Times are UTC ISO 8601, octets are hex, a `Moment` keeps
both of its clocks. Unknown kinds and versions are refused with `WireError`, so that an old half
never misreads a newer one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, get_args

from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import Event
from radio_gateway.domain.jsonform import WireError, dumps, from_json, loads, to_json
from radio_gateway.domain.jsontext import text_of, to_text
from radio_gateway.domain.quick import quick_init

__all__ = [
    "CommandEnvelope",
    "EventEnvelope",
    "Receipt",
    "UnknownKindError",
    "WireError",
    "dump_command",
    "dump_event",
    "dump_receipt",
    "kind_of",
    "load_command",
    "load_event",
    "load_events",
    "load_receipt",
]

VERSION: Final = 1


class UnknownKindError(WireError):
    """A kind that this version does not know: the sender is newer, or wrong."""


@quick_init
@dataclass(frozen=True, slots=True)
class EventEnvelope:
    """One event on its way to dispatch."""

    id: str
    "UUID of the event; storing it twice has no effect."
    gateway: str
    seq: int | None
    "Rises by one per gateway over all durable events; None for those that may be shed."
    event: Event
    epoch: str = ""
    "Names the spool that gave `seq`: a new spool counts from 1 again."


@dataclass(frozen=True, slots=True)
class CommandEnvelope:
    """One command on its way to a gateway."""

    id: str
    gateway: str
    "Name of the gateway, or `*`: whichever serves the network of the addressee."
    command: Command
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Dispatch has committed these events; the gateway may forget them."""

    gateway: str
    ids: tuple[str, ...]
    epoch: str = ""
    "Of which spool `wanted` speaks."
    wanted: tuple[tuple[int, int], ...] = ()
    "Numbers, first and last, that dispatch lacks: to be sent again at once."


def dump_event(envelope: EventEnvelope) -> bytes:
    """Write one envelope as UTF-8 JSON; ValueError for a number that JSON does not have."""
    event = envelope.event
    seq = "null" if envelope.seq is None else envelope.seq
    return (
        f'{{"v":{VERSION},"id":{text_of(envelope.id)},"gateway":{text_of(envelope.gateway)},'
        f'"seq":{seq},"epoch":{text_of(envelope.epoch)},"kind":"{kind_of(event)}",'
        f'"body":{to_text(event)}}}'
    ).encode()


def load_event(data: bytes) -> EventEnvelope:
    """Read one envelope.

    Raises:
        UnknownKindError: of a kind that this version does not know.
        WireError: not JSON, another version, a missing or wrong field.
    """
    return _event(loads(data))


def load_events(data: bytes) -> tuple[list[EventEnvelope], list[WireError]]:
    """Read an array of envelopes; those that cannot be read are told beside the others.

    Raises:
        WireError: no array at all.
    """
    items = loads(data)
    if type(items) is not list:
        raise WireError(f"{type(items).__name__} instead of a list of envelopes")
    found: list[EventEnvelope] = []
    faults: list[WireError] = []
    for item in items:
        try:
            found.append(_event(item))
        except WireError as error:
            faults.append(error)
    return found, faults


def dump_command(envelope: CommandEnvelope) -> bytes:
    """Write one envelope as UTF-8 JSON."""
    head = {
        "v": VERSION,
        "id": envelope.id,
        "gateway": envelope.gateway,
        "expires_at": to_json(envelope.expires_at),
        "kind": kind_of(envelope.command),
        "body": to_json(envelope.command),
    }
    return dumps(head).encode()


def load_command(data: bytes) -> CommandEnvelope:
    """Read one envelope; raises WireError as `load_event` does."""
    head = _checked(loads(data))
    command = _body(head, _COMMAND_KINDS)
    expires_at = from_json(datetime | None, head.get("expires_at"))
    return CommandEnvelope(_text(head, "id"), _text(head, "gateway"), command, expires_at)


def dump_receipt(receipt: Receipt) -> bytes:
    """Write a receipt as UTF-8 JSON; its gateway stands in the topic."""
    body = {"ids": receipt.ids, "epoch": receipt.epoch, "wanted": receipt.wanted}
    return dumps(body).encode()


def load_receipt(data: bytes, gateway: str) -> Receipt:
    """Read a receipt for this gateway.

    Raises:
        WireError: not JSON, a missing or wrong field, a range that ends before it begins.
    """
    body = from_json(_ReceiptBody, loads(data))
    if any(not 0 <= first <= last for first, last in body.wanted):
        raise WireError(f"wanted is no list of ranges: {body.wanted!r}")
    return Receipt(gateway, body.ids, body.epoch, body.wanted)


def kind_of(value: object) -> str:
    """`CallStarted` -> `call_started`: the name of an event or command on the wire."""
    return _snake(type(value).__name__)


@dataclass(frozen=True, slots=True)
class _ReceiptBody:
    ids: tuple[str, ...]
    epoch: str = ""
    wanted: tuple[tuple[int, int], ...] = ()


def _event(value: Any) -> EventEnvelope:
    head = _checked(value)
    seq = head.get("seq")
    if seq is not None and type(seq) is not int:
        raise WireError(f"seq is no number: {seq!r}")
    epoch = head.get("epoch", "")
    if type(epoch) is not str:
        raise WireError(f"epoch is no text: {epoch!r}")
    key, gateway = _text(head, "id"), _text(head, "gateway")
    return EventEnvelope(key, gateway, seq, _body(head, _EVENT_KINDS), epoch)


def _checked(head: Any) -> Mapping[str, Any]:
    version = head.get("v") if type(head) is dict else None
    if type(version) is not int or version != VERSION:
        raise WireError(f"envelope version {version!r}, this program reads {VERSION}")
    found: Mapping[str, Any] = head
    return found


def _body(head: Mapping[str, Any], kinds: Mapping[str, type]) -> Any:
    name = _text(head, "kind")
    kind = kinds.get(name)
    if kind is None:
        raise UnknownKindError(f"unknown kind {name!r}")
    return from_json(kind, head.get("body"))


def _text(head: Mapping[str, Any], key: str) -> str:
    value = head.get(key)
    if type(value) is not str or not value:
        raise WireError(f"{key} is missing")
    return value


@cache
def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _kinds(members: Sequence[type]) -> Mapping[str, type]:
    return {_snake(member.__name__): member for member in members}


_EVENT_KINDS: Final = _kinds(get_args(Event))
_COMMAND_KINDS: Final = _kinds(get_args(Command))
