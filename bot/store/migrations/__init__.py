"""Alembic migrations, for SQLite and PostgreSQL alike; `bot.store.schema` runs them."""
