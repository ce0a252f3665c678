"""The schema steps up and down on both databases, short ids never repeat, and nothing personal rests in the open."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from bot.errors import Misconfigured, OutOfStep, Unreadable
from bot.rules.order_values import Contact, Incoming, OrderedItem, Source
from bot.rules.stores import Credentials, Store
from bot.store import Database, orders, schema, stores
from bot.vault import Vault, new_key

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STORE = Store(key="downtown", name="Downtown", channel="C1", location_id="L1")
SECRETS = Credentials(
    flowhub_key="canary-flowhub-key", order_ahead_token="canary-order-ahead", storefront_secret="canary-shop"
)
CANARIES = ("canary-flowhub-key", "canary-order-ahead", "canary-shop", "Canarylast", "canary@example.com", "3035550199")


async def test_the_migrated_schema_is_the_one_that_the_rows_describe(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    assert await database.run_sync(differences) == []


async def test_the_schema_steps_down_and_up_again(database: Database) -> None:
    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}

    assert "orders" in await database.run_sync(tables)
    await schema.downgrade(database, "base")
    assert await database.run_sync(tables) == set()
    assert await schema.revision(database) is None
    await schema.upgrade(database)
    assert {"orders", "deliveries", "stores"} <= await database.run_sync(tables)


async def test_a_database_of_a_newer_version_is_not_touched(database: Database) -> None:
    async with database.write() as tx:
        await tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="ORDERAHEAD_DATABASE_URL has schema 9999"):
        await schema.upgrade(database)


async def test_short_ids_are_counted_per_store_and_never_given_twice(database: Database) -> None:
    async with database.write() as tx:
        await stores.put(tx, STORE, SECRETS, now=NOW)
        await stores.put(tx, STORE.model_copy(update={"key": "uptown", "channel": "C2"}), SECRETS, now=NOW)
        given = [await stores.next_short_id(tx, "downtown") for _ in range(300)]
        assert await stores.next_short_id(tx, "uptown") == "A01"
    assert len(set(given)) == 300
    async with database.write() as tx:
        await stores.put(tx, STORE, SECRETS, now=NOW)
        assert await stores.next_short_id(tx, "downtown") not in given


def incoming(source_id: str = "GM-1") -> Incoming:
    contact = Contact(first_name="Jane", last_name="Canarylast", phone="3035550199", email="canary@example.com")
    items = (OrderedItem(name="Gummies", quantity=Decimal(1)),)
    return Incoming(source=Source.STOREFRONT, source_id=source_id, placed_at=NOW, contact=contact, items=items)


async def an_order(database: Database, source_id: str) -> None:
    from bot.desk.taking_in import new_order

    async with database.write() as tx:
        order = await new_order(tx, STORE, incoming(source_id), NOW)
        await orders.add(tx, order, sealed=tx.vault.seal(incoming(source_id).model_dump_json()))


async def test_the_same_order_of_the_same_source_is_there_once(database: Database) -> None:
    async with database.write() as tx:
        await stores.put(tx, STORE, SECRETS, now=NOW)
    await an_order(database, "GM-1")
    with pytest.raises(OutOfStep):
        await an_order(database, "GM-1")
    await an_order(database, "GM-2")


def read_all(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.iterdir())


async def test_no_secret_and_nothing_personal_can_be_read_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    database = Database(f"sqlite:///{path}", Vault([new_key()]))
    await schema.upgrade(database)
    async with database.write() as tx:
        await stores.put(tx, STORE, SECRETS, now=NOW)
    await an_order(database, "GM-1")
    await database.close()
    written = read_all(tmp_path)
    assert b"GM-1" in written
    assert [canary for canary in CANARIES if canary.encode() in written] == []


async def test_a_new_key_in_front_still_opens_what_the_old_one_sealed(database: Database) -> None:
    old = new_key()
    sealed = Vault([old]).seal("canary")
    assert Vault([new_key(), old]).open(sealed) == "canary"
    with pytest.raises(Unreadable):
        Vault([new_key()]).open(sealed)


def test_a_postbacks_signature_belongs_to_one_order_and_survives_rotation() -> None:
    old = new_key()
    signature = Vault([old]).sign("order-1")
    rotated = Vault([new_key(), old])
    assert rotated.signed("order-1", signature)
    assert not rotated.signed("order-2", signature)
    assert not rotated.signed("order-1", signature[:-1])
    assert not rotated.signed("order-1", "ä")
