"""In which mail of another campaign a message left: one digest a reader and day, across campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("within_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_messages_within_id_messages", "messages", ["within_id"], ["id"])
        table.create_index("ix_messages_within_id", ["within_id"])


def downgrade() -> None:
    with op.batch_alter_table("messages") as table:
        table.drop_index("ix_messages_within_id")
        table.drop_constraint("fk_messages_within_id_messages", type_="foreignkey")
        table.drop_column("within_id")
