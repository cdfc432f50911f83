"""Report: texts in both directions, with how far each came, and call alerts from radios."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.live.scope import Scope
from dispatch.messages.models import Message
from dispatch.radios.models import Radio
from dispatch.reports.base import Filters, Rows, between, equal
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit

_called = aliased(Radio)
_COLUMNS: Final[Mapping[str, Any]] = {
    "created_at": col(Message.created_at),
    "direction": col(Message.direction),
    "agency": col(Agency.code),
    "unit": col(Unit.call_sign),
    "network": col(Radio.network),
    "radio": col(Radio.label),
    "talkgroup": col(Talkgroup.name),
    "called_radio": col(_called.label),
    "user": col(Message.user_name),
    "text": col(Message.text),
    "state": col(Message.state),
    "state_at": col(Message.state_at),
    "expires_at": col(Message.expires_at),
    "reason": col(Message.reason),
    "detail": col(Message.detail),
    "kind": col(Message.kind),
}


class MessagesReport:
    """One row per text or call alert."""

    name: ClassVar[str] = "messages"
    columns: ClassVar[tuple[str, ...]] = tuple(_COLUMNS)
    filters: ClassVar[frozenset[str]] = frozenset({"unit_id", "radio_id", "talkgroup_id", "state"})
    protects_movements: ClassVar[bool] = False

    def query(self, filters: Filters, scope: Scope) -> Rows:
        """Oldest first."""
        return (
            select(*_COLUMNS.values())
            .select_from(Message)
            .outerjoin(Radio, col(Radio.id) == col(Message.radio_id))
            .outerjoin(_called, col(_called.id) == col(Message.called_radio_id))
            .outerjoin(Unit, col(Unit.id) == col(Message.unit_id))
            .outerjoin(Agency, col(Agency.id) == col(Message.agency_id))
            .outerjoin(Talkgroup, col(Talkgroup.id) == col(Message.talkgroup_id))
            .where(
                scope.where(col(Message.agency_id)),
                *between(col(Message.created_at), filters),
                *equal(
                    filters,
                    unit_id=col(Message.unit_id),
                    radio_id=col(Message.radio_id),
                    talkgroup_id=col(Message.talkgroup_id),
                    state=col(Message.state),
                ),
            )
            .order_by(col(Message.created_at), col(Message.id))
        )
