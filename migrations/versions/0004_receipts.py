"""Why a message failed, the event that raised an emergency, and when a console first showed it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("reason", sa.String(16), nullable=True))
    op.add_column("message_state", sa.Column("reason", sa.String(16), nullable=True))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("emergency", sa.Column("raised_seq", number, nullable=True))
    op.add_column("emergency", sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM emergency_action WHERE action = 'shown'")
    for table, column in (
        ("emergency", "shown_at"),
        ("emergency", "raised_seq"),
        ("message_state", "reason"),
        ("message", "reason"),
    ):
        op.drop_column(table, column)
