"""Figure 3: how many orders and postbacks a second we accept durably, against how often SQLite commits on the same disk.

An accept counts when it was answered with 200 and is in the database afterwards. What the accepted ones lead to (orders
taken in, cards, creates) is worked at the same time, as in life; none of it is switched off.
"""

import itertools
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import quote

from bot.sandbox.sandbox import VAULT_KEY
from bot.vault import Vault
from tests.bench.bot_process import BotProcess
from tests.bench.chain import chain, environment
from tests.bench.figures import Report, percentile
from tests.bench.http_load import Answer, flood, post
from tests.bench.orders import web_order
from tests.bench.other_side import OtherSide

STORES, ACCOUNTS = 20, 2
CONNECTIONS = 64
SECONDS = 6.0
RAW_SECONDS = 2.0
MOST_PER_SECOND = 6000
PATIENCE_SECONDS = 30.0
UNASKED = "SELECT count(*) FROM deliveries WHERE kind = 'ask_status' AND state <> 'done'"
HOW = (
    f"{CONNECTIONS} kept connections, signed requests; raw is one INSERT of a row of the same size in each transaction, WAL, "
    "synchronous=FULL, in the same folder, measured before, between and after"
)


async def accepts(folder: Path) -> Report:
    report = Report("3. Durable accepts", HOW)
    sandbox = await OtherSide.start(shop=chain(STORES, ACCOUNTS))
    sandbox.slack.switches.rate_limits = False
    database = folder / "accepts.db"
    bot = await BotProcess.start(environment(sandbox, database_url=f"sqlite:///{database}"), folder)
    try:
        await sandbox.slack.await_connected()
        raw = [_commits_per_second(folder)]
        hinted = await _flood(bot, _postbacks(sandbox))
        raw.append(_commits_per_second(folder))
        # The second flood meets a bot that has worked off the first one, and has only its own to work at.
        await sandbox.until(lambda: not _rows(database, UNASKED), seconds=PATIENCE_SECONDS)
        sent = await _flood(bot, _orders(sandbox))
        raw.append(_commits_per_second(folder))
        _check(
            report, "postbacks", hinted, _rows(database, "SELECT sum(wanted) FROM deliveries WHERE kind = 'ask_status'")
        )
        _check(report, "orders", sent, _rows(database, "SELECT count(*) FROM deliveries WHERE kind = 'take_in'"))
        commits = median(raw)
        report.add("raw SQLite commits", commits, "/s")
        for name, answers in (("postbacks", hinted), ("orders", sent)):
            rate = len(answers) / (max(one.at for one in answers) - min(one.sent_at for one in answers))
            waits = [1000 * (one.at - one.sent_at) for one in answers]
            report.add(f"{name} accepted", rate, "/s")
            report.add(f"{name} accepted ÷ raw commits", rate / commits, least=0.10)
            report.add(f"{name}: answered within, p99", percentile(waits, 0.99), "ms")
    finally:
        await bot.stop()
        await sandbox.close()
    return report


async def _flood(bot: BotProcess, requests: Iterator[bytes]) -> list[Answer]:
    """The requests are made beforehand: signing them is not what is measured."""
    made = list(itertools.islice(requests, int(SECONDS * MOST_PER_SECOND)))
    return await flood(bot.host, bot.port, iter(made), connections=CONNECTIONS, seconds=SECONDS)


def _orders(sandbox: OtherSide) -> Iterator[bytes]:
    stores = itertools.cycle(sandbox.shop.stores)
    return (web_order(sandbox, next(stores), f"B-{number:06}") for number in itertools.count())


def _postbacks(sandbox: OtherSide) -> Iterator[bytes]:
    """About orders that nobody knows (any more): all of accepting one, and little that it leads to."""
    vault, stores = Vault([VAULT_KEY]), itertools.cycle(sandbox.shop.stores)
    for number in itertools.count():
        key = f"{number:032x}"
        body = f'{{"customerExternalId": "{key}", "orderId": "order-{number}", "status": "ready"}}'
        path = f"{next(stores).key}/{key}"
        yield post(f"/flowhub/postback/{path}/{quote(vault.sign(path))}", body.encode(), {})


def _check(report: Report, name: str, answers: list[Answer], kept: int) -> None:
    statuses = Counter(answer.status for answer in answers)
    report.must(set(statuses) == {200}, f"{name} were answered with {dict(statuses)}")
    report.must(kept >= statuses[200], f"{statuses[200]} {name} were accepted, but {kept} are in the database")


def _rows(database: Path, query: str) -> int:
    with sqlite3.connect(database) as connection:
        (count,) = connection.execute(query).fetchone()
    connection.close()
    return int(count or 0)


def _commits_per_second(folder: Path) -> float:
    """What a plain loop reaches with rows as large as an accepted order's."""
    path = folder / f"raw-{time.monotonic_ns()}.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE accepted (id INTEGER PRIMARY KEY, kind, subject, lane, state, due_at, sealed)")
    row = ("take_in", "s000:B-000000", "intake:s000", "due", "2026-01-01 00:00:00.000000", "x" * 1400)
    count, began = 0, time.perf_counter()
    while (lasted := time.perf_counter() - began) < RAW_SECONDS:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO accepted (kind, subject, lane, state, due_at, sealed) VALUES (?, ?, ?, ?, ?, ?)", row
        )
        connection.execute("COMMIT")
        count += 1
    connection.close()
    return count / lasted
