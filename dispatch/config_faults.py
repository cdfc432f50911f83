"""Turning what a checker says about a settings file into lines that a person can act on."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


class ConfigError(Exception):
    """Faults of a configuration; `lines` holds one sentence for each."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


def fault_lines(
    error: ValidationError,
    model: type[BaseModel],
    source: str,
    origins: Mapping[tuple[str, ...], str],
) -> list[str]:
    """One line per fault: where, what was found, what is allowed.

    Args:
        error: what pydantic found.
        model: the model of the whole file, to know the names that exist.
        source: the file, as the user named it.
        origins: keys that came from elsewhere, and from where.
    """
    lines = []
    for fault in error.errors(include_url=False):
        place = tuple(str(part) for part in fault["loc"] if part != "[key]")
        where = origins.get(place[:2]) or f"{source}: {'.'.join(place)}"
        lines.append(f"{where}: {_sentence(fault, place, model)}")
    return lines


def _sentence(fault: ErrorDetails, place: tuple[str, ...], model: type[BaseModel]) -> str:
    found, context = fault["input"], fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            return _unknown_key(place, model)
        case "missing":
            return "missing"
        case "greater_than_equal" | "less_than_equal":
            return f"found {_shown(found)}, expected {_range(place, model)}"
        case "int_type" | "int_parsing":
            return f"found {_shown(found)}, expected {_range(place, model)}"
        case "enum":
            return f"found {_shown(found)}, expected {context['expected']}"
        case "string_type" | "path_type":
            return f"found {_shown(found)}, expected a text in quotes"
        case "string_too_long" | "string_too_short" if "max_length" in context:
            return f"has {len(found)} characters, allowed are {context['max_length']}"
        case "string_pattern_mismatch":
            return f"found {_shown(found)}, expected {_described(place, model)}"
        case "value_error":
            return f"found {_shown(found)}, expected {context['error']}"
        case "model_type" | "dict_type" | "mapping_type":
            return f"found {_shown(found)}, expected a section with keys"
        case "tuple_type":
            return f"found {_shown(found)}, expected a list in [ ]"
        case _:
            return f"found {_shown(found)}: {fault['msg']}"


def _unknown_key(place: tuple[str, ...], model: type[BaseModel]) -> str:
    parent: type[BaseModel] | None = model
    for part in place[:-1]:
        parent = _child(parent, part)
    if parent is None:
        return "unknown key"
    known = list(parent.model_fields)
    if parent is model:
        known += ["gateway", "link"]
    near = difflib.get_close_matches(place[-1], known, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
    return f"unknown key{hint}"


def _child(model: type[BaseModel] | None, name: str) -> type[BaseModel] | None:
    """The model behind a key; a mapping's values stand for each of its keys."""
    field = model.model_fields.get(name) if model else None
    if field is None:
        return model  # a key of a mapping: its value's model was already taken
    kinds = [field.annotation, *get_args(field.annotation)]
    return next(
        (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None
    )


def _range(place: tuple[str, ...], model: type[BaseModel]) -> str:
    parent: type[BaseModel] | None = model
    for part in place[:-1]:
        parent = _child(parent, part)
    field = parent.model_fields.get(place[-1]) if parent else None
    bounds = {}
    for item in field.metadata if field else ():
        for name in ("ge", "le"):
            if hasattr(item, name):
                bounds[name] = getattr(item, name)
    if len(bounds) == 2:
        return f"a whole number from {bounds['ge']} to {bounds['le']}"
    return "a whole number"


def _described(place: tuple[str, ...], model: type[BaseModel]) -> str:
    parent: type[BaseModel] | None = model
    for part in place:
        field = parent.model_fields.get(part) if parent else None
        if field is not None and field.description and _child(parent, part) is None:
            text = re.split(r"; |\. ", field.description)[0]
            return text[0].lower() + text[1:].rstrip(".")
        parent = _child(parent, part)
    return "small letters, digits and underscores" if place else "another form"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
