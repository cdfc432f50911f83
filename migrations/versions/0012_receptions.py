"""How each of several base stations heard a call."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("call_record", sa.Column("receptions", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("call_record", "receptions")
