"""`orderahead audit verify`, as an operator types it."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bot.sandbox import Sandbox
from bot.store import Database, audit
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests.faults.victim import environment

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


async def verified(sandbox: Sandbox, url: str, folder: Path) -> tuple[int | None, str]:
    """The exit code, and what was said."""
    settings = sandbox.environment(database_url=url)
    command = (sys.executable, "-m", "bot", "audit", "verify")
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment(settings),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode().strip()


async def test_the_log_is_verified_and_the_first_broken_row_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/orders.db"
    code, said = await verified(sandbox, url, tmp_path)
    assert (code, said) == (2, "ORDERAHEAD_DATABASE_URL: there is no schema in this database yet, and so no audit log.")
    database = Database(url, Vault([new_key()]))
    await upgrade(database)
    for number in range(3):
        async with database.write() as tx:
            await audit.add(tx, audit.Entry(NOW, "U0IMANI", "claim_order", f"order-{number}"))
    code, said = await verified(sandbox, url, tmp_path)
    assert code == 0
    assert said.startswith("The audit log holds: 3 entries, the last one ")
    async with database.write() as tx:
        await tx.connection.execute(text("DROP TRIGGER audit_no_update"))
        await tx.connection.execute(text("UPDATE audit SET who = 'U0OTHER' WHERE id = 2"))
    await database.close()
    assert await verified(sandbox, url, tmp_path) == (
        1,
        "The audit log is broken after 1 entries: entry 2 (claim_order, 2026-11-21 12:00 UTC) is not as it was written.",
    )
