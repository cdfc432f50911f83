"""Full-text search of texts and calls, indexes for every filter, and what retention keeps in mind.

On SQLite triggers keep the FTS5 tables: a later revision that rebuilds `message` or `call_record`
by copying has to make them anew.
"""

import sqlalchemy as sa
from alembic import op

from dispatch.db.words import Words, indexed

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
BATCH = 2000
MESSAGES = "SELECT id, text FROM message"
CALLS = """
SELECT c.id, c.talker_alias, c.conversation, radio.label, radio.alias, called.label, called.alias,
       unit.call_sign, talkgroup.name
FROM call_record AS c JOIN radio ON radio.id = c.radio_id
     LEFT JOIN radio AS called ON called.id = c.called_radio_id
     LEFT JOIN unit ON unit.id = c.unit_id
     LEFT JOIN talkgroup ON talkgroup.id = c.talkgroup_id
"""


def upgrade() -> None:
    for table, source in (("message", MESSAGES), ("call_record", CALLS)):
        op.add_column(table, sa.Column("words", Words(), nullable=False, server_default=""))
        _fill(table, source)
        _index(table)
    op.create_index("ix_message_state_created_at", "message", ["state", "created_at", "id"])
    op.create_index("ix_call_record_kind_started_at", "call_record", ["kind", "started_at", "id"])
    op.create_index(
        "ix_call_record_emergency",
        "call_record",
        ["started_at", "id"],
        sqlite_where=sa.text("emergency = 1"),
        postgresql_where=sa.text("emergency"),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("boot", sa.String(36), nullable=False),
        sa.Column("uptime_s", sa.Float(), nullable=False),
        sa.Column("refusal", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_retention_run"),
    )
    op.create_table(
        "retention_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", UTC_TIME, nullable=False),
        sa.Column("until", UTC_TIME, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention_hold"),
    )
    op.add_column(
        "access_log_head", sa.Column("erased_id", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "access_log_head",
        sa.Column("erased_hash", sa.String(64), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_column("access_log_head", "erased_hash")
    op.drop_column("access_log_head", "erased_id")
    op.drop_table("retention_hold")
    op.drop_table("retention_run")
    op.drop_index("ix_call_record_emergency", "call_record")
    op.drop_index("ix_call_record_kind_started_at", "call_record")
    op.drop_index("ix_message_state_created_at", "message")
    for table in ("call_record", "message"):
        if _is_sqlite():
            for what in ("new", "gone", "changed"):
                op.execute(f"DROP TRIGGER {table}_words_{what}")
            op.execute(f"DROP TABLE {table}_words")
        else:
            op.drop_index(f"ix_{table}_words", table)
        op.drop_column(table, "words")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _fill(table: str, source: str) -> None:
    """The words of the rows that are there, with today's names."""
    connection = op.get_bind()
    own_id = "c.id" if table == "call_record" else "id"
    page = sa.text(f"{source} WHERE {own_id} > :last ORDER BY {own_id} LIMIT {BATCH}")
    rows = sa.table(table, sa.column("id", sa.Integer()), sa.column("words", Words()))
    change = (
        sa.update(rows)
        .where(rows.c.id == sa.bindparam("row_id"))
        .values(words=sa.bindparam("found", type_=Words()))
    )
    last = 0
    while found := connection.execute(page, {"last": last}).all():
        connection.execute(
            change, [{"row_id": row[0], "found": indexed(*row[1:])} for row in found]
        )
        last = found[-1][0]


def _index(table: str) -> None:
    if not _is_sqlite():
        op.create_index(f"ix_{table}_words", table, ["words"], postgresql_using="gin")
        return
    fts = f"{table}_words"
    op.execute(
        f"CREATE VIRTUAL TABLE {fts} USING fts5(words, content='{table}', content_rowid='id', "
        "tokenize='ascii', detail='none', columnsize=0)"
    )
    into = f"INSERT INTO {fts}"
    op.execute(f"{into}({fts}) VALUES ('rebuild')")
    add = f"{into}(rowid, words) VALUES (new.id, new.words);"
    remove = f"{into}({fts}, rowid, words) VALUES ('delete', old.id, old.words);"
    op.execute(f"CREATE TRIGGER {fts}_new AFTER INSERT ON {table} BEGIN {add} END")
    op.execute(f"CREATE TRIGGER {fts}_gone AFTER DELETE ON {table} BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER {fts}_changed AFTER UPDATE OF words ON {table} "
        f"WHEN old.words <> new.words BEGIN {remove} {add} END"
    )
