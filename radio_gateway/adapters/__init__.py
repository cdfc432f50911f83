"""Layer 2: vendor frames on one side, the domain on the other; no I/O.

A new vendor is one module here, one in `kinds` and one line in `REGISTRY`. A vendor of another
distribution names its `AdapterKind` by an entry point in the group `sardze.adapters`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from radio_gateway.adapters.kinds.base import AdapterKind

ENTRY_POINTS: Final = "sardze.adapters"

REGISTRY: Final[Mapping[str, str]] = {
    "homebrew": "radio_gateway.adapters.kinds.homebrew:KIND",
    "homebrew-peer": "radio_gateway.adapters.kinds.homebrew_peer:KIND",
    "hytera": "radio_gateway.adapters.kinds.hytera:KIND",
    "hytera-ipsc": "radio_gateway.adapters.kinds.hytera_ipsc:KIND",
    "hytera-serial": "radio_gateway.adapters.kinds.hytera_serial:KIND",
    "kenwood": "radio_gateway.adapters.kinds.kenwood:KIND",
    "mmdvm-modem": "radio_gateway.adapters.kinds.mmdvm_modem:KIND",
    "mototrbo": "radio_gateway.adapters.kinds.mototrbo:KIND",
    "mototrbo-ipsc": "radio_gateway.adapters.kinds.mototrbo_ipsc:KIND",
    "nmea": "radio_gateway.adapters.kinds.nmea:KIND",
    "openbridge": "radio_gateway.adapters.kinds.openbridge:KIND",
    "tait": "radio_gateway.adapters.kinds.tait:KIND",
}
"Where the AdapterKind of each `kind` of link lies; read when a link asks for it."


class AdapterKindError(Exception):
    """An adapter of another distribution cannot be used; the configuration names it."""


@cache
def kind_names() -> tuple[str, ...]:
    """Every `kind` that a link may have: our own first, then those of other distributions."""
    found = (point.name for point in entry_points(group=ENTRY_POINTS))
    return tuple(dict.fromkeys([*REGISTRY, *found]))


@cache
def load_kind(name: str) -> AdapterKind[Any]:
    """The kind of that name.

    Raises:
        KeyError: there is none.
        AdapterKindError: it stands for something else, or fails to be imported.
    """
    if name in REGISTRY:
        module, _, attribute = REGISTRY[name].partition(":")
        kind = getattr(import_module(module), attribute)
    else:
        points = entry_points(group=ENTRY_POINTS, name=name)
        if not points:
            raise KeyError(name)
        point = next(iter(points))
        try:
            kind = point.load()
        except Exception as error:
            raise AdapterKindError(f"adapter {name} ({point.value}) fails: {error}") from error
    if not isinstance(kind, AdapterKind):
        raise AdapterKindError(f"adapter {name} is no AdapterKind but {type(kind).__name__}")
    return kind
