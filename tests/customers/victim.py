"""A process that syncs and is killed while it does: started by forking a process that has everything loaded already."""

import asyncio
import multiprocessing
import os
import signal
import time
from multiprocessing.context import ForkServerProcess
from typing import Any

from bot.outgoing import http_client
from bot.rules.customer_sync import Plan, RunKind
from bot.store import Database
from bot.vault import Vault
from tests.customers.shop_floor import ACCOUNT, desk_of

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


class Victim:
    """`run_for` lets a sync of the account run for so long and kills it, as a power cut would."""

    def __init__(self, database_url: str, keys: list[str], flowhub_url: str) -> None:
        self._arguments = (database_url, keys, flowhub_url)

    def run_for(self, seconds: float, kind: RunKind) -> bool:
        """True when it was killed before it had ended. The time counts from the moment at which it begins to sync."""
        begun = _forks.Event()
        process: ForkServerProcess = _forks.Process(target=_sync, args=(*self._arguments, kind.value, begun))
        process.start()
        begun.wait(20)
        process.join(seconds)
        is_killed = process.exitcode is None
        if is_killed:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        return is_killed


def _sync(database_url: str, keys: list[str], flowhub_url: str, kind: str, begun: Any) -> None:
    from bot import logs
    from bot.customers import sync
    from bot.segments.turns import Evaluations

    logs.set_up("CRITICAL")

    async def work() -> None:
        http = http_client(timeout=10)
        database = Database(database_url, Vault(keys))
        desk = desk_of(database, http, url=flowhub_url, auth_url=flowhub_url)
        Evaluations(desk)
        await desk.load_stores()
        begun.set()
        await sync(desk, ACCOUNT, Plan(), kind=RunKind(kind), asked_for=True)
        await database.close()
        await http.aclose()

    asyncio.run(work())


def seconds_of(work: Any) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
