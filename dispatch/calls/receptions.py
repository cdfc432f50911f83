"""How each of several base stations heard one call: kept with its record, and read."""

import json
import math
from collections.abc import Sequence
from typing import Any, Final

from dispatch.answers import View
from dispatch.db.types import storable
from radio_gateway.domain.events import CallReception

MOST: Final = 16
"Receptions that are kept of one call: the best ones."
_ABSURD: Final = 1e6
"Nothing that is measured in dBm, per cent or seconds of a call comes near."


class ReceptionView(View):
    """How one base station heard a call."""

    site: str | None
    duration_s: float
    rssi_dbm: float | None
    ber_percent: float | None
    loss_percent: float | None


_FIELDS: Final = tuple(ReceptionView.model_fields)


def kept(receptions: Sequence[CallReception]) -> str | None:
    """What the record keeps, JSON as `read_receptions` takes it.

    None where fewer than two base stations heard the call: the record itself says how it was
    heard then. A number that no measurement gives is left out.
    """
    if len(receptions) < 2:
        return None
    rows = [
        (
            None if one.site is None else storable(one.site)[:64],
            _measured(one.duration_s) or 0.0,
            _measured(one.rssi_dbm),
            _measured(one.ber_percent),
            _measured(one.loss_percent),
        )
        for one in receptions[:MOST]
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def read_receptions(text: str | None) -> list[dict[str, Any]]:
    """The fields of `ReceptionView` of each reception that was `kept`, the best one first."""
    if text is None:
        return []
    return [dict(zip(_FIELDS, row, strict=True)) for row in json.loads(text)]


def _measured(value: float | None) -> float | None:
    if value is None or not math.isfinite(value) or abs(value) > _ABSURD:
        return None
    return round(float(value), 2)
