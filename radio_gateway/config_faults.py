"""Faults of a configuration as lines that an administrator can act on."""

import difflib
import json
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

_Model = TypeVar("_Model", bound=BaseModel)
_SECRET: Final = ("passphrase", "password", "secret", "key")


class ConfigError(ValueError):
    """A configuration that cannot be used; caught by the command line, which prints `lines`."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


def validated(
    model: type[_Model], table: Any, source: Path, place: str, lines: list[str]
) -> _Model | None:
    """Check one table of the file `source`; None with a line for every fault added to `lines`.

    Secrets are read from the files that the table names, relative to `source`.
    """

    def read_secret(name: str) -> str:
        try:
            return (source.parent / name).read_text(encoding="utf-8").split("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise ValueError(f"a file that can be read ({reason})") from None

    try:
        # JSON mode: strict about kinds, yet arrays become tuples and strings become paths
        text = json.dumps(table, default=str)
        return model.model_validate_json(text, context={"read_secret": read_secret})
    except ValidationError as error:
        lines += fault_lines(error, model, f"{source}: {place}")
        return None


def fault_lines(error: ValidationError, model: type[BaseModel], place: str) -> list[str]:
    """One line per fault: place, key, what was found, what is allowed."""
    lines = []
    faults = error.errors(include_url=False)
    for fault in faults:
        if any(_within(other["loc"], fault["loc"]) for other in faults):
            continue  # a list that lacks its faulty entries: the entries' faults say more
        path = tuple(part for part in fault["loc"] if part != "[key]")
        fields = list(_fields(model, path))
        lines.append(f"{place}{_dotted(path)}: {_sentence(fault, path, model, fields)}")
    return lines


def unknown_key(key: str, known: Iterable[str]) -> str:
    """Say that a key does not exist, and which one may have been meant."""
    return f"unknown key, expected {one_of(key, known)}"


def one_of(found: Any, known: Iterable[str]) -> str:
    """The allowed words, and the nearest one to what was found."""
    names = list(known)
    near = difflib.get_close_matches(str(found), names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"one of {', '.join(names)}{hint}"


def shown(value: Any) -> str:
    """A found value as the file has it, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _sentence(
    fault: ErrorDetails,
    path: tuple[int | str, ...],
    model: type[BaseModel],
    fields: list[FieldInfo],
) -> str:
    context = fault.get("ctx", {})
    if fault["type"] == "extra_forbidden":
        return unknown_key(str(path[-1]), _table(model, path[:-1]).model_fields)
    if fault["type"] == "missing":
        return f"missing, expected {_description(fields)}"
    secret = bool(path) and any(word in str(path[-1]) for word in _SECRET)
    hidden = secret or _has_tables(fault["input"])
    found = "" if hidden else f"found {shown(fault['input'])}, "
    if fault["type"] == "value_error":
        return f"{found}expected {context['error']}"
    if fault["type"] == "literal_error":
        allowed = [str(word) for word in get_args(fields[-1].annotation)]
        return f"{found}expected {one_of(fault['input'], allowed)}"
    if fault["type"] == "enum":
        return f"{found}expected {one_of(fault['input'], _members(fields[-1]))}"
    meaning = f": {_description(fields)}" if fields else ""
    return f"{found}expected {_kind(fault['type'], fields)}{meaning}"


def _members(field: FieldInfo) -> list[str]:
    """The words of an enumeration, also of an optional one."""
    words: list[str] = []
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, Enum):
            words += [str(word.value) for word in kind]
    return words


def _within(inner: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _has_tables(value: Any) -> bool:
    """Whether a value holds tables, which may hold passphrases."""
    return isinstance(value, dict) or (
        isinstance(value, list | tuple) and any(_has_tables(item) for item in value)
    )


def _kind(fault: str, fields: list[FieldInfo]) -> str:
    low, high = _bounds(fields)
    span = "" if low is None else f" from {low} to {high}"
    if fault.startswith(("int", "float", "greater", "less", "finite")):
        whole = fields and int in (fields[-1].annotation, *get_args(fields[-1].annotation))
        return f"a {'whole ' if whole or span else ''}number{span}"
    if fault.startswith(("bool",)):
        return "true or false"
    if fault.startswith(("tuple", "frozen_set", "list", "too_short")):
        return "a list with at least one entry"
    if fault.startswith(("model", "dict", "mapping")):
        return "a table"
    if fault == "string_too_long":
        return "a shorter text"
    return "a text in quotes" if fault == "string_type" else "another form"


def _bounds(fields: list[FieldInfo]) -> tuple[Any, Any]:
    bounds = {
        name: getattr(item, name)
        for field in fields[-1:]
        for item in _metadata(field)
        for name in ("ge", "le")
        if getattr(item, name, None) is not None
    }
    return (bounds["ge"], bounds["le"]) if len(bounds) == 2 else (None, None)


def _metadata(field: FieldInfo) -> Iterator[Any]:
    """Constraints of a field, also those of the items of a table or list."""
    yield from field.metadata
    for part in get_args(field.annotation):
        for item in getattr(part, "__metadata__", ()):
            yield from item.metadata if isinstance(item, FieldInfo) else (item,)


def _description(fields: list[FieldInfo]) -> str:
    text = (fields[-1].description or "") if fields else ""
    if text[1:2].islower():  # `UDP` stays as it is
        text = text[0].lower() + text[1:]
    return text.rstrip(".")


def _fields(model: type[BaseModel], path: tuple[int | str, ...]) -> Iterator[FieldInfo]:
    """The fields along a path, as far as the models know them."""
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        yield field
        model = _inner(field) or model


def _table(model: type[BaseModel], path: tuple[int | str, ...]) -> type[BaseModel]:
    for field in _fields(model, path):
        model = _inner(field) or model
    return model


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    kinds = [field.annotation, *get_args(field.annotation)]
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


def _dotted(path: tuple[int | str, ...]) -> str:
    return "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in path)
