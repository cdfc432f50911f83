"""What radios do: positions, calls, messages, emergencies, and commands to them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "position",
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("heard_at", UTC_TIME, nullable=False),
        sa.Column("fixed_at", UTC_TIME, nullable=True),
        sa.Column("speed_kmh", sa.Float(), nullable=True),
        sa.Column("bearing_deg", sa.Float(), nullable=True),
        sa.Column("error_m", sa.Float(), nullable=True),
        sa.Column("altitude_m", sa.Float(), nullable=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("radio_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["radio_id"], ["radio.id"], name="fk_position_radio_id_radio"),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_position_unit_id_unit", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_position"),
    )
    op.create_index("ix_position_radio_id_heard_at", "position", ["radio_id", "heard_at"])
    op.create_index("ix_position_unit_id_heard_at", "position", ["unit_id", "heard_at"])
    op.create_table(
        "latest_position",
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("heard_at", UTC_TIME, nullable=False),
        sa.Column("fixed_at", UTC_TIME, nullable=True),
        sa.Column("speed_kmh", sa.Float(), nullable=True),
        sa.Column("bearing_deg", sa.Float(), nullable=True),
        sa.Column("error_m", sa.Float(), nullable=True),
        sa.Column("altitude_m", sa.Float(), nullable=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("radio_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["radio_id"], ["radio.id"], name="fk_latest_position_radio_id_radio", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_latest_position_unit_id_unit", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("radio_id", name="pk_latest_position"),
    )
    op.create_index("ix_latest_position_unit_id", "latest_position", ["unit_id"])
    op.create_table(
        "call_record",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("call", sa.String(128), nullable=False),
        sa.Column("gateway", sa.String(64), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("radio_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("talkgroup_id", sa.Integer(), nullable=True),
        sa.Column("called_radio_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("started_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("end_reason", sa.String(16), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("colour_code", sa.Integer(), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("conversation", sa.String(128), nullable=True),
        sa.Column("ber_percent", sa.Float(), nullable=True),
        sa.Column("rssi_dbm", sa.Float(), nullable=True),
        sa.Column("loss_percent", sa.Float(), nullable=True),
        sa.Column("talker_alias", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name="fk_call_record_agency_id_agency"
        ),
        sa.ForeignKeyConstraint(
            ["called_radio_id"], ["radio.id"], name="fk_call_record_called_radio_id_radio"
        ),
        sa.ForeignKeyConstraint(["radio_id"], ["radio.id"], name="fk_call_record_radio_id_radio"),
        sa.ForeignKeyConstraint(
            ["talkgroup_id"], ["talkgroup.id"], name="fk_call_record_talkgroup_id_talkgroup"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_call_record_unit_id_unit", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_call_record"),
        sa.UniqueConstraint("call", name="uq_call_record_call"),
    )
    op.create_index(
        "ix_call_record_agency_id_started_at", "call_record", ["agency_id", "started_at", "id"]
    )
    op.create_index(
        "ix_call_record_radio_id_started_at", "call_record", ["radio_id", "started_at", "id"]
    )
    op.create_index(
        "ix_call_record_running",
        "call_record",
        ["link", "started_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_call_record_started_at_id", "call_record", ["started_at", "id"])
    op.create_index(
        "ix_call_record_talkgroup_id_started_at",
        "call_record",
        ["talkgroup_id", "started_at", "id"],
    )
    op.create_index(
        "ix_call_record_unit_id_started_at", "call_record", ["unit_id", "started_at", "id"]
    )
    op.create_table(
        "message",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("direction", sa.String(4), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("radio_id", sa.Integer(), nullable=True),
        sa.Column("talkgroup_id", sa.Integer(), nullable=True),
        sa.Column("called_radio_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_at", UTC_TIME, nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("expires_at", UTC_TIME, nullable=True),
        sa.Column("user_name", sa.String(64), nullable=True),
        sa.Column("detail", sa.String(300), nullable=True),
        sa.Column("waiting_for", sa.String(16), nullable=True),
        sa.Column("command", sa.String(64), nullable=True),
        sa.Column("reference", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_message_agency_id_agency"),
        sa.ForeignKeyConstraint(
            ["called_radio_id"], ["radio.id"], name="fk_message_called_radio_id_radio"
        ),
        sa.ForeignKeyConstraint(["radio_id"], ["radio.id"], name="fk_message_radio_id_radio"),
        sa.ForeignKeyConstraint(
            ["talkgroup_id"], ["talkgroup.id"], name="fk_message_talkgroup_id_talkgroup"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_message_unit_id_unit", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("command", name="uq_message_command"),
    )
    op.create_index("ix_message_agency_id_created_at", "message", ["agency_id", "created_at", "id"])
    op.create_index("ix_message_created_at_id", "message", ["created_at", "id"])
    op.create_index("ix_message_radio_id_created_at", "message", ["radio_id", "created_at", "id"])
    op.create_index(
        "ix_message_talkgroup_id_created_at", "message", ["talkgroup_id", "created_at", "id"]
    )
    op.create_index(
        "ix_message_unfinished",
        "message",
        ["radio_id"],
        sqlite_where=sa.text("state IN ('queued', 'sent')"),
        postgresql_where=sa.text("state IN ('queued', 'sent')"),
    )
    op.create_index("ix_message_unit_id_created_at", "message", ["unit_id", "created_at", "id"])
    op.create_table(
        "message_state",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("detail", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name="fk_message_state_message_id_message",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_state"),
    )
    op.create_index("ix_message_state_message_id", "message_state", ["message_id"])
    # ### end Alembic commands ###
    op.create_table(
        "emergency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("radio_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("talkgroup_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("raised_at", UTC_TIME, nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("last_heard_at", UTC_TIME, nullable=False),
        sa.Column("told_at", UTC_TIME, nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("position_heard_at", UTC_TIME, nullable=True),
        sa.Column("error_m", sa.Float(), nullable=True),
        sa.Column("acknowledged_at", UTC_TIME, nullable=True),
        sa.Column("acknowledged_by", sa.String(64), nullable=True),
        sa.Column("closed_at", UTC_TIME, nullable=True),
        sa.Column("closed_by", sa.String(64), nullable=True),
        sa.Column("close_reason", sa.String(16), nullable=True),
        sa.Column("cleared_at", UTC_TIME, nullable=True),
        sa.Column("after_close", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.String(512), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_emergency_agency_id_agency"),
        sa.ForeignKeyConstraint(["radio_id"], ["radio.id"], name="fk_emergency_radio_id_radio"),
        sa.ForeignKeyConstraint(
            ["talkgroup_id"], ["talkgroup.id"], name="fk_emergency_talkgroup_id_talkgroup"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name="fk_emergency_unit_id_unit", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_emergency"),
    )
    op.create_index(
        "ix_emergency_agency_id_raised_at", "emergency", ["agency_id", "raised_at", "id"]
    )
    op.create_index("ix_emergency_radio_id_raised_at", "emergency", ["radio_id", "raised_at"])
    op.create_index("ix_emergency_raised_at_id", "emergency", ["raised_at", "id"])
    op.create_index(
        "uq_emergency_open",
        "emergency",
        ["radio_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "emergency_action",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("emergency_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("user_name", sa.String(64), nullable=True),
        sa.Column("note", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(
            ["emergency_id"],
            ["emergency.id"],
            name="fk_emergency_action_emergency_id_emergency",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_emergency_action"),
    )
    op.create_index("ix_emergency_action_emergency_id", "emergency_action", ["emergency_id"])
    op.create_table(
        "radio_command",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("radio_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("interval_s", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(300), nullable=True),
        sa.Column("user_name", sa.String(64), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("state_at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name="fk_radio_command_agency_id_agency"
        ),
        sa.ForeignKeyConstraint(["radio_id"], ["radio.id"], name="fk_radio_command_radio_id_radio"),
        sa.PrimaryKeyConstraint("id", name="pk_radio_command"),
        sa.UniqueConstraint("command", name="uq_radio_command_command"),
    )
    op.create_index(
        "ix_radio_command_radio_id_created_at", "radio_command", ["radio_id", "created_at"]
    )


def downgrade() -> None:
    for table in (
        "radio_command",
        "emergency_action",
        "emergency",
        "message_state",
        "message",
        "call_record",
        "latest_position",
        "position",
    ):
        op.drop_table(table)
