"""Segments that stay true: whose data changed, moves in an order that can be followed, figures for each store"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "changed_customers",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fh_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", "fh_id"),
    )
    op.create_table(
        "segment_figures",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("segment_key", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by_sms", sa.Integer(), nullable=False),
        sa.Column("by_email", sa.Integer(), nullable=False),
        sa.Column("spent_cents", big, nullable=False),
        sa.PrimaryKeyConstraint("account", "segment_key", "store_id"),
    )
    op.add_column("segments", sa.Column("coming", sa.Integer(), server_default="0", nullable=False))
    op.add_column("segments", sa.Column("going", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_segments_bit", "segments", ["account", "bit"], unique=True)
    op.add_column("segment_runs", sa.Column("recounted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_segment_runs_segment", "segment_runs")
    op.create_index("ix_segment_runs_segment", "segment_runs", ["account", "segment_key", "at"], unique=True)
    # SQLite gives the number of a row that was deleted again, if it is not told otherwise when the table is made.
    _make_movements_anew(sqlite_autoincrement=True)


def downgrade() -> None:
    _make_movements_anew(sqlite_autoincrement=False)
    op.drop_index("ix_segment_runs_segment", "segment_runs")
    op.create_index("ix_segment_runs_segment", "segment_runs", ["account", "segment_key", "at"], unique=False)
    op.drop_column("segment_runs", "recounted")
    op.drop_index("ix_segments_bit", "segments")
    op.drop_column("segments", "going")
    op.drop_column("segments", "coming")
    op.drop_table("segment_figures")
    op.drop_table("changed_customers")


def _make_movements_anew(*, sqlite_autoincrement: bool) -> None:
    """With the rows that it has. PostgreSQL never gives a number twice: nothing is different there."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for index in ("ix_movements_customer", "ix_movements_segment"):
        op.drop_index(index, "movements")
    op.rename_table("movements", "movements_before")
    _create_movements(sqlite_autoincrement=sqlite_autoincrement)
    columns = "id, account, segment_key, fh_id, at, entered, why"
    op.execute(f"INSERT INTO movements ({columns}) SELECT {columns} FROM movements_before")  # noqa: S608
    op.drop_table("movements_before")


def _create_movements(*, sqlite_autoincrement: bool) -> None:
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
        sqlite_autoincrement=sqlite_autoincrement,
    )
    op.create_index("ix_movements_segment", "movements", ["account", "segment_key", "at"], unique=False)
    op.create_index("ix_movements_customer", "movements", ["account", "fh_id"], unique=False)
