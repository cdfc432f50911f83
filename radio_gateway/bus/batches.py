"""Batches of events cut into messages of one kind and of limited size."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.events import is_durable
from radio_gateway.domain.wire import EventEnvelope, dump_event, kind_of

LIMIT: Final = 64 * 1024
"Octets of the largest payload, both ways."
MOST: Final = 100
"Events in one message."


class UnsendableError(ValueError):
    """One event that does not fit into a message, or that JSON cannot hold."""


@dataclass(frozen=True, slots=True)
class EventMessage:
    """One message to publish."""

    kind: str
    payload: bytes
    count: int


def cut(envelopes: Iterable[EventEnvelope]) -> Iterator[EventMessage | UnsendableError]:
    """Cut a batch into messages; an event that fits into none is told in its place.

    The order of durable events is kept over all kinds. Those that may be shed follow, each kind
    in its own order: positions then fill their messages although presence comes between.
    """
    batch = list(envelopes)
    durable = [(kind_of(one.event), one) for one in batch if is_durable(one.event)]
    loose = [(kind_of(one.event), one) for one in batch if not is_durable(one.event)]
    loose.sort(key=lambda pair: pair[0])
    collected: list[bytes] = []
    size, before = 0, ""
    for kind, envelope in (*durable, *loose):
        try:
            text = dump_event(envelope)
        except ValueError as error:
            yield UnsendableError(f"{kind} {envelope.id} cannot be written: {error}")
            continue
        if len(text) + 2 > LIMIT:
            yield UnsendableError(f"{kind} {envelope.id} has {len(text)} octets, {LIMIT} fit")
            continue
        full = size + len(text) + 2 > LIMIT or len(collected) == MOST
        if collected and (kind != before or full):
            yield _message(before, collected)
            collected, size = [], 0
        collected.append(text)
        size += len(text) + 1
        before = kind
    if collected:
        yield _message(before, collected)


def _message(kind: str, texts: list[bytes]) -> EventMessage:
    return EventMessage(kind, b"[" + b",".join(texts) + b"]", len(texts))
