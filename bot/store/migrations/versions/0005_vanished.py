"""What vanished, by itself: to count the rest no row need be read"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    gone = sa.text("vanished_at IS NOT NULL")
    for table in ("customers", "sales"):
        op.create_index(
            f"ix_{table}_vanished", table, ["account"], unique=False, sqlite_where=gone, postgresql_where=gone
        )


def downgrade() -> None:
    for table in ("customers", "sales"):
        op.drop_index(f"ix_{table}_vanished", table)
