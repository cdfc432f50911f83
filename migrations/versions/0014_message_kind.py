"""What a message is: a text, or a radio that asks to be called back."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "message", sa.Column("kind", sa.String(16), nullable=False, server_default="text")
    )


def downgrade() -> None:
    op.drop_column("message", "kind")
