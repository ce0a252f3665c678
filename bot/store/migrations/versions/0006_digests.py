"""What stores are told of their customers: settings, digests and summaries"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)

    def long_text(name: str) -> sa.Column[str]:
        return sa.Column(name, sa.Text(), server_default="", nullable=False)

    op.create_table(
        "tellings",
        sa.Column("store_key", sa.String(), nullable=False),
        long_text("doc"),
        sa.PrimaryKeyConstraint("store_key"),
    )
    op.create_table(
        "rollups",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "digests",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("store_key", sa.String(), nullable=False),
        sa.Column("morning", sa.String(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        long_text("due"),
        long_text("doc"),
        long_text("named"),
        sa.Column("picture_id", sa.String(), nullable=False),
        sa.Column("picture_at", moment, nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_digests_store", "digests", ["store_key", "morning"], unique=False)
    op.create_table(
        "summaries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("store_key", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        long_text("doc"),
        long_text("told"),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_summaries_account", "summaries", ["account", "day"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_summaries_account", "summaries")
    op.drop_table("summaries")
    op.drop_index("ix_digests_store", "digests")
    op.drop_table("digests")
    op.drop_table("rollups")
    op.drop_table("tellings")
