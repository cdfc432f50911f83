"""Report: every transmission that was heard."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeDecorator
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.calls.models import CallRecord
from dispatch.calls.receptions import read_receptions
from dispatch.live.scope import Scope
from dispatch.radios.models import Radio
from dispatch.reports.base import Filters, Rows, between, equal
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit


class _InWords(TypeDecorator[str]):
    """Read from the column of receptions: `Karosta -71 dBm 0.4 %; Grobiņa -98 dBm 2.1 %`.

    Signal and bit errors, as far as they are known; `?` is a site without a name.
    """

    impl = Text
    cache_ok = True

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> str | None:
        return "; ".join(map(_in_words, read_receptions(value))) or None


def _in_words(reception: dict[str, Any]) -> str:
    words = [reception["site"] or "?"]
    for name, unit in (("rssi_dbm", "dBm"), ("ber_percent", "%")):
        if (value := reception[name]) is not None:
            words.append(f"{round(value, 1):g} {unit}")
    return " ".join(words)


_called = aliased(Radio)
_COLUMNS: Final[Mapping[str, Any]] = {
    "started_at": col(CallRecord.started_at),
    "ended_at": col(CallRecord.ended_at),
    "duration_s": col(CallRecord.duration_s),
    "kind": col(CallRecord.kind),
    "agency": col(Agency.code),
    "unit": col(Unit.call_sign),
    "network": col(Radio.network),
    "radio": col(Radio.label),
    "talkgroup": col(Talkgroup.name),
    "called_radio": col(_called.label),
    "link": col(CallRecord.link),
    "site": col(CallRecord.site),
    "slot": col(CallRecord.slot),
    "colour_code": col(CallRecord.colour_code),
    "end_reason": col(CallRecord.end_reason),
    "late_entry": col(CallRecord.late_entry),
    "emergency": col(CallRecord.emergency),
    "encrypted": col(CallRecord.encrypted),
    "rssi_dbm": col(CallRecord.rssi_dbm),
    "ber_percent": col(CallRecord.ber_percent),
    "loss_percent": col(CallRecord.loss_percent),
    "talker_alias": col(CallRecord.talker_alias),
    "receptions": type_coerce(col(CallRecord.receptions), _InWords()),
}


class CallsReport:
    """One row per press of the PTT key."""

    name: ClassVar[str] = "calls"
    columns: ClassVar[tuple[str, ...]] = tuple(_COLUMNS)
    filters: ClassVar[frozenset[str]] = frozenset(
        {"unit_id", "radio_id", "talkgroup_id", "kind", "emergency"}
    )
    protects_movements: ClassVar[bool] = False

    def query(self, filters: Filters, scope: Scope) -> Rows:
        """Oldest first."""
        return (
            select(*_COLUMNS.values())
            .join(Radio, col(Radio.id) == col(CallRecord.radio_id))
            .outerjoin(_called, col(_called.id) == col(CallRecord.called_radio_id))
            .outerjoin(Unit, col(Unit.id) == col(CallRecord.unit_id))
            .outerjoin(Agency, col(Agency.id) == col(CallRecord.agency_id))
            .outerjoin(Talkgroup, col(Talkgroup.id) == col(CallRecord.talkgroup_id))
            .where(
                scope.where(col(CallRecord.agency_id)),
                *between(col(CallRecord.started_at), filters),
                *equal(
                    filters,
                    unit_id=col(CallRecord.unit_id),
                    radio_id=col(CallRecord.radio_id),
                    talkgroup_id=col(CallRecord.talkgroup_id),
                    kind=col(CallRecord.kind),
                    emergency=col(CallRecord.emergency),
                ),
            )
            .order_by(col(CallRecord.started_at), col(CallRecord.id))
        )
