"""Domain values as JSON text at once, without the values in between.

Gives the same text as `dumps(to_json(value))`, in half the time: every position of every radio
is written.
"""

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Union, get_args, get_origin, get_type_hints

from radio_gateway.domain.jsonform import dumps, to_json, write_time


def to_text(value: Any) -> str:
    """The compact JSON text of a dataclass, the same as `dumps(to_json(value))`.

    Raises:
        ValueError: a number that JSON does not have.
    """
    kind: type = type(value)
    return _text_writer(kind)(value)


def text_of(value: str) -> str:
    """A string as JSON writes it, with its quotes."""
    return encode_basestring(value)


@cache
def _text_writer(kind: type) -> Callable[[Any], str]:
    """Writes an object as text at once, without the dictionary in between.

    Compiled from the names of the fields; what is none of the usual types goes through `to_json`.
    """
    hints = get_type_hints(kind)
    names: dict[str, Any] = {
        "encode": dumps,
        "member": _member_text,
        "no": "false",
        "null": "null",
        "number": _number_text,
        "text": encode_basestring,
        "time_text": lambda value: f'"{write_time(value)}"',
        "to_json": to_json,
        "yes": "true",
    }
    parts = []
    for field in fields(kind):
        written = _text_of_field(hints[field.name], f"value.{field.name}", field.name, names)
        parts.append(f'"{field.name}":{{{written}}}')
    source = f"lambda value: f'{{{{{','.join(parts)}}}}}'"
    writer: Callable[[Any], str] = eval(source, names)  # noqa: S307  # only names of our own fields
    return writer


def _text_of_field(hint: Any, value: str, name: str, names: dict[str, Any]) -> str:
    """The expression that writes one field; `names` gets what it needs besides."""
    kinds = [arg for arg in (get_args(hint) or (hint,)) if arg is not type(None)]
    kind = kinds[0] if get_origin(hint) in (None, Union, types.UnionType) else None
    if len(kinds) != 1 or not isinstance(kind, type):
        return f"encode(to_json({value}))"
    if kind is str:
        written = f"text({value})"
    elif kind is float or kind is int:
        written = f"number({value})"
    elif kind is datetime:
        written = f"time_text({value})"
    elif kind is bool:
        written = f"yes if {value} is True else no if {value} is False else encode({value})"
    elif issubclass(kind, Enum):
        written = f"member({value})"
    elif is_dataclass(kind):
        names[f"write_{name}"] = _text_writer(kind)
        written = f"write_{name}({value})"
    else:
        return f"encode(to_json({value}))"
    return written if hint is kind else f"null if {value} is None else {written}"


def _number_text(value: Any) -> str:
    """A finite number; `dumps` complains of others, and knows what else may stand there."""
    kind = type(value)
    plain = kind is int or (kind is float and value - value == 0)
    return repr(value) if plain else dumps(value)


def _member_text(value: Any) -> str:
    """A member of an enumeration of texts; `dumps` knows what else may stand there."""
    named = isinstance(value, Enum) and type(value._value_) is str
    return encode_basestring(value._value_) if named else dumps(to_json(value))
