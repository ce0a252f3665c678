"""Sales that vanished, by themselves: to count the rest no row need be read"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    gone = sa.text("vanished_at IS NOT NULL")
    op.create_index("ix_sales_vanished", "sales", ["account"], unique=False, sqlite_where=gone, postgresql_where=gone)


def downgrade() -> None:
    op.drop_index("ix_sales_vanished", "sales")
