"""Indexes for filters of calls together, and none for what nearly every row is."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = ("agency_id", "talkgroup_id", "unit_id", "radio_id")
UNCOMMON = "kind <> 'group'"


def upgrade() -> None:
    op.drop_index("ix_call_record_kind_started_at", "call_record")
    _some("ix_call_record_uncommon", "call_record", ["kind", "started_at", "id"], UNCOMMON)
    for column in COLUMNS:
        name = f"ix_call_record_uncommon_{column}"
        _some(name, "call_record", [column, "started_at", "id"], UNCOMMON)
    for column in ("unit_id", "radio_id"):
        name = f"ix_call_record_{column}_started_at"
        op.drop_index(name, "call_record")
        op.create_index(name, "call_record", [column, "started_at", "id", "talkgroup_id"])
    name, columns = "ix_message_talkgroup_id_created_at", ["talkgroup_id", "created_at", "id"]
    op.drop_index(name, "message")
    _some(name, "message", columns, "talkgroup_id IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_message_talkgroup_id_created_at", "message")
    op.create_index(
        "ix_message_talkgroup_id_created_at", "message", ["talkgroup_id", "created_at", "id"]
    )
    for column in ("unit_id", "radio_id"):
        name = f"ix_call_record_{column}_started_at"
        op.drop_index(name, "call_record")
        op.create_index(name, "call_record", [column, "started_at", "id"])
    for column in COLUMNS:
        op.drop_index(f"ix_call_record_uncommon_{column}", "call_record")
    op.drop_index("ix_call_record_uncommon", "call_record")
    op.create_index("ix_call_record_kind_started_at", "call_record", ["kind", "started_at", "id"])


def _some(name: str, table: str, columns: list[str], where: str) -> None:
    """An index of the rows that fulfil a condition."""
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
