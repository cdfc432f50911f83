"""The lease of the one process that ingests; gateways, and what their links can do."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "writer_lease",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("term", BIG_ID, nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("expires_at", UTC_TIME, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_writer_lease_single"),
        sa.PrimaryKeyConstraint("id", name="pk_writer_lease"),
    )
    op.execute(
        "INSERT INTO writer_lease (id, term, holder, expires_at)"
        " VALUES (1, 0, '', '1970-01-01 00:00:00')"
    )
    op.create_table(
        "gateway",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("since", UTC_TIME, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gateway"),
    )
    for column in (
        sa.Column("kind", sa.String(32), nullable=False, server_default=""),
        sa.Column("title", sa.String(200), nullable=False, server_default=""),
        sa.Column("network", sa.String(128), nullable=True),
        sa.Column("abilities", sa.String(1000), nullable=False, server_default=""),
        sa.Column("text_limit", sa.Integer(), nullable=True),
    ):
        op.add_column("link", column)


def downgrade() -> None:
    for column in ("text_limit", "abilities", "network", "title", "kind"):
        op.drop_column("link", column)
    op.drop_table("gateway")
    op.drop_table("writer_lease")
