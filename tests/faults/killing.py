"""A day on which the bot is killed again and again, and what is left of it in the evening."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot.rules.digests import due_now
from bot.sandbox import Sandbox
from bot.sandbox.sandbox import VAULT_KEY
from bot.store import Database, digests, sync_runs
from bot.store.schema import upgrade
from bot.vault import Vault
from tests.faults.busy_day import BusyDay, hurried
from tests.faults.executioner import LOOK, POST, UPLOAD, Executioner, Step
from tests.faults.failpoints import FAILPOINTS
from tests.faults.record import all_orders
from tests.faults.verdict import cancels, digests_missing_or_doubled, verdict
from tests.faults.victim import victim
from tests.faults.waiting import all_is_told

STORES_ZONE = ZoneInfo("America/Denver")
TWO_HOURS = timedelta(hours=2)
A_MOMENT = 0.6
"""The longest life that ends at any moment, in seconds from the first moment of the process on."""


@dataclass(frozen=True)
class AnyMoment:
    """Whenever it is."""

    def __str__(self) -> str:
        return "at any moment"


Kill = Step | AnyMoment | str
"""A string is the name of a failpoint."""


@dataclass
class Tally:
    """What happened. `wrong` are sentences about what was lost, doubled or shown wrongly."""

    kills: Counter[str] = field(default_factory=Counter)
    not_reached: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    creates: int = 0
    cancels: int = 0
    slowest_recovery: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.kills += other.kills
        self.not_reached += other.not_reached
        self.orders += other.orders
        self.creates += other.creates
        self.cancels += other.cancels
        self.slowest_recovery = max(self.slowest_recovery, other.slowest_recovery)
        self.wrong += other.wrong


def plan(steps: Sequence[Step], failpoints: Sequence[str], moments: int, chance: Random) -> list[Kill]:
    """Each step and failpoint once, and moments, in any order. What only happens in doubt comes after what leaves a doubt."""
    kills: list[Kill] = [*steps, *failpoints, *[AnyMoment()] * moments]
    chance.shuffle(kills)
    planned: list[Kill] = []
    for kill in kills:
        needs_doubt = (
            kill.path == LOOK if isinstance(kill, Step) else isinstance(kill, str) and FAILPOINTS[kill].in_doubt
        )
        planned += [POST, kill] if needs_doubt else [kill]
    return planned


async def killed_and_looked_at(
    sandbox: Sandbox, database_url: str, kills: Sequence[Kill], chance: Random, folder: Path
) -> Tally:
    """Orders flow, the bot dies as often as `kills` says, and in the end one that lives must bring everything right."""
    tally = Tally()
    sandbox.leafly.switches.retry_wait_scale = 0.02
    settings = sandbox.environment(
        database_url=database_url,
        order_poll_seconds=0.3,
        pos_watch_seconds=1,
        slack_app_token="",
        stores=hurried,
        digest_at=two_hours_ago(),
    )
    day = BusyDay(sandbox, chance)
    async with victim(settings, folder) as bot:
        executioner = Executioner(
            sandbox, bot, lambda: day.goes_on(orders=1, moves=2, cancels=int(chance.random() < 0.2))
        )
        try:
            # Digests are due from the second life on.
            for number, kill in enumerate(sorted(kills, key=lambda kill: needs_digests(str(kill)))):
                day.digests_are_asked_for = needs_digests(str(kill))
                await _kill(executioner, kill, chance, tally)
                if number == 0:
                    await have_digests_due(database_url, sandbox.channels)
        finally:
            executioner.leave()
        await bot.run()
        await bot.is_running()
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


def needs_digests(where: str) -> bool:
    """A failpoint or a step that nobody comes to unless somebody asks for a digest, or one is due."""
    return "digest" in where or UPLOAD in where


def two_hours_ago() -> str:
    """On the stores' clocks: a morning that is late by no more than what is made up for."""
    return f"{datetime.now(STORES_ZONE) - TWO_HOURS:%H:%M}"


async def have_digests_due(database_url: str, store_keys: Iterable[str]) -> None:
    """They had one some days ago, and a first load has just ended: this morning's are late, and have a picture."""
    database = Database(database_url, Vault([VAULT_KEY]))
    try:
        await upgrade(database)
        now = datetime.now(UTC)
        async with database.write() as tx:
            await sync_runs.add_account(tx, "green-mesa")
            known = sync_runs.accounts.update().values(loaded_at=now, good_at=now)
            await tx.connection.execute(known)
            for store_key in store_keys:
                long_ago = due_now(now - 48 * TWO_HOURS, STORES_ZONE.key, last_morning=None)
                await digests.add(tx, store_key, long_ago)
                await digests.set_posted(tx, long_ago.key(store_key), "", "")
    finally:
        await database.close()


async def _kill(executioner: Executioner, kill: Kill, chance: Random, tally: Tally) -> None:
    came = True
    match kill:
        case Step():
            came = await executioner.at_step(kill)
        case AnyMoment():
            await executioner.at_any_moment(chance.uniform(0, A_MOMENT))
        case name:
            came = await executioner.at_failpoint(name, call=chance.randint(1, FAILPOINTS[name].often))
    tally.kills[str(kill)] += 1
    if not came:
        tally.not_reached[str(kill)] += 1
