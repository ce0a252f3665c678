"""Noting in the transaction that writes a number that it passes a threshold somebody waits for: a kill loses nothing.

Costs nothing while nobody waits for one.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.rules.automations import Measure
from bot.rules.occasions import Watched
from bot.store.bulk.tables import CUSTOMERS, PROFILES
from bot.store.bulk.way_in import Bulk
from bot.store.bulk_table import BulkTable
from bot.store.packing import Packed

Crossed = tuple[str, str, int, int]
"""A customer, a measure, its number before and after."""
INSERT = "INSERT INTO crossings (account, fh_id, measure, number_before, number_after, at) VALUES"
MEASURED = {Measure.ORDERS: "total_orders", Measure.SPENT: "total_spent_cents"}
_ID = PROFILES.place("fh_id")
_PLACES = {measure: PROFILES.place(column) for measure, column in MEASURED.items()}
BEFORE = f"SELECT fh_id, {', '.join(MEASURED.values())} FROM profiles WHERE account ="
"""What profiles say before they are written; whoever has none had nothing."""
AT_ONCE = 500


def of_profiles(watched: Watched, rows: Sequence[Packed], before: Mapping[str, Sequence[int]]) -> Iterator[Crossed]:
    nothing = (0,) * len(MEASURED)
    for row in rows:
        for number, (measure, place) in enumerate(_PLACES.items()):
            was, is_now = before.get(row[_ID], nothing)[number], row[place]
            if watched.crossed(measure, was, is_now):
                yield row[_ID], measure.value, was, is_now


def points_that_cross(watched: Watched, some: str) -> str:
    """Of customers who were there before: who comes with points had them elsewhere. `some` is FROM and WHERE of what is
    about to be written, as "staged"; "" when nobody waits for points."""
    thresholds = sorted(watched.thresholds.get(Measure.POINTS, ()))
    if not thresholds:
        return ""
    passed = " OR ".join(f"(kept.points < {one:d} AND staged.points >= {one:d})" for one in thresholds)
    source, _, where = some.partition(" WHERE ")
    return (
        f"SELECT staged.fh_id, '{Measure.POINTS.value}', kept.points, staged.points {source} "
        "JOIN customers AS kept ON kept.account = staged.account AND kept.fh_id = staged.fh_id "
        f"WHERE {where} AND kept.vanished_at IS NULL AND ({passed})"
    )


def note_profiles(connection: sqlite3.Connection, bulk: Bulk, rows: Sequence[Packed]) -> None:
    """On SQLite, before the rows are written."""
    if bulk.watched is None:
        return
    before: dict[str, Sequence[int]] = {}
    ids = [row[_ID] for row in rows]
    for begin in range(0, len(ids), AT_ONCE):
        some = ids[begin : begin + AT_ONCE]
        sql = f"{BEFORE} ? AND fh_id IN ({', '.join('?' * len(some))})"
        before |= {fh_id: numbers for fh_id, *numbers in connection.execute(sql, [bulk.account, *some])}
    _note(connection, bulk, bulk.watched, of_profiles(bulk.watched, rows, before))


def note_points(connection: sqlite3.Connection, bulk: Bulk, table: BulkTable, some: str) -> None:
    """On SQLite, before what is staged is written. Points are in the customer's record."""
    if table is CUSTOMERS and bulk.watched is not None and (query := points_that_cross(bulk.watched, some)):
        _note(connection, bulk, bulk.watched, connection.execute(query).fetchall())


def _note(connection: sqlite3.Connection, bulk: Bulk, watched: Watched, crossed: Iterable[Crossed]) -> None:
    at = bulk.as_stored(watched.at)
    connection.executemany(f"{INSERT} (?, ?, ?, ?, ?, ?)", [(bulk.account, *one, at) for one in crossed])
