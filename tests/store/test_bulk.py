"""Writing many rows: the loop goes on, nobody waits for a lock inside it, and nothing personal rests in the open."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import Unreadable
from bot.rules.customers import Customer, Personal
from bot.rules.stores import Credentials, Store
from bot.store import Database, schema, stores, sync_runs
from bot.store.bulk import CUSTOMERS, SALES, open_bulk
from bot.store.customers import data_key, find
from bot.store.packing import Packed, Packer
from bot.vault import DataKey, Vault, new_key

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CANARIES = (
    "Canaryfirst",
    "Canarylast",
    "canary@example.com",
    "+13035550199",
    "9 Canary Road",
    "1977-07-07",
    "CANARY-MED",
)


def customer(fh_id: str, **changed: object) -> Customer:
    personal = Personal(
        "Canaryfirst", "Canarylast", "canary@example.com", "+13035550199", "9 Canary Road", "", "1977-07-07"
    )
    values: dict[str, object] = {
        "fh_id": fh_id,
        "created_at": NOW,
        "updated_at": None,
        "customer_type": "recCustomer",
        "is_loyal": True,
        "points": 7,
        "city": "Denver",
        "state": "CO",
        "postal_code": "80202",
        "country": "US",
        "latitude": 39.7,
        "longitude": -105.0,
        "consents_email": True,
        "consents_sms": False,
        "groups": ("VIP",),
        "personal": personal,
        "medical_id": "CANARY-MED",
    }
    return Customer(**values | changed)  # type: ignore[arg-type]


async def key_of(database: Database, account: str = "a") -> DataKey:
    async with database.write() as tx:
        await sync_runs.add_account(tx, account)
        return await data_key(tx, account)


def packed(packer: Packer, *ids: str, print_: bytes = b"p" * 16) -> list[Packed]:
    return [packer.customer(print_, customer(fh_id)) for fh_id in ids]


async def count(database: Database, table: str) -> int:
    async with database.read() as tx:
        return int((await tx.connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608


async def test_what_was_put_is_known_by_its_print(database: Database) -> None:
    key = await key_of(database)
    async with open_bulk(database, "a") as bulk:
        packer = Packer("a", key, bulk.as_stored)
        fresh = await bulk.fresh(CUSTOMERS, {"one": b"p" * 16, "two": b"p" * 16})
        assert (dict(fresh.known), fresh.again, fresh.first_seen) == ({"one": False, "two": False}, frozenset(), 2)
        await bulk.put(CUSTOMERS, packed(packer, "one", "two"), scope="customers", position='{"upto": 2}')
    async with open_bulk(database, "a") as bulk:
        fresh = await bulk.fresh(CUSTOMERS, {"one": b"p" * 16, "two": b"q" * 16, "three": b"p" * 16})
        assert (dict(fresh.known), fresh.first_seen) == ({"two": True, "three": False}, 3)
        assert (await bulk.fresh(CUSTOMERS, {"two": b"q" * 16, "four": b"p" * 16})).again == {"two"}
    async with open_bulk(database, "b") as other_account:
        assert (await other_account.fresh(CUSTOMERS, {"one": b"p" * 16})).known == {"one": False}
    async with database.read() as tx:
        assert await sync_runs.positions(tx, "a") == {"customers": {"upto": 2}}


async def test_what_is_put_again_is_replaced_and_the_rest_of_its_batch_is_there_too(database: Database) -> None:
    key = await key_of(database)
    async with open_bulk(database, "a") as bulk:
        packer = Packer("a", key, bulk.as_stored)
        await bulk.put(CUSTOMERS, packed(packer, "one", "two"), scope="x", position='{"upto": 2}')
        again = packed(packer, "new", "two", "other", print_=b"q" * 16) + packed(packer, "new", print_=b"r" * 16)
        await bulk.put(CUSTOMERS, again, scope="x", position='{"upto": 5}')
        asked = {"one": b"p" * 16, "two": b"q" * 16, "other": b"q" * 16, "new": b"r" * 16}
        assert (await bulk.fresh(CUSTOMERS, asked)).known == {}
        assert await bulk.count(CUSTOMERS) == 4
    async with database.read() as tx:
        assert await sync_runs.positions(tx, "a") == {"x": {"upto": 5}}


async def test_what_is_staged_is_written_when_it_is_published_and_not_before(database: Database) -> None:
    key = await key_of(database)
    async with open_bulk(database, "a") as bulk:
        packer = Packer("a", key, bulk.as_stored)
        await bulk.stage(CUSTOMERS, packed(packer, *[f"c{number}" for number in range(12_000)]))
        await bulk.stage(CUSTOMERS, packed(packer, "c5", print_=b"q" * 16))
        assert await count(database, "customers") == 0
        await bulk.publish(CUSTOMERS)
        assert await bulk.count(CUSTOMERS) == 12_000
        assert (await bulk.fresh(CUSTOMERS, {"c5": b"q" * 16})).known == {}
    async with open_bulk(database, "a") as bulk:
        await bulk.stage(CUSTOMERS, packed(packer, "never published"))
    assert await count(database, "customers") == 12_000


async def test_what_was_not_seen_is_missing_and_what_vanished_is_not_counted(database: Database) -> None:
    key = await key_of(database)
    async with open_bulk(database, "a") as bulk:
        packer = Packer("a", key, bulk.as_stored)
        await bulk.put(CUSTOMERS, packed(packer, "one", "two", "three"), scope="customers", position="{}")
        await bulk.fresh(CUSTOMERS, {"one": b"p" * 16})
        assert await bulk.missing(CUSTOMERS, most=1) == (2, ["three"])
        await bulk.saw(CUSTOMERS, ["three"])
        assert await bulk.missing(CUSTOMERS, most=9) == (1, ["two"])
        await bulk.vanish(CUSTOMERS, ["two"], at=NOW)
        assert await bulk.count(CUSTOMERS) == 2
        assert await bulk.missing(CUSTOMERS, most=9) == (0, [])
        assert (await bulk.fresh(CUSTOMERS, {"two": b"p" * 16})).known == {"two": True}
        assert await bulk.count(SALES) == 0


async def test_a_customer_is_found_by_each_of_its_handles_and_by_no_other_accounts(database: Database) -> None:
    key = await key_of(database)
    await key_of(database, "b")
    async with open_bulk(database, "a") as bulk:
        await bulk.put(CUSTOMERS, packed(Packer("a", key, bulk.as_stored), "one"), scope="x", position="{}")
    async with database.read() as tx:
        for handle in ({"fh_id": "one"}, {"email": "canary@example.com"}, {"mobile": "+13035550199"}):
            (found,) = await find(tx, "a", **handle)
            assert found.personal == customer("one").personal
            assert not await find(tx, "b", **handle)
        assert "anary" not in repr(found)
        assert not await find(tx, "a", email="somebody@example.com")


def read_all(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.iterdir())


async def test_nothing_personal_can_be_read_in_the_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/orders.db", Vault([new_key()]))
    await schema.upgrade(database)
    key = await key_of(database)
    async with open_bulk(database, "a") as bulk:
        await bulk.put(CUSTOMERS, packed(Packer("a", key, bulk.as_stored), "one"), scope="x", position="{}")
        await bulk.stage(CUSTOMERS, packed(Packer("a", key, bulk.as_stored), "two"))
    await database.close()
    written = read_all(tmp_path)
    assert b"Denver" in written
    assert [canary for canary in CANARIES if canary.encode() in written] == []


def test_a_seal_opens_only_where_it_belongs() -> None:
    vault = Vault([new_key()])
    sealed_key = vault.new_data_key()
    key = vault.data_key(sealed_key)
    sealed = key.seal(b"canary", "a one")
    assert vault.data_key(sealed_key).open(sealed, "a one") == b"canary"
    for opener, value, about in (
        (key, sealed, "a two"),
        (vault.data_key(vault.new_data_key()), sealed, "a one"),
        (key, b"", "a one"),
    ):
        with pytest.raises(Unreadable):
            opener.open(value, about)
    assert (
        key.printer("email")(b"x") == vault.data_key(sealed_key).printer("email")(b"x") != key.printer("mobile")(b"x")
    )


async def test_orders_are_written_between_the_batches_and_the_loop_never_stands_still(tmp_path: Path) -> None:
    """A thousand times fewer rows than a chain has, but as many batches at once as there can be."""
    database = Database(f"sqlite:///{tmp_path}/orders.db", Vault([new_key()]))
    await schema.upgrade(database)
    key = await key_of(database)
    store = Store(key="downtown", name="Downtown", channel="C1", location_id="L1")
    lags: list[float] = []
    written = 0

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append(time.perf_counter() - before - 0.001)

    async def keep_writing() -> None:
        nonlocal written
        while True:
            async with database.write() as tx:
                await stores.put(tx, store, Credentials(), now=NOW)
            written += 1

    tasks = [asyncio.create_task(watch()), asyncio.create_task(keep_writing())]
    async with open_bulk(database, "a") as bulk:
        packer = Packer("a", key, bulk.as_stored)
        for batch in range(8):
            rows = await asyncio.to_thread(packed, packer, *[f"{batch} {number}" for number in range(2_500)])
            await bulk.put(CUSTOMERS, rows, scope="customers", position="{}")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert written >= 8
    assert sorted(lags)[len(lags) // 2] < 0.05
    await database.close()


async def test_whoever_is_alone_lets_those_before_commit_and_those_after_wait(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/orders.db", Vault([new_key()]))
    await schema.upgrade(database)
    store = Store(key="downtown", name="Downtown", channel="C1", location_id="L1")
    order: list[str] = []

    async def write(name: str) -> None:
        async with database.write() as tx:
            await stores.put(tx, store, Credentials(), now=NOW)
            order.append(name)

    async def alone() -> None:
        async with database.alone():
            order.append("alone")
            async with database.read() as tx:
                assert len(await stores.all_stores(tx)) == 1  # what was written before is committed
            for _ in range(5):
                await asyncio.sleep(0)

    await asyncio.gather(write("before"), write("before"), alone(), write("after"), write("after"))
    assert order == ["before", "before", "alone", "after", "after"]
    waiting = asyncio.create_task(alone())
    async with database.alone():
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await write("still working")
    await database.close()
