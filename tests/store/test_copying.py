"""A copy is the same in every row, on either engine; one that is not is thrown away."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlmodel import SQLModel

from bot.errors import Misconfigured, Refused
from bot.store import Database, copying, schema
from bot.store.rows import AuditRow, EventRow, OrderRow
from bot.upkeep import back_up, move, restore
from bot.vault import Vault
from tests.conftest import new_postgres_database
from tests.world import World

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def quiet(_table: str, _rows: int) -> None:
    return None


async def lived_in(world: World) -> dict[str, int]:
    """Orders of two sources with cards and history, and the bot stopped; how many rows of each there are."""
    await world.start_bot()
    world.leafly.place_order("downtown", shopper="maya", items=[("Mesa Sunrise Pre-Roll", 1)])
    world.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 2)])
    await world.card("Maya A.", "Claim")
    await world.press(world.budtender, await world.card("Jonah R.", "Claim"), "claim_order")
    await world.card("Jonah R.", "Release")
    await world.stop_bot()
    database = opened(world)
    rows = await counts(database)
    await database.close()
    return rows


def opened(world: World, url: str = "") -> Database:
    keys = world.sandbox.environment()["secret_keys"]
    return Database(url or world.database_url, Vault([str(keys)]))


async def counts(database: Database) -> dict[str, int]:
    async with database.read() as tx:
        return {
            table.name: int(await tx.connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in SQLModel.metadata.sorted_tables
        }


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
async def test_a_bot_goes_on_where_it_was_on_another_engine(
    any_world: World, to: str, tmp_path: Path, postgres: str
) -> None:
    world = any_world
    before = await lived_in(world)
    target = f"sqlite:///{tmp_path}/moved.db" if to == "sqlite" else new_postgres_database(postgres)
    database = opened(world)
    assert await move(database, target, said=quiet) == before
    await database.close()
    world.database_url = target
    await world.start_bot()
    in_pos = await world.in_pos("Jonah")
    world.flowhub.operator.sell(in_pos.order_id)
    await world.card("Jonah R.", "Picked up")
    world.leafly.place_order("downtown", shopper="priya", items=[("Mesa Sunrise Pre-Roll", 1)])
    await world.card("Priya N.", "A03")
    assert len(world.cards()) == 3


async def test_a_backup_made_while_the_bot_runs_brings_everything_back(world: World, tmp_path: Path) -> None:
    bot = await world.start_bot()
    world.leafly.place_order("downtown", shopper="maya", items=[("Mesa Sunrise Pre-Roll", 1)])
    await world.card("Maya A.", "Claim")
    path = tmp_path / "backup.db"
    saved = await back_up(bot.database, path, said=quiet)
    assert path.stat().st_mode & 0o077 == 0
    assert not path.with_name("backup.db-wal").exists()
    assert b"Alvarez" not in path.read_bytes()
    empty = opened(world, f"sqlite:///{tmp_path}/restored.db")
    assert await restore(empty, path, said=quiet) == saved == await counts(empty)
    await empty.close()


async def test_a_backup_is_never_written_over_and_a_full_database_never_restored_into(
    world: World, tmp_path: Path
) -> None:
    bot = await world.start_bot()
    path = tmp_path / "backup.db"
    await back_up(bot.database, path, said=quiet)
    with pytest.raises(Misconfigured, match=r"backup\.db is there already"):
        await back_up(bot.database, path, said=quiet)
    with pytest.raises(Misconfigured, match="not empty: it has rows in “"):
        await restore(bot.database, path, said=quiet)
    with pytest.raises(Misconfigured, match="can't be written"):
        await back_up(bot.database, tmp_path / "nowhere" / "backup.db", said=quiet)
    with pytest.raises(Misconfigured, match="can't be read"):
        await restore(bot.database, tmp_path / "another.db", said=quiet)


async def test_rows_of_many_pages_are_all_copied_and_numbers_go_on_behind_them(
    database: Database, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 7)
    events: Any = EventRow.__table__  # type: ignore[attr-defined]
    many = [_event(f"order-{number % 5}", number) for number in range(50)]
    async with database.write() as tx:
        await tx.connection.execute(insert(events), many)
    target = Database(new_postgres_database(postgres), database.vault)
    await schema.upgrade(target)
    copied = await copying.copy(database, target, said=quiet)
    assert (copied["events"], copied["orders"]) == (50, 0)
    async with target.write() as tx:
        await tx.connection.execute(insert(events), [_event("order-9", 1)])
        assert await tx.connection.scalar(select(func.max(events.c.id))) == 51
    await target.close()


async def test_a_copy_that_differs_is_told_and_not_kept(database: Database, tmp_path: Path) -> None:
    """The target's own doing: a trigger there changes what is put in."""
    audits: Any = AuditRow.__table__  # type: ignore[attr-defined]
    orders: Any = OrderRow.__table__  # type: ignore[attr-defined]
    async with database.write() as tx:
        await tx.connection.execute(insert(orders), [_order()])
    target = Database(f"sqlite:///{tmp_path}/odd.db", database.vault)
    await schema.upgrade(target)
    async with target.write() as tx:
        await tx.connection.execute(
            text("CREATE TRIGGER odd AFTER INSERT ON orders BEGIN UPDATE orders SET source_id = 'other'; END")
        )
    with pytest.raises(Refused, match="The copy of “orders” differs: 1 rows here, 1 there"):
        await copying.copy(database, target, said=quiet)
    assert (await counts(target))["orders"] == 0
    assert (await counts(target))[audits.name] == 0
    await target.close()


def _event(order_key: str, number: int) -> dict[str, Any]:
    said = {"who": "", "through": "", "loud": True, "detail": {}}
    return {"order_key": order_key, "seq": number, "at": NOW, "kind": "arrived", **said}


def _order() -> dict[str, Any]:
    names = {"key": "k1", "store_key": "downtown", "source": "leafly", "source_id": "1", "short_id": "A01"}
    return {**names, "is_open": True, "arrived_at": NOW}
