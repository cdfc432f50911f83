"""Events and commands as JSON: the versioned envelope between gateway and dispatch.

    {"v": 1, "id": "...", "gateway": "liepaja", "seq": 17, "kind": "call_started", "body": {...}}

Times are UTC ISO 8601, octets are hex, a `Moment` keeps both of its clocks. Unknown kinds and
versions are refused with `WireError`, so that an old half never misreads a newer one.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import Event

VERSION: Final = 1


class WireError(ValueError):
    """An envelope that cannot be read; the receiver counts it, logs it and goes on."""


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
    """Write one envelope as UTF-8 JSON."""
    head = {
        "v": VERSION,
        "id": envelope.id,
        "gateway": envelope.gateway,
        "seq": envelope.seq,
        "epoch": envelope.epoch,
    }
    return _dump(head, envelope.event)


def load_event(data: bytes) -> EventEnvelope:
    """Read one envelope.

    Raises:
        WireError: not JSON, another version, an unknown kind, a missing or wrong field.
    """
    head, body = _load(data, _EVENT_KINDS)
    seq = head.get("seq")
    if seq is not None and not isinstance(seq, int):
        raise WireError(f"seq is no number: {seq!r}")
    epoch = head.get("epoch", "")
    if not isinstance(epoch, str):
        raise WireError(f"epoch is no text: {epoch!r}")
    return EventEnvelope(_text(head, "id"), _text(head, "gateway"), seq, body, epoch)


def dump_command(envelope: CommandEnvelope) -> bytes:
    """Write one envelope as UTF-8 JSON."""
    head = {
        "v": VERSION,
        "id": envelope.id,
        "gateway": envelope.gateway,
        "expires_at": to_json(envelope.expires_at),
    }
    return _dump(head, envelope.command)


def load_command(data: bytes) -> CommandEnvelope:
    """Read one envelope; raises WireError as `load_event` does."""
    head, body = _load(data, _COMMAND_KINDS)
    expires_at = from_json(datetime | None, head.get("expires_at"))
    return CommandEnvelope(_text(head, "id"), _text(head, "gateway"), body, expires_at)


def kind_of(value: object) -> str:
    """`CallStarted` -> `call_started`: the name of an event or command on the wire."""
    return _snake(type(value).__name__)


def to_json(value: Any) -> Any:
    """Turn a domain value into what `json` can write; omitted fields stay readable as None."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.hex()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list | frozenset):
        return [to_json(item) for item in value]
    return value


def from_json(hint: Any, value: Any) -> Any:
    """Read a JSON value as `hint`; raises WireError when it does not fit."""
    try:
        return _reader(hint)(value)
    except (TypeError, ValueError, KeyError) as error:
        raise WireError(f"no {getattr(hint, '__name__', hint)}: {value!r} ({error})") from error


def _dump(head: dict[str, Any], body: Event | Command) -> bytes:
    head["kind"] = kind_of(body)
    head["body"] = to_json(body)
    return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()


def _load(data: bytes, kinds: Mapping[str, type]) -> tuple[Mapping[str, Any], Any]:
    try:
        head = json.loads(data)
    except ValueError as error:
        raise WireError(f"no JSON: {error}") from error
    if not isinstance(head, dict) or head.get("v") != VERSION:
        version = head.get("v") if isinstance(head, dict) else None
        raise WireError(f"envelope version {version!r}, this program reads {VERSION}")
    kind = kinds.get(_text(head, "kind"))
    if kind is None:
        raise WireError(f"unknown kind {head['kind']!r}")
    return head, from_json(kind, head.get("body"))


def _text(head: Mapping[str, Any], key: str) -> str:
    value = head.get(key)
    if not isinstance(value, str) or not value:
        raise WireError(f"{key} is missing")
    return value


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        readers = [_reader(arg) for arg in get_args(hint) if arg is not type(None)]
        return lambda value: None if value is None else readers[0](value)
    if origin is tuple:
        item = _reader(get_args(hint)[0])
        return lambda value: tuple(item(v) for v in value)
    if hint is datetime:
        return _read_time
    if hint is bytes:
        return bytes.fromhex
    if hint is float:
        return lambda value: float(_of(value, int, float))
    if hint in (int, str, bool):
        return lambda value: _of(value, hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass_reader(hint)
    raise TypeError(f"no reader for {hint!r}")


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    required = {
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }

    def read(value: Any) -> Any:
        missing = required - _of(value, dict).keys()
        if missing:
            raise KeyError(f"{', '.join(sorted(missing))} missing")
        # a field that this version does not know is ignored: newer halves may add some
        return kind(**{k: readers[k](v) for k, v in value.items() if k in readers})

    return read


def _read_time(value: Any) -> datetime:
    moment = datetime.fromisoformat(_of(value, str))
    if moment.tzinfo is None:
        raise ValueError("time without zone")
    return moment.astimezone(UTC)


def _of(value: Any, *kinds: type) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise TypeError(f"{type(value).__name__} instead of {kinds[0].__name__}")
    return value


_EVENT_KINDS: Final = {_snake(kind.__name__): kind for kind in get_args(Event)}
_COMMAND_KINDS: Final = {_snake(kind.__name__): kind for kind in get_args(Command)}
