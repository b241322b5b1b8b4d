"""How often the coordinators' link was revoked, and when personal data were purged."""

import sqlalchemy as sa
from alembic import op

from directives.ledger.engine import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("link_number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("campaigns", sa.Column("purged_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("campaigns") as campaigns:
        campaigns.drop_column("purged_at")
        campaigns.drop_column("link_number")
