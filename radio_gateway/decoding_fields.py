"""Frames and events as plain JSON."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from radio_gateway.domain.events import Event
from radio_gateway.domain.jsonform import to_json
from radio_gateway.domain.wire import kind_of

Fields = dict[str, Any]


def fields_of(value: Any) -> Any:
    """Any frame as JSON: names of enumerations, octets in hex, nested values under their names."""
    if isinstance(value, Enum):
        return str(value.name or value.value).lower()  # a set of no flags has no name
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, datetime):
        return to_json(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: fields_of(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(fields_of(key)): fields_of(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [fields_of(item) for item in value]
    return value


def named(value: Any) -> Fields:
    """A frame with the name of its kind as `type`."""
    return {"type": kind_of(value), **fields_of(value)}


def event_fields(event: Event) -> Fields:
    """An event as on the wire, without its envelope."""
    return {"kind": kind_of(event), "body": to_json(event)}
