"""Domain values as JSON values and back, by the types of their fields.

Times are UTC ISO 8601 with `Z`, octets are hex, an enumeration is its value, a dataclass is an
object. What a class needs for it is worked out once, at its first use.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from json import JSONDecoder, JSONEncoder
from typing import (
    Any,
    Final,
    NoReturn,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

Writer: TypeAlias = Callable[[Any], Any]
Reader: TypeAlias = Callable[[Any], Any]


class WireError(ValueError):
    """A message that cannot be read; the receiver counts it, logs it and goes on."""


def to_json(value: Any) -> Any:
    """Turn a domain value into what `json` can write; omitted fields stay readable as None."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if is_dataclass(kind):
        return _object_writer(kind)(value)
    if isinstance(value, Enum):
        return value._value_
    if isinstance(value, datetime):
        return write_time(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(to_json(key)): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [to_json(item) for item in value]
    return value


def from_json(hint: Any, value: Any) -> Any:
    """Read a JSON value as `hint`; raises WireError when it does not fit."""
    try:
        return _reader(hint)(value)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        what = getattr(hint, "__name__", hint)
        raise WireError(f"no {what}: {_shortened(value)} ({error})") from error


def dumps(value: Any) -> str:
    """Compact JSON text; ValueError for numbers that JSON does not have (infinite, NaN)."""
    return _encode(value)


def loads(data: bytes) -> Any:
    """Read JSON in UTF-8.

    Raises:
        WireError: not JSON, not UTF-8, nested too deeply, or NaN and the like.
    """
    try:
        return _decode(data.decode())
    except (ValueError, RecursionError) as error:
        raise WireError(f"no JSON: {error}") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
# what is written are trees made of dataclasses: nothing in them can be circular
_encode: Final = JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode
_decode: Final = JSONDecoder(parse_constant=_refuse).decode


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."


@cache
def _object_writer(kind: type) -> Writer:
    """Writes an object with all fields of a dataclass, in their order.

    Compiled from the names of the fields: this runs for every position of every radio.
    """
    hints = get_type_hints(kind)
    writers: dict[str, Writer] = {}
    parts = []
    for field in fields(kind):
        name, value = field.name, f"value.{field.name}"
        convert = _writer(hints[name])
        if convert is not None:
            writers[f"write_{name}"] = convert
            written = f"write_{name}({value})"
            optional = type(None) in get_args(hints[name])
            value = f"None if {value} is None else {written}" if optional else written
        parts.append(f"{name!r}: {value}")
    source = f"lambda value: {{{', '.join(parts)}}}"
    writer: Writer = eval(source, writers)  # noqa: S307  # only names of our own fields
    return writer


def _writer(hint: Any) -> Writer | None:
    """What turns a present value of this type into JSON; None: nothing needs to be done."""
    kinds = [arg for arg in (get_args(hint) or (hint,)) if arg is not type(None)]
    if get_origin(hint) not in (None, Union, types.UnionType) or len(kinds) != 1:
        return to_json
    (kind,) = kinds
    if kind in _PLAIN:
        return None
    if kind is datetime:
        return write_time
    if isinstance(kind, type) and is_dataclass(kind):
        return _object_writer(kind)
    return to_json


def write_time(value: datetime) -> str:
    """UTC ISO 8601 with `Z`."""
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat()[:-6] + "Z"


@cache
def _reader(hint: Any) -> Reader:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        readers = [_reader(arg) for arg in get_args(hint) if arg is not type(None)]
        only = readers[0]
        return lambda value: None if value is None else only(value)
    if origin is tuple:
        return _tuple_reader(get_args(hint))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(*map(_reader, get_args(hint)))
    if hint in _READERS:
        return _READERS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member_reader(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return _object_reader(hint)
    raise TypeError(f"no reader for {hint!r}")


def _object_reader(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    usual = _usual_reader(kind)
    required = {
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise TypeError(f"{type(value).__name__} instead of an object")
        try:
            return usual(value)
        except KeyError:
            return read_some(value)

    def read_some(value: Mapping[str, Any]) -> Any:
        if not required <= value.keys():
            missing = required - value.keys()
            raise KeyError(f"{', '.join(sorted(missing))} missing")
        # a field that this version does not know is ignored: newer halves may add some
        return kind(
            **{name: readers[name](item) for name, item in value.items() if name in readers}
        )

    return read


def _usual_reader(kind: type) -> Reader:
    """Reads an object that has all its fields; KeyError: one is missing. Compiled from the names.

    A text or a number of the right type is taken as it is.
    """
    hints = get_type_hints(kind)
    names: dict[str, Any] = {"kind": kind}
    parts = []
    for field in fields(kind):
        name, hint = field.name, hints[field.name]
        kinds = [arg for arg in (get_args(hint) or (hint,)) if arg is not type(None)]
        optional = get_origin(hint) in (Union, types.UnionType) and len(kinds) == 1
        reader = names[f"read_{name}"] = _reader(kinds[0] if optional else hint)
        plain, got = _PLAIN_READERS.get(reader), f"value[{name!r}]"
        if optional:
            called = f"read_{name}(x)"
            read = called if plain is None else f"x if type(x) is {plain} else {called}"
            parts.append(f"{name}=None if (x := {got}) is None else {read}")
        elif plain is None:
            parts.append(f"{name}=read_{name}({got})")
        else:
            parts.append(f"{name}=x if type(x := {got}) is {plain} else read_{name}(x)")
    taken = ", ".join(parts)
    return cast("Reader", eval(f"lambda value: kind({taken})", names))  # noqa: S307  # as above


def _member_reader(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Any:
        member = members.get(value)
        return kind(value) if member is None else member

    return read


def _tuple_reader(hints: tuple[Any, ...]) -> Reader:
    if len(hints) == 2 and hints[1] is Ellipsis:
        item = _reader(hints[0])
        return lambda value: tuple([item(one) for one in _list(value)])
    readers = [_reader(hint) for hint in hints]
    return lambda value: tuple([read(one) for read, one in zip(readers, _list(value), strict=True)])


def _mapping_reader(key: Reader, item: Reader) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise TypeError(f"{type(value).__name__} instead of an object")
        return {key(name): item(one) for name, one in value.items()}

    return read


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError(f"{type(value).__name__} instead of a list")
    return value


def _read_time(value: Any) -> datetime:
    moment = datetime.fromisoformat(_read_str(value))
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("time without zone")
    return moment.astimezone(UTC)


def _read_str(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(f"{type(value).__name__} instead of str")
    return value


def _read_int(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{type(value).__name__} instead of int")
    return value


def _read_float(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is not int:
        raise TypeError(f"{type(value).__name__} instead of float")
    return float(value)


def _read_bool(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(f"{type(value).__name__} instead of bool")
    return value


def _read_octets(value: Any) -> bytes:
    return bytes.fromhex(_read_str(value))


_READERS: Final[Mapping[Any, Reader]] = {
    str: _read_str,
    int: _read_int,
    float: _read_float,
    bool: _read_bool,
    bytes: _read_octets,
    datetime: _read_time,
}
_PLAIN_READERS: Final[Mapping[Reader, str]] = {
    _read_str: "str",
    _read_int: "int",
    _read_float: "float",
    _read_bool: "bool",
}
