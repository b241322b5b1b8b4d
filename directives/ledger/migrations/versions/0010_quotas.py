"""How many mails left through a server in a minute and on a day, counted by all deliverers together."""

import sqlalchemy as sa
from alembic import op

from directives.ledger.engine import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("began", UtcDateTime(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("server", "scope"),
    )


def downgrade() -> None:
    op.drop_table("quotas")
