"""A process that syncs and is killed while it does: started by forking a process that has everything loaded already."""

import asyncio
import multiprocessing
import os
import select
import signal
import time
from multiprocessing.context import ForkServerProcess
from typing import Any

from bot.customers.progress import Progress
from bot.outgoing import http_client
from bot.rules.customer_sync import Plan, RunKind
from bot.store import Database
from bot.vault import Vault
from tests.customers.packers import packers_of
from tests.customers.shop_floor import ACCOUNT, desk_of

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


class Victim:
    """`run_for` lets a sync of the account run for so long and kills it, as a power cut would.

    With `rows_in_a_batch` it packs in another process whatever there is, and writes so many rows at a time.
    """

    def __init__(self, database_url: str, keys: list[str], flowhub_url: str, *, rows_in_a_batch: int = 0) -> None:
        self._arguments = (database_url, keys, flowhub_url, rows_in_a_batch)
        self.packers = 0
        """How many of the processes in which its records were packed saw it die."""

    def run_for(self, seconds: float, kind: RunKind, *, pages: int = 0, spares_packer: bool = False) -> bool:
        """True when it was killed before it had ended. The time counts from the moment at which it begins to sync, or has
        taken in so many pages. Returns when what it started has ended too."""
        begun = _forks.Event()
        process: ForkServerProcess = _forks.Process(target=_sync, args=(*self._arguments, kind.value, pages, begun))
        process.start()
        begun.wait(20)
        process.join(seconds)
        is_killed = process.exitcode is None
        if is_killed:
            assert process.pid is not None
            packers = [os.pidfd_open(one) for one in packers_of(process.pid)]
            self.packers += len(packers)
            os.kill(process.pid, signal.SIGKILL)
            for packer in packers:
                if not spares_packer:
                    signal.pidfd_send_signal(packer, signal.SIGKILL)
                select.select([packer], [], [], 20)
                os.close(packer)
        process.join()
        return is_killed


def _sync(
    database_url: str, keys: list[str], flowhub_url: str, rows_in_a_batch: int, kind: str, pages: int, begun: Any
) -> None:
    from bot import logs
    from bot.customers import intake, sync, workbench
    from bot.segments.turns import Evaluations

    logs.set_up("CRITICAL")
    if rows_in_a_batch:
        vars(intake).update(WORTH_A_THREAD=rows_in_a_batch, BATCH=rows_in_a_batch)
        workbench.WORTH_A_PROCESS = 1
    left = pages

    def took_a_page(_progress: Progress) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            begun.set()

    async def work() -> None:
        http = http_client(timeout=10)
        database = Database(database_url, Vault(keys))
        desk = desk_of(database, http, url=flowhub_url, auth_url=flowhub_url)
        Evaluations(desk)
        await desk.load_stores()
        if not pages:
            begun.set()
        await sync(desk, ACCOUNT, Plan(), kind=RunKind(kind), asked_for=True, tell=took_a_page)
        begun.set()
        await database.close()
        await http.aclose()

    asyncio.run(work())


def seconds_of(work: Any) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
