"""The page of unit leads: links beside reply tokens, and the forms that were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tokens") as table:
        table.add_column(sa.Column("purpose", sa.String(), nullable=False, server_default="reply"))
    op.create_table(
        "page_forms",
        sa.Column("form", sa.String(), primary_key=True),
        sa.Column("token_id", sa.Integer(), sa.ForeignKey("tokens.id"), nullable=False),
        sa.Column("answer_id", sa.Integer(), sa.ForeignKey("answers.id"), nullable=False),
    )
    op.create_index("ix_page_forms_token_id", "page_forms", ["token_id"])


def downgrade() -> None:
    op.drop_table("page_forms")
    with op.batch_alter_table("tokens") as table:
        table.drop_column("purpose")
