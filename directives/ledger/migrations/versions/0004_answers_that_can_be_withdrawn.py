"""Which answer carried another to a covered step, so that both are withdrawn at once; to whom a step was passed on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What was written for a covered step at the same instant, and for the same reason, as for the one above it.
CARRIED = """
UPDATE answers SET carried_by_id = (
    SELECT MIN(above.id) FROM answers AS above
    JOIN steps AS covered ON covered.id = answers.step_id
    WHERE above.step_id = covered.covered_by_id AND above.id < answers.id AND above.kind = answers.kind
    AND above.at = answers.at AND above.recorded_at = answers.recorded_at AND above.channel = answers.channel
)
"""
# A step covered by a covered one: both were carried by the first.
FIRST = """
UPDATE answers SET carried_by_id = (
    SELECT above.carried_by_id FROM answers AS above WHERE above.id = answers.carried_by_id
)
WHERE carried_by_id IN (SELECT id FROM answers WHERE carried_by_id IS NOT NULL)
"""


def upgrade() -> None:
    with op.batch_alter_table("answers") as table:
        table.add_column(sa.Column("carried_by_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_answers_carried_by", "answers", ["carried_by_id"], ["id"])
        table.create_index("ix_answers_carried_by_id", ["carried_by_id"])
    op.add_column("steps", sa.Column("deputy", sa.String(), nullable=False, server_default=""))
    op.execute(CARRIED)
    op.execute(FIRST)


def downgrade() -> None:
    op.drop_column("steps", "deputy")
    with op.batch_alter_table("answers") as table:
        table.drop_index("ix_answers_carried_by_id")
        table.drop_constraint("fk_answers_carried_by", type_="foreignkey")
        table.drop_column("carried_by_id")
