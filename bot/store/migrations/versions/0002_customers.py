"""Customers, sales, and what the sync knows"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "accounts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.Text(), server_default="", nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wide_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_id", big, nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doc", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "sync_runs",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doc", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "period", name="uq_sync_runs_period"),
    )
    op.create_index("ix_sync_runs_started_at", "sync_runs", ["started_at"], unique=False)

    op.create_table(
        "sync_cursors",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("doc", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("account", "scope"),
    )
    op.create_table(
        "customers",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fh_id", sa.String(), nullable=False),
        sa.Column("print", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_type", sa.String(), nullable=False),
        sa.Column("is_loyal", sa.Boolean(), nullable=False),
        sa.Column("points", big, nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("consents_email", sa.Boolean(), nullable=False),
        sa.Column("consents_sms", sa.Boolean(), nullable=False),
        sa.Column("groups", sa.Text(), server_default="", nullable=False),
        sa.Column("email_print", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_print", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_med_id", sa.LargeBinary(), nullable=True),
        sa.Column("vanished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", "fh_id"),
    )
    op.create_index("ix_customers_email_print", "customers", ["account", "email_print"], unique=False)
    op.create_index("ix_customers_mobile_print", "customers", ["account", "mobile_print"], unique=False)

    op.create_table(
        "sales",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("sale_id", sa.String(), nullable=False),
        sa.Column("print", sa.LargeBinary(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("budtender", sa.String(), nullable=False),
        sa.Column("is_voided", sa.Boolean(), nullable=False),
        sa.Column("total_cents", big, nullable=False),
        sa.Column("original_id", sa.String(), nullable=False),
        sa.Column("lines", sa.Text(), server_default="", nullable=False),
        sa.Column("vanished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", "sale_id"),
    )
    op.create_index("ix_sales_customer", "sales", ["account", "customer_id"], unique=False)
    op.create_index("ix_sales_store", "sales", ["account", "store_id", "created_at"], unique=False)
    is_refund = sa.text("original_id <> ''")
    op.create_index(
        "ix_sales_original",
        "sales",
        ["account", "original_id"],
        unique=False,
        sqlite_where=is_refund,
        postgresql_where=is_refund,
    )

    op.create_table(
        "profiles",
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
    )
    op.create_table(
        "stale_profiles",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fh_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", "fh_id"),
    )


def downgrade() -> None:
    op.drop_table("stale_profiles")
    op.drop_table("profiles")
    for index in ("ix_sales_original", "ix_sales_store", "ix_sales_customer"):
        op.drop_index(index, "sales")

    op.drop_table("sales")
    for index in ("ix_customers_mobile_print", "ix_customers_email_print"):
        op.drop_index(index, "customers")

    op.drop_table("customers")
    op.drop_table("sync_cursors")
    op.drop_index("ix_sync_runs_started_at", "sync_runs")

    op.drop_table("sync_runs")
    op.drop_table("accounts")
