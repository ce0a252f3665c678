"""Customers and their sales by the million, made in seconds: as arrays, as rows of either database, as files for a peer."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np

ACCOUNT = "green-mesa"
STORE = "loc-1"
SALES_EACH = 5
DAYS = 730
PRODUCTS = (
    '["Blue Arroyo - Eighth", "Huckleberry Gummies - 100 mg", "Sage Runner - Half Ounce", "Night Bloom Tincture"]'
)
CUSTOMER = f"""INSERT INTO customers (account, fh_id, print, customer_type, is_loyal, points, city, state, postal_code,
        country, consents_email, consents_sms, "groups", email_print, mobile_print, sealed)
    VALUES ('{ACCOUNT}', ?1, zeroblob(16), 'recCustomer', ?2 % 2, ?2 % 400, 'Denver', 'CO', '80205', 'US', ?2 % 3 > 0,
        ?2 % 3 = 0, '[]', zeroblob(16), zeroblob(16), zeroblob(400))"""  # noqa: S608
PROFILE = f"""INSERT INTO profiles (account, fh_id, total_spent_cents, total_orders, first_order_at, last_order_at,
        last_order_type, last_order_status, last_budtender, products, categories, home_store_id)
    VALUES ('{ACCOUNT}', ?, ?, ?, ?, ?, 'in-store', 'sold', 'Alice Smith', '{PRODUCTS}', '["Flower", "Edibles"]', '{STORE}')
    ON CONFLICT (account, fh_id) DO UPDATE SET total_spent_cents = excluded.total_spent_cents,
        total_orders = excluded.total_orders, first_order_at = excluded.first_order_at,
        last_order_at = excluded.last_order_at"""  # noqa: S608
SALE = f"""INSERT INTO sales (account, sale_id, print, order_id, store_id, customer_id, created_at, completed_at, order_type,
        status, budtender, is_voided, total_cents, original_id, lines)
    VALUES ('{ACCOUNT}', printf('%012x-sale', ?1), zeroblob(16), '', '{STORE}', ?2, ?3, ?3, 'in-store', 'sold', 'Alice Smith',
        ?4, ?5, '', '[]')"""  # noqa: S608
INDICES = """SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
    AND tbl_name IN ('customers', 'profiles', 'sales')"""
Row = tuple[Any, ...]


@dataclass
class Sales:
    """Every sale by its customer's number, in UTC microseconds and cents."""

    who: Any
    at: Any
    cents: Any
    is_voided: Any

    def __add__(self, other: "Sales") -> "Sales":
        names = ("who", "at", "cents", "is_voided")
        return Sales(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names))


class Crowd:
    """The same on every machine: five sales to a customer within two years, of which a hundredth is voided.

    A fifth of the customers makes most of the sales, and some have never bought. The ids are in no order, as real ones are.
    """

    def __init__(self, customers: int, now: datetime) -> None:
        self._chance = np.random.default_rng(customers)
        self.ids = [_id(number) for number in range(customers)]
        number = customers * SALES_EACH
        who = (customers * self._chance.random(number) ** 3).astype(np.int64)
        back = (self._chance.random(number) * DAYS * 86_400e6).astype(np.int64)
        self.sales = self._of(who, _micros(now) - back)

    def buy(self, share: float, now: datetime) -> tuple[Sales, list[int]]:
        """One sale each of so many of the customers, those who buy often first of all; they are counted from now on."""
        drawn = np.unique(self._chance.choice(self.sales.who, int(len(self.ids) * share * 1.5)))
        who = self._chance.permutation(drawn)[: int(len(self.ids) * share)]
        made = self._of(who, np.full(len(who), _micros(now - timedelta(minutes=10))))
        self.sales = self.sales + made
        return made, [int(one) for one in who]

    def _of(self, who: Any, at: Any) -> Sales:
        return Sales(who, at, self._chance.integers(500, 20_000, len(who)), self._chance.random(len(who)) < 0.01)

    def save(self, sales: Sales, folder: Path) -> None:
        """For a peer, which has nothing of ours but the files."""
        np.save(folder / "ids.npy", np.array(self.ids))
        for name in ("who", "at", "cents", "is_voided"):
            np.save(folder / f"{name}.npy", getattr(sales, name))

    def customer_rows(self) -> Iterator[Row]:
        return ((fh_id, number) for number, fh_id in enumerate(self.ids))

    def profile_rows(self, only: list[int] | None = None) -> Iterator[Row]:
        """In the order of ids, as profiles are derived; times are UTC."""
        counted = ~self.sales.is_voided
        who, at, cents = self.sales.who[counted], self.sales.at[counted], self.sales.cents[counted]
        orders = np.bincount(who, minlength=len(self.ids)).tolist()
        spent = np.bincount(who, weights=cents, minlength=len(self.ids)).astype(np.int64).tolist()
        first, last = np.full(len(self.ids), 1 << 62), np.zeros(len(self.ids), np.int64)
        np.minimum.at(first, who, at)
        np.maximum.at(last, who, at)
        bought = set(np.unique(self.sales.who).tolist()) if only is None else set(only)
        begin, end = _moments(first.clip(max=_micros(datetime(2100, 1, 1)))), _moments(last)  # noqa: DTZ001
        for number in sorted(bought, key=self.ids.__getitem__):
            dates = (begin[number], end[number]) if orders[number] else (None, None)
            yield self.ids[number], spent[number], orders[number], *dates

    def sale_rows(self, sales: Sales, begin: int = 0) -> Iterator[Row]:
        owners = (self.ids[who] for who in sales.who.tolist())
        numbers = range(begin, begin + len(sales.who))
        return zip(numbers, owners, _moments(sales.at), sales.is_voided.tolist(), sales.cents.tolist(), strict=True)


def _id(number: int) -> str:
    text = md5(b"customer %d" % number, usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _micros(moment: datetime) -> int:
    return int(np.datetime64(moment.replace(tzinfo=None), "us").astype(np.int64))


def _moments(micros: Any) -> list[str]:
    """As SQLite's rows have them."""
    return [text.replace("T", " ") for text in np.datetime_as_string(micros.astype("datetime64[us]")).tolist()]


def put_into_sqlite(path: Path, crowd: Crowd) -> None:
    """Into an empty schema; indices are made afterwards, which is faster.

    Sales get none: what is compared reads all of them, and with one it would take longer.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-1000000")
    indices = connection.execute(INDICES).fetchall()
    for _, name, _ in indices:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")
    connection.executemany(CUSTOMER, crowd.customer_rows())
    connection.executemany(PROFILE, crowd.profile_rows())
    connection.executemany(SALE, crowd.sale_rows(crowd.sales))
    for table, _, sql in indices:
        if table != "sales":
            connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def bought_in_sqlite(path: Path, crowd: Crowd, made: Sales, who: list[int]) -> None:
    """What a sync writes of it."""
    connection = sqlite3.connect(path)
    with connection:
        connection.executemany(SALE, crowd.sale_rows(made, len(crowd.sales.who)))
        connection.executemany(PROFILE, crowd.profile_rows(who))
    connection.close()
