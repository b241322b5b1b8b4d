"""Mail that comes in: what became of it, and how far each mailbox was read."""

import sqlalchemy as sa
from alembic import op

from directives.ledger.engine import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inbound") as table:
        table.add_column(sa.Column("sender", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("verdict", sa.JSON(), nullable=True))
        table.add_column(sa.Column("settled_at", UtcDateTime(), nullable=True))
        table.create_index("ix_inbound_state", ["state"])
    with op.batch_alter_table("mailboxes") as table:
        table.alter_column("read_to", existing_type=UtcDateTime(), nullable=True)
        table.add_column(sa.Column("uid_validity", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("last_uid", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("mailboxes") as table:
        table.drop_column("last_uid")
        table.drop_column("uid_validity")
    with op.batch_alter_table("inbound") as table:
        table.drop_index("ix_inbound_state")
        for column in ("settled_at", "verdict", "reason", "sender"):
            table.drop_column(column)
