"""Segments, who is in them, who moved, and how each evaluation went"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "segments",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tree", sa.Text(), server_default="", nullable=False),
        sa.Column("bit", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("starter", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("counted_at", moment, nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key"),
    )
    op.create_table(
        "movements",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("segment_key", sa.String(), nullable=False),
        sa.Column("fh_id", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("entered", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,  # else it gives the number of a row that was deleted again; these are followed
    )
    op.create_index("ix_movements_segment", "movements", ["account", "segment_key", "at"], unique=False)
    op.create_index("ix_movements_customer", "movements", ["account", "fh_id"], unique=False)

    op.create_table(
        "segment_runs",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("segment_key", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_segment_runs_segment", "segment_runs", ["account", "segment_key", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_segment_runs_segment", "segment_runs")

    op.drop_table("segment_runs")
    for index in ("ix_movements_customer", "ix_movements_segment"):
        op.drop_index(index, "movements")

    op.drop_table("movements")
    op.drop_table("segments")
