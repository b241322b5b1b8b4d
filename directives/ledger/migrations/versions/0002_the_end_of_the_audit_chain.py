"""Each campaign remembers the last event of its audit chain."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GENESIS = "0" * 64


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("audit_seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("campaigns", sa.Column("audit_hash", sa.String(), nullable=False, server_default=GENESIS))
    op.execute(
        "UPDATE campaigns SET audit_seq ="
        " COALESCE((SELECT MAX(seq) FROM audit WHERE campaign_id = campaigns.id), 0)"
    )
    op.execute(
        "UPDATE campaigns SET audit_hash ="
        " (SELECT hash FROM audit WHERE campaign_id = campaigns.id AND seq = campaigns.audit_seq)"
        " WHERE audit_seq > 0"
    )


def downgrade() -> None:
    op.drop_column("campaigns", "audit_hash")
    op.drop_column("campaigns", "audit_seq")
