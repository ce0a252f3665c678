"""Two replicas, each a process, on one PostgreSQL: the one that works is killed, the other takes over, again and again."""

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

from bot.sandbox import Sandbox
from bot.sandbox.sandbox import VAULT_KEY, free_port
from bot.store import Database
from bot.vault import Vault
from tests.faults.acts import ITEMS
from tests.faults.busy_day import BusyDay, hurried
from tests.faults.failpoints import FAILPOINTS
from tests.faults.killing import A_MOMENT, AnyMoment, Tally, have_digests_due, needs_digests, two_hours_ago
from tests.faults.record import all_orders
from tests.faults.verdict import cancels, digests_missing_or_doubled, verdict
from tests.faults.victim import Victim, victim
from tests.faults.waiting import all_is_told, eventually, unfinished

PATIENCE_SECONDS = 2.0
LEAFLYS_PATIENCE = 0.1
"""Leafly gives an order up after 9 s instead of 90. Where this machine stands still for a moment that must still be several
take-overs, as it is with real time."""
AT_WORK = [name for name, point in FAILPOINTS.items() if not point.start and not point.in_doubt]
"""Moments that come in such a world: nothing is in doubt for long."""


class Replica:
    """A victim and where it listens. `failpoint` is where it will die by itself, empty for any moment."""

    def __init__(self, process: Victim, address: str) -> None:
        self.process = process
        self.address = address
        self.failpoint = ""

    async def run(self, chance: Random) -> None:
        self.failpoint = chance.choice([*AT_WORK, *[""] * (len(AT_WORK) // 2)])
        often = FAILPOINTS[self.failpoint].often if self.failpoint else 1
        await self.process.run(self.failpoint, call=chance.randint(1, often))


def settings_of(sandbox: Sandbox, database_url: str, **changed: Any) -> tuple[dict[str, Any], str]:
    port = free_port()
    settings = sandbox.environment(bot_port=port, database_url=database_url, slack_app_token="", **changed)
    return settings, f"http://127.0.0.1:{port}"


async def taken_over(sandbox: Sandbox, database_url: str, times: int, chance: Random, folder: Path) -> Tally:
    """Orders flow, and so often the replica that hears of them dies and the other one must go on.

    Both look for mornings whose digest is late, from the second take-over on, if there is one.
    """
    tally, day = Tally(), BusyDay(sandbox, chance)
    sandbox.leafly.switches.retry_wait_scale = LEAFLYS_PATIENCE
    async with AsyncExitStack() as ends:
        replicas: deque[Replica] = deque()
        for _ in range(2):
            settings, address = settings_of(
                *(sandbox, database_url),
                order_poll_seconds=0.3,
                pos_watch_seconds=1,
                stores=hurried,
                digest_at=two_hours_ago(),
            )
            replicas.append(Replica(await ends.enter_async_context(victim(settings, folder)), address))
        for replica in replicas:
            await replica.process.run()
            await replica.process.is_running()
        for number in range(times):
            working = replicas[0]
            sandbox.point_at(working.address, socket_mode=False)
            day.digests_are_asked_for = needs_digests(working.failpoint)
            if number == min(1, times - 1):
                await have_digests_due(database_url, sandbox.channels)
            await _die(working, day, chance)
            tally.kills[working.failpoint or str(AnyMoment())] += 1
            await working.run(chance)
            replicas.rotate(-1)
        for replica in replicas:
            replica.process.strike()
            await replica.process.bury()
        last = replicas[0]
        await last.process.run()
        await last.process.is_running()
        sandbox.point_at(last.address, socket_mode=False)
        began = asyncio.get_running_loop().time()
        await day.ends()
        database = Database(database_url, Vault([VAULT_KEY]))
        try:
            await all_is_told(sandbox.slack, database)
            tally.slowest_recovery = asyncio.get_running_loop().time() - began
            orders = await all_orders(database)
        finally:
            await database.close()
    tally.orders, tally.creates, tally.cancels = len(orders), sandbox.flowhub.created_count, cancels(sandbox)
    tally.wrong += [*verdict(sandbox, orders), *digests_missing_or_doubled(sandbox)]
    return tally


async def _die(working: Replica, day: BusyDay, chance: Random) -> None:
    """At its failpoint, which it may have come to already as the standby, or at any moment.

    Orders come when it listens: Leafly's patience is shortened here, and how long a process takes to start is not.
    """
    buried = asyncio.create_task(working.process.bury())
    running = asyncio.create_task(working.process.is_running())
    await asyncio.wait({buried, running}, return_when=asyncio.FIRST_COMPLETED)
    if buried.done():
        running.cancel()
    await asyncio.gather(running, return_exceptions=buried.done())
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + (PATIENCE_SECONDS if working.failpoint else chance.uniform(0, A_MOMENT))
    while not buried.done():
        day.goes_on(orders=1, moves=2, cancels=int(chance.random() < 0.2))
        await asyncio.wait({buried}, timeout=min(1.0, max(0.0, give_up_at - loop.time())))
        if loop.time() >= give_up_at:
            break  # only now: where this machine stood still, its moment has gone by before the first order came
    if not buried.done():
        working.process.strike()
    await buried


async def seconds_until_taken_over(sandbox: Sandbox, database_url: str, folder: Path, failpoint: str) -> float:
    """In real time: one replica dies with a call under way; how long until the other has finished what that one began."""
    async with AsyncExitStack() as ends:
        both = []
        for _ in range(2):
            settings, address = settings_of(sandbox, database_url)
            both.append((await ends.enter_async_context(victim(settings, folder, real_time=True)), address))
        (dying, hears), (other, _) = both
        await dying.run(failpoint)
        await dying.is_running()
        await other.run()
        await other.is_running()
        sandbox.point_at(hears, socket_mode=False)
        await sandbox.webshop.place_order("downtown", shopper="maya", items=ITEMS)
        await dying.bury()
        died_at = asyncio.get_running_loop().time()
        database = Database(database_url, Vault([VAULT_KEY]))
        try:

            async def nothing_is_left() -> bool:
                return not await unfinished(database)

            await eventually(nothing_is_left, lambda: "the other has finished what the dead one began")
            lasted = asyncio.get_running_loop().time() - died_at
            await all_is_told(sandbox.slack, database)
        finally:
            await database.close()
    return lasted
