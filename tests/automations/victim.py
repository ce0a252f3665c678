"""A process that looks for occasions and is killed while it does, as by a power cut."""

import asyncio
import multiprocessing
import os
import signal
from multiprocessing.context import ForkServerProcess
from typing import Any

from bot.outgoing import http_client
from bot.store import Database
from bot.vault import Vault
from sync.automations import look_for_occasions
from tests.customers.shop_floor import ACCOUNT, desk_of

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


def look_and_die(database_url: str, keys: list[str], flowhub_url: str, seconds: float) -> bool:
    """True when it was killed before it had ended; the time counts from the moment at which it begins to look."""
    begun = _forks.Event()
    process: ForkServerProcess = _forks.Process(target=_look, args=(database_url, keys, flowhub_url, begun))
    process.start()
    begun.wait(20)
    process.join(seconds)
    is_killed = process.exitcode is None
    if is_killed:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return is_killed


def _look(database_url: str, keys: list[str], flowhub_url: str, begun: Any) -> None:
    from bot import logs

    logs.set_up("CRITICAL")

    async def work() -> None:
        http = http_client(timeout=10)
        database = Database(database_url, Vault(keys))
        desk = desk_of(database, http, url=flowhub_url, auth_url=flowhub_url)
        await desk.load_stores()
        begun.set()
        await look_for_occasions(desk, ACCOUNT)
        await database.close()
        await http.aclose()

    asyncio.run(work())
