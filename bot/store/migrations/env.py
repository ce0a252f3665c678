"""Alembic's entry point: the connection comes from `bot.store.schema`, never from a file."""

from alembic import context
from sqlmodel import SQLModel

import bot.store.automation_rows
import bot.store.customer_rows
import bot.store.digest_rows
import bot.store.rows
import bot.store.segment_rows  # noqa: F401  (all of them fill the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
with context.begin_transaction():
    context.run_migrations()
