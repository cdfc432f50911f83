"""The newest positions in the form of all others, without an index that nobody reads."""
# ruff: noqa: S608  what is put into statements are words of this file

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
MICROS = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
SOURCES = ("embedded", "requested", "triggered", "emergency", "sentence")
KEPT = "radio_id, speed_kmh, bearing_deg, error_m, altitude_m, stale, verified"


def upgrade() -> None:
    _set_aside()
    op.create_table(
        "latest_position",
        sa.Column("heard_at", MICROS, nullable=False),
        sa.Column("fixed_at", MICROS, nullable=True),
        sa.Column("radio_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("lat_e7", sa.Integer(), nullable=False),
        sa.Column("lon_e7", sa.Integer(), nullable=False),
        sa.Column("speed_kmh", sa.REAL(), nullable=True),
        sa.Column("bearing_deg", sa.REAL(), nullable=True),
        sa.Column("error_m", sa.REAL(), nullable=True),
        sa.Column("altitude_m", sa.REAL(), nullable=True),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["radio_id"], ["radio.id"], name="fk_latest_position_radio_id_radio", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("radio_id", name="pk_latest_position"),
    )
    heard, fixed = (_micros(name) if _is_sqlite() else name for name in ("heard_at", "fixed_at"))
    numbers = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(SOURCES))
    op.execute(
        f"INSERT INTO latest_position ({KEPT}, unit_id, lat_e7, lon_e7, heard_at, fixed_at, source)"
        f" SELECT {KEPT}, unit_id, CAST(round(lat * 1e7) AS INTEGER), "
        f"CAST(round(lon * 1e7) AS INTEGER), {heard}, {fixed}, "
        f"CASE source {numbers} ELSE 2 END FROM latest_before"
    )
    op.drop_table("latest_before")


def downgrade() -> None:
    _set_aside()
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
    heard, fixed = (_text(name) if _is_sqlite() else name for name in ("heard_at", "fixed_at"))
    words = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(SOURCES))
    op.execute(
        f"INSERT INTO latest_position ({KEPT}, unit_id, lat, lon, heard_at, fixed_at, source) "
        f"SELECT {KEPT}, (SELECT id FROM unit WHERE unit.id = unit_id), "
        f"lat_e7 / 1e7, lon_e7 / 1e7, {heard}, {fixed}, CASE source {words} END FROM latest_before"
    )
    op.drop_table("latest_before")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _set_aside() -> None:
    """Free the names of the table and what belongs to it."""
    op.rename_table("latest_position", "latest_before")
    for index in sa.inspect(op.get_bind()).get_indexes("latest_before"):
        op.drop_index(str(index["name"]), "latest_before")
    if not _is_sqlite():
        op.execute("ALTER TABLE latest_before RENAME CONSTRAINT pk_latest_position TO pk_before")


def _micros(name: str) -> str:
    seconds = f"CAST(strftime('%s', substr({name}, 1, 19)) AS INTEGER)"
    return f"{seconds} * 1000000 + CAST(substr({name}, 21, 6) AS INTEGER)"


def _text(name: str) -> str:
    whole = f"strftime('%Y-%m-%d %H:%M:%S', {name} / 1000000, 'unixepoch')"
    return f"{whole} || printf('.%06d', {name} % 1000000)"
