"""Whom a text or an e-mail reaches, in the order of profiles: segments are added up without reading the records"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_customers_reach",
        "customers",
        ["account", "fh_id", "consents_sms", "consents_email", "mobile_print", "email_print"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_customers_reach", "customers")
