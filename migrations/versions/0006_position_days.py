"""Positions by radio and time, by day on PostgreSQL; who carried what; the fleet's version."""
# ruff: noqa: S608  what is put into statements are words of this file

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
MICROS = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SOURCES = ("embedded", "requested", "triggered", "emergency", "sentence")
WATCHED = {
    "radio": "network, number, label, alias, model, unit_id, agency_id",
    "talkgroup": "network, number, name, agency_id",
}
"Columns whose change makes what the writer remembers untrue."
KEPT = "radio_id, unit_id, speed_kmh, bearing_deg, error_m, altitude_m, stale, verified"


def upgrade() -> None:
    _make_fleet_version()
    _set_aside()
    op.create_table(
        "position",
        sa.Column("heard_at", MICROS, nullable=False),
        sa.Column("fixed_at", MICROS, nullable=True),
        sa.Column("radio_id", sa.Integer(), autoincrement=False, nullable=False),
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
        sa.PrimaryKeyConstraint("radio_id", "heard_at", name="pk_position"),
        sqlite_with_rowid=False,
        postgresql_partition_by="RANGE (heard_at)",
    )
    op.create_index("ix_position_heard_at", "position", ["heard_at"], postgresql_using="brin")
    op.create_table(
        "carriage",
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("radio_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_at", MICROS, nullable=False),
        sa.Column("last_at", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "radio_id", name="pk_carriage"),
    )
    if _is_sqlite():
        _carry_over_sqlite()
    else:
        _carry_over_postgresql()
    op.drop_table("position_before")


def downgrade() -> None:
    _set_aside()
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
    heard, fixed = (_text(name) if _is_sqlite() else name for name in ("heard_at", "fixed_at"))
    words = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(SOURCES))
    kept = KEPT.replace("unit_id", "(SELECT id FROM unit WHERE unit.id = unit_id)")
    op.execute(
        f"INSERT INTO position ({KEPT}, lat, lon, heard_at, fixed_at, source) "
        f"SELECT {kept}, lat_e7 / 1e7, lon_e7 / 1e7, {heard}, {fixed}, CASE source {words} END "
        "FROM position_before WHERE radio_id IN (SELECT id FROM radio) "
        "ORDER BY position_before.heard_at"
    )
    for table in ("position_before", "carriage"):
        op.drop_table(table)
    _drop_fleet_version()


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _set_aside() -> None:
    """Free the names of the table and what belongs to it."""
    op.rename_table("position", "position_before")
    if not _is_sqlite():
        op.execute("ALTER TABLE position_before RENAME CONSTRAINT pk_position TO pk_before")
    for index in sa.inspect(op.get_bind()).get_indexes("position_before"):
        op.drop_index(str(index["name"]), "position_before")


def _numbered() -> str:
    """The old rows; of two fixes heard at one instant the later one is moved by a microsecond."""
    words = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(SOURCES))
    return (
        f"SELECT *, CASE source {words} ELSE 2 END AS source_number, row_number() OVER "
        "(PARTITION BY radio_id, heard_at ORDER BY id) - 1 AS place FROM position_before"
    )


def _carry_over_sqlite() -> None:
    op.execute(
        f"INSERT INTO position ({KEPT}, lat_e7, lon_e7, heard_at, fixed_at, source) "
        f"SELECT {KEPT}, CAST(round(lat * 1e7) AS INTEGER), CAST(round(lon * 1e7) AS INTEGER), "
        f"{_micros('heard_at')} + place, {_micros('fixed_at')}, source_number "
        f"FROM ({_numbered()}) WHERE true ON CONFLICT DO NOTHING"
    )
    hour = 3_600_000_000
    op.execute(
        "INSERT INTO carriage SELECT unit_id, radio_id, "
        f"min(heard_at) / {hour} * {hour}, (max(heard_at) / {hour} + 1) * {hour} "
        "FROM position WHERE unit_id IS NOT NULL GROUP BY unit_id, radio_id"
    )


def _carry_over_postgresql() -> None:
    op.execute(
        "DO $$ DECLARE day date; BEGIN FOR day IN "
        "SELECT DISTINCT (heard_at AT TIME ZONE 'UTC')::date FROM position_before LOOP "
        "EXECUTE format('CREATE TABLE position_%s PARTITION OF position FOR VALUES "
        "FROM (%L) TO (%L)', to_char(day, 'YYYYMMDD'), day || ' 00:00:00+00', "
        "(day + 1) || ' 00:00:00+00'); END LOOP; END $$"
    )
    op.execute(
        f"INSERT INTO position ({KEPT}, lat_e7, lon_e7, heard_at, fixed_at, source) "
        f"SELECT {KEPT}, round(lat * 1e7), round(lon * 1e7), "
        "heard_at + place * interval '1 microsecond', fixed_at, source_number "
        f"FROM ({_numbered()}) AS old ORDER BY heard_at ON CONFLICT DO NOTHING"
    )
    op.execute(
        "INSERT INTO carriage SELECT unit_id, radio_id, date_trunc('hour', min(heard_at)), "
        "date_trunc('hour', max(heard_at)) + interval '1 hour' "
        "FROM position WHERE unit_id IS NOT NULL GROUP BY unit_id, radio_id"
    )


def _micros(name: str) -> str:
    seconds = f"CAST(strftime('%s', substr({name}, 1, 19)) AS INTEGER)"
    return f"{seconds} * 1000000 + CAST(substr({name}, 21, 6) AS INTEGER)"


def _text(name: str) -> str:
    whole = f"strftime('%Y-%m-%d %H:%M:%S', {name} / 1000000, 'unixepoch')"
    return f"{whole} || printf('.%06d', {name} % 1000000)"


def _make_fleet_version() -> None:
    op.create_table(
        "fleet_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_fleet_version_single"),
        sa.PrimaryKeyConstraint("id", name="pk_fleet_version"),
    )
    op.execute("INSERT INTO fleet_version VALUES (1, 0)")
    moved = "UPDATE fleet_version SET number = number + 1;"
    if _is_sqlite():
        for table, columns in WATCHED.items():
            for what in ("INSERT", "DELETE", f"UPDATE OF {columns}"):
                op.execute(
                    f"CREATE TRIGGER fleet_{table}_{what.split()[0].lower()} "
                    f"AFTER {what} ON {table} BEGIN {moved} END"
                )
        return
    op.execute(
        "CREATE FUNCTION fleet_changed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {moved} RETURN NULL; END $$"
    )
    for table, columns in WATCHED.items():
        op.execute(
            f"CREATE TRIGGER fleet_{table} AFTER INSERT OR DELETE OR TRUNCATE "
            f"OR UPDATE OF {columns} ON {table} EXECUTE FUNCTION fleet_changed()"
        )


def _drop_fleet_version() -> None:
    for table in WATCHED:
        if _is_sqlite():
            for what in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER fleet_{table}_{what}")
        else:
            op.execute(f"DROP TRIGGER fleet_{table} ON {table}")
    if not _is_sqlite():
        op.execute("DROP FUNCTION fleet_changed()")
    op.drop_table("fleet_version")
