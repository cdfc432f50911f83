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
        sa.Column("links", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gateway"),
    )


def downgrade() -> None:
    op.drop_table("gateway")
    op.drop_table("writer_lease")
