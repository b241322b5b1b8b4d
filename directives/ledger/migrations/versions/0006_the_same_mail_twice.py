"""By what a mail is known that arrives twice with other transport headers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbound", sa.Column("mail_id", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_inbound_mail_id", "inbound", ["mail_id"])


def downgrade() -> None:
    op.drop_index("ix_inbound_mail_id", "inbound")
    op.drop_column("inbound", "mail_id")
