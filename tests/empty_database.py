"""The file of a SQLite database with the newest schema and nothing in it: copying it is faster than making it each time."""

import asyncio
import tempfile
import threading
from functools import cache
from pathlib import Path

from bot.store import Database
from bot.store.schema import upgrade
from bot.vault import Vault, new_key


@cache
def empty_database() -> bytes:
    made: list[bytes] = []

    async def make() -> None:
        with tempfile.TemporaryDirectory(prefix="orderahead-empty-") as folder:
            database = Database(f"sqlite:///{folder}/empty.db", Vault([new_key()]))
            await upgrade(database)
            await database.close()
            made.append((Path(folder) / "empty.db").read_bytes())

    # pytest-asyncio's loop may be running already, so this short one gets a thread of its own.
    thread = threading.Thread(target=lambda: asyncio.run(make()))
    thread.start()
    thread.join()
    return made[0]
