"""What coordinators decide, the boards' picture, and the papers."""

import sqlalchemy as sa
from alembic import op

from directives.ledger.engine import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("events_seq", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE campaigns SET events_seq = audit_seq")  # what happened so far is no news
    with op.batch_alter_table("steps") as steps:
        steps.add_column(sa.Column("origin_id", sa.Integer(), nullable=True))
        steps.create_foreign_key("fk_steps_origin_id_units", "units", ["origin_id"], ["id"])
    op.add_column("holds", sa.Column("ended_at", UtcDateTime(), nullable=True))
    op.create_table(
        "pictures",
        sa.Column("campaign_id", sa.Integer(), sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("campaign_id", sa.Integer(), sa.ForeignKey("campaigns.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cut_off", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.UniqueConstraint("campaign_id", "kind", "cut_off"),
    )
    op.create_table(
        "paper_steps",
        sa.Column("paper_id", sa.Integer(), sa.ForeignKey("papers.id"), primary_key=True),
        sa.Column("step_id", sa.Integer(), sa.ForeignKey("steps.id"), primary_key=True),
    )
    op.create_index("ix_paper_steps_step_id", "paper_steps", ["step_id"])


def downgrade() -> None:
    op.drop_table("paper_steps")
    op.drop_table("papers")
    op.drop_table("pictures")
    op.drop_column("holds", "ended_at")
    with op.batch_alter_table("steps") as steps:
        steps.drop_constraint("fk_steps_origin_id_units", type_="foreignkey")
        steps.drop_column("origin_id")
    op.drop_column("campaigns", "events_seq")
