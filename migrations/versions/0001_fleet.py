"""Agencies, units, radios, talkgroups and links; the event log that numbers all changes."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("colour", sa.String(16), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("code", name="uq_agency_code"),
    )
    op.create_table(
        "talkgroup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_talkgroup_agency_id_agency"),
        sa.PrimaryKeyConstraint("id", name="pk_talkgroup"),
        sa.UniqueConstraint("network", "number", name="uq_talkgroup_network_number"),
    )
    op.create_index("ix_talkgroup_agency_id", "talkgroup", ["agency_id"])
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("call_sign", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("status_at", UTC_TIME, nullable=True),
        sa.Column("status_note", sa.String(200), nullable=True),
        sa.Column("talkgroup_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_unit_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["talkgroup_id"],
            ["talkgroup.id"],
            name="fk_unit_talkgroup_id_talkgroup",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("agency_id", "call_sign", name="uq_unit_agency_id_call_sign"),
    )
    op.create_index("ix_unit_agency_id", "unit", ["agency_id"])
    op.create_table(
        "officer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_officer_unit_id_unit", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_officer"),
    )
    op.create_index("ix_officer_unit_id", "officer", ["unit_id"])
    op.create_table(
        "radio",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(32), nullable=False),
        sa.Column("alias", sa.String(120), nullable=True),
        sa.Column("model", sa.String(64), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("presence", sa.String(8), nullable=False),
        sa.Column("presence_at", UTC_TIME, nullable=True),
        sa.Column("last_heard_at", UTC_TIME, nullable=True),
        sa.Column("link", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_radio_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_radio_unit_id_unit", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_radio"),
        sa.UniqueConstraint("network", "number", name="uq_radio_network_number"),
    )
    op.create_index("ix_radio_agency_id", "radio", ["agency_id"])
    op.create_index("ix_radio_unit_id", "radio", ["unit_id"])
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("since", UTC_TIME, nullable=False),
        sa.Column("last_payload_at", UTC_TIME, nullable=True),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("malformed", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("latency_ms", sa.Float(), nullable=True),
        sa.Column("seen_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.UniqueConstraint("gateway", "name", "site", name="uq_link_gateway_name_site"),
    )
    op.create_table(
        "event",
        sa.Column("seq", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("t", UTC_TIME, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_event_agency_id_agency"),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_index("ix_event_t", "event", ["t"])
    op.create_table(
        "stream",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("seq", BIG_ID, nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_stream_single"),
        sa.PrimaryKeyConstraint("id", name="pk_stream"),
    )
    op.create_table(
        "ingested",
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("gateway", sa.String(64), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_ingested"),
    )
    op.create_index("ix_ingested_at", "ingested", ["at"])
    op.create_table(
        "rejected_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("gateway", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("error", sa.String(500), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_event"),
    )
    op.create_table(
        "idempotency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency"),
        sa.UniqueConstraint("user_id", "key", name="uq_idempotency_user_id_key"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])
    op.bulk_insert(
        sa.table(
            "stream", sa.column("id"), sa.column("epoch"), sa.column("seq"), sa.column("demo")
        ),
        [{"id": 1, "epoch": str(uuid4()), "seq": 0, "demo": False}],
    )


def downgrade() -> None:
    for table in (
        "idempotency",
        "rejected_event",
        "ingested",
        "stream",
        "event",
        "link",
        "radio",
        "officer",
        "unit",
        "talkgroup",
        "agency",
    ):
        op.drop_table(table)
