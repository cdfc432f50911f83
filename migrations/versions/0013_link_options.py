"""What a site asked for at its login."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("link", sa.Column("options", sa.String(300), nullable=True))


def downgrade() -> None:
    op.drop_column("link", "options")
