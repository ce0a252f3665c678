"""Evaluating segments in a process of its own, in a thread beside its loop as the bot does it, with a watch on the loop.

`python -m tests.bench.segment_process DATABASE` reads commands, a JSON object on each line, and answers each with one.
"""

import asyncio
import hashlib
import json
import resource
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import uvloop

from bot import logs
from bot.customers.sharing import sharing_well
from bot.long_lived import set_aside
from bot.messages.segment_words import words_why
from bot.rules.segments.moving import Sizes
from bot.sandbox.sandbox import VAULT_KEY
from bot.segments.evaluating import CHANGED_AT_ONCE
from bot.store import Database, segments
from bot.store.aside import Aside
from bot.store.segment_figures import add_up, put_figures
from bot.store.segment_members import CHUNK, Recount, Zone, end_recount, recount, refresh
from bot.store.transaction import Tx
from bot.vault import Vault
from tests.bench.loop_lag import watched_loop
from tests.bench.segment_rule import OWN, ZONE
from tests.bench.segment_sales import ACCOUNT, STORE

ZONES = [Zone(ZONE, (STORE,))]
LONGEST_LINE = 1 << 24
"""Bytes; a first count of ten seconds tells some ten thousand lags."""


async def main(database_url: str) -> None:
    logs.set_up("CRITICAL")
    database = Database(database_url, Vault([VAULT_KEY]))
    loop = asyncio.get_running_loop()
    set_aside()
    beside = database.aside
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        now = datetime.fromisoformat(asked["now"])
        if asked["do"] == "add up":
            print(json.dumps(await _added_up(beside)), flush=True)
            continue
        if asked["do"] == "begin":
            await beside.write(partial(_begin, now))
        async with watched_loop() as lags:
            began, computed = time.perf_counter(), time.process_time()
            with sharing_well():
                if asked["do"] == "refresh":
                    before = datetime.fromisoformat(asked["before"])
                    made = await _refreshed(beside, before, now, asked["changed"])
                else:
                    made = await _counted(beside, now)
            seconds, cpu = time.perf_counter() - began, time.process_time() - computed
        answer = {
            "seconds": seconds,
            "cpu": cpu,
            "lags": lags,
            "entered": {key: one.entered for key, one in made.items()},
            "left": {key: one.left for key, one in made.items()},
            "members": await beside.read(_members),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        }
        print(json.dumps(answer), flush=True)
    await database.close()


async def _begin(now: datetime, tx: Tx) -> None:
    await segments.begin(tx, ACCOUNT, now)
    await segments.put(tx, ACCOUNT, OWN, now=now)


async def _counted(beside: Aside, now: datetime) -> dict[str, Sizes]:
    """Everybody is looked at."""
    known = await beside.read(lambda tx: segments.all_of(tx, ACCOUNT))
    so_far = Recount()
    while not so_far.ended:
        so_far = await beside.write(partial(_step, known, so_far, now))
    return await beside.write(lambda tx: end_recount(tx, ACCOUNT, known, so_far, now=now))


async def _step(known: Sequence[segments.Kept], so_far: Recount, now: datetime, tx: Tx) -> Recount:
    return await recount(tx, ACCOUNT, known, ZONES, so_far, now=now, most=CHUNK)


async def _refreshed(beside: Aside, before: datetime, now: datetime, changed: Sequence[str]) -> dict[str, Sizes]:
    """In steps, the first of which looks at whom time moves."""
    why = partial(words_why, before)

    async def step(begin: int, tx: Tx) -> dict[str, Sizes]:
        known = await segments.all_of(tx, ACCOUNT)
        earlier, some = (now if begin else before), changed[begin : begin + CHANGED_AT_ONCE]
        return await refresh(tx, ACCOUNT, known, ZONES, before=earlier, now=now, changed=some, why=why)

    steps = [await beside.write(partial(step, begin)) for begin in range(0, max(1, len(changed)), CHANGED_AT_ONCE)]
    return {
        key: Sizes(
            steps[0][key].before,
            sum(one[key].entered for one in steps),
            sum(one[key].left for one in steps),
            steps[-1][key].size,
        )
        for key in steps[0]
    }


async def _added_up(beside: Aside) -> dict[str, Any]:
    """What each segment is worth, which is told after an evaluation that moved somebody."""

    async def add(tx: Tx) -> list[dict[str, Any]]:
        return await add_up(tx, ACCOUNT, [one.segment for one in await segments.all_of(tx, ACCOUNT)])

    async with watched_loop() as lags:
        began, computed = time.perf_counter(), time.process_time()
        with sharing_well():
            rows = await beside.read(add)
            await beside.write(lambda tx: put_figures(tx, ACCOUNT, rows))
        seconds, cpu = time.perf_counter() - began, time.process_time() - computed
    return {"seconds": seconds, "cpu": cpu, "lags": lags}


async def _members(tx: Tx) -> dict[str, str]:
    """The print of the members' ids, by segment."""
    found = {}
    for one in await segments.all_of(tx, ACCOUNT):
        ids = await segments.member_ids(tx, ACCOUNT, one.segment)
        if len(ids) != one.size:
            raise RuntimeError(f"{one.segment.key} has {len(ids)} members and a size of {one.size}")
        found[one.segment.key] = hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
    return found


class SegmentProcess:
    """The other end: one command at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, *command: str, **options: Any) -> "SegmentProcess":
        piped = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(*command, stdin=piped, stdout=piped, limit=LONGEST_LINE, **options)
        )

    async def ask(self, **asked: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of the bench has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
