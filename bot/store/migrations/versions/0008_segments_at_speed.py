"""Segments at speed: indices of what time alone moves, and on SQLite profiles in the order in which they are read"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _lay_out(in_order=True)
    op.create_index("ix_profiles_first", "profiles", ["account", "first_order_at"], unique=False)
    op.create_index("ix_profiles_last", "profiles", ["account", "last_order_at"], unique=False)
    is_gone = sa.text("vanished_at IS NOT NULL")
    op.create_index(
        "ix_customers_vanished",
        "customers",
        ["account", "fh_id"],
        unique=False,
        sqlite_where=is_gone,
        postgresql_where=is_gone,
    )


def downgrade() -> None:
    op.drop_index("ix_customers_vanished", "customers")
    op.drop_index("ix_profiles_last", "profiles")
    op.drop_index("ix_profiles_first", "profiles")
    _lay_out(in_order=False)


def _lay_out(*, in_order: bool) -> None:
    """SQLite can't change how a table lies: its rows go into a new one. PostgreSQL has no such thing."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table("profiles_new", *_profiles(), sqlite_with_rowid=not in_order)
    op.execute("INSERT INTO profiles_new SELECT * FROM profiles ORDER BY account, fh_id")
    op.drop_table("profiles")
    op.rename_table("profiles_new", "profiles")


def _profiles() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fh_id", sa.String(), nullable=False),
        sa.Column("bits", big, server_default="0", nullable=False),
        sa.Column("total_spent_cents", big, nullable=False),
        sa.Column("total_orders", sa.Integer(), nullable=False),
        sa.Column("first_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_order_type", sa.String(), nullable=False),
        sa.Column("last_order_status", sa.String(), nullable=False),
        sa.Column("last_budtender", sa.String(), nullable=False),
        sa.Column("products", sa.Text(), server_default="", nullable=False),
        sa.Column("categories", sa.Text(), server_default="", nullable=False),
        sa.Column("home_store_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", "fh_id"),
    ]
