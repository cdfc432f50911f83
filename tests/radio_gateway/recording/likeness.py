"""Events of two captures that say the same of others, and what must not be left of the first."""

import json
from pathlib import Path
from typing import Any

from radio_gateway import replaying

SORTS = {
    "alias": "alias",
    "altitude_m": "altitude",
    "bearing_deg": "course",
    "call": "call",
    "conversation": "call",
    "data": "data",
    "point": "point",
    "raw": "raw",
    "site": "site",
    "talker_alias": "alias",
    "text": "text",
}
"Fields whose values differ, and what they are; equal values of one sort must stay equal."
EVERYBODY = 0xFF_FFFF


def events(file: Path) -> list[dict[str, Any]]:
    """What `radio-gateway replay` gives, parsed."""
    return [json.loads(line) for line in replaying.events(file, None, {}, lambda _: None)]


def in_order_of_appearance(found: list[dict[str, Any]]) -> list[Any]:
    """The events with every hidden value replaced by when it first came."""
    seen: dict[str, dict[Any, int]] = {}

    def told(value: Any, key: str) -> Any:
        if key in SORTS and value not in (None, 0, EVERYBODY):
            order = seen.setdefault(SORTS[key], {})
            return order.setdefault(json.dumps(value), len(order))
        if isinstance(value, dict) and value.keys() == {"network", "number"}:
            order = seen.setdefault(value["network"], {})
            return value["network"], order.setdefault(value["number"], len(order))
        if isinstance(value, dict):
            return {name: told(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [told(inner, "") for inner in value]
        return value

    return [told(event, "") for event in found]
