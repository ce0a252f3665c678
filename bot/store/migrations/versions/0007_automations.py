"""Automations, what they did, and what they are to look at"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "automations",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("happened", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since", moment, nullable=True),
        sa.Column("archived_at", moment, nullable=True),
        sa.Column("doc", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_secret", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace", "account", "key", name="uq_automations_key"),
    )
    op.create_index("ix_automations_account", "automations", ["account", "is_on"], unique=False)
    op.create_table(
        "firings",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("automation_id", big, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fh_id", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("happened", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("is_dry", sa.Boolean(), nullable=False),
        sa.Column("store_key", sa.String(), nullable=False),
        sa.Column("order_key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("automation_id", "occasion", name="uq_firings_occasion"),
    )
    op.create_index("ix_firings_day", "firings", ["automation_id", "day", "is_dry"], unique=False)
    op.create_index("ix_firings_customer", "firings", ["account", "fh_id"], unique=False)
    op.create_index("ix_firings_order", "firings", ["order_key"], unique=False)
    op.create_index("ix_firings_at", "firings", ["at"], unique=False)
    op.create_table(
        "crossings",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fh_id", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("number_before", big, nullable=False),
        sa.Column("number_after", big, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_crossings_account", "crossings", ["account", "id"], unique=False)
    op.create_table(
        "automation_cursors",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", "scope"),
    )


def downgrade() -> None:
    op.drop_table("automation_cursors")
    op.drop_index("ix_crossings_account", "crossings")
    op.drop_table("crossings")
    for index in ("ix_firings_at", "ix_firings_order", "ix_firings_customer", "ix_firings_day"):
        op.drop_index(index, "firings")
    op.drop_table("firings")
    op.drop_index("ix_automations_account", "automations")
    op.drop_table("automations")
