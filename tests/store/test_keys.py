"""Keys: where they come from, what a wrong one does, and sealing everything anew while the bot works."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.app import Bot
from bot.errors import Misconfigured
from bot.keyring import key_file, keys_of, rotate
from bot.rules.stores import Credentials, Store
from bot.sandbox.sandbox import VAULT_KEY
from bot.settings import Settings, load
from bot.store import Database, keys, stores
from bot.store.keys import sealed_columns
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests.faults.acts import order
from tests.handlers.running import environment_of
from tests.world import World

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SEALED = [
    "accounts.sealed_key",
    "automations.sealed_secret",
    "deliveries.sealed",
    "drafts.sealed",
    "firings.sealed",
    "orders.sealed",
    "parked.sealed",
    "stores.sealed",
    "workspaces.sealed",
]


def settings_on(path: Path, **changed: str) -> Settings:
    given = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1", "database_url": f"sqlite:///{path}"}
    return load({**given, **changed})


class TestTheKeyFile:
    def test_it_is_made_once_beside_the_database_and_the_log_says_where(self, tmp_path: Path) -> None:
        settings = settings_on(tmp_path / "orders.db")
        with capture_logs() as logs:
            first = keys_of(settings)
        path = tmp_path / "orders.db.key"
        assert path == key_file(settings)
        assert path.stat().st_mode & 0o777 == 0o600
        assert [line["file"] for line in logs] == [str(path)]
        assert first[0] not in str(logs)
        with capture_logs() as logs:
            assert keys_of(settings) == first
        assert logs == []

    def test_its_first_line_is_the_newest_key(self, tmp_path: Path) -> None:
        settings = settings_on(tmp_path / "orders.db")
        old, new = keys_of(settings)[0], new_key()
        (tmp_path / "orders.db.key").write_text(f"{new}\n{old}\n")
        assert keys_of(settings) == [new, old]

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
    def test_one_that_others_can_read_is_refused(self, tmp_path: Path, mode: int) -> None:
        settings = settings_on(tmp_path / "orders.db")
        keys_of(settings)
        (tmp_path / "orders.db.key").chmod(mode)
        with pytest.raises(Misconfigured, match=r"others can read the key file .*chmod 600"):
            keys_of(settings)

    def test_one_that_is_gone_is_not_made_anew_over_a_database_that_needs_it(self, tmp_path: Path) -> None:
        settings = settings_on(tmp_path / "orders.db")
        (tmp_path / "orders.db").write_text("something is in here")
        with pytest.raises(Misconfigured, match=r"the key file .*orders\.db\.key is gone"):
            keys_of(settings)
        assert not (tmp_path / "orders.db.key").exists()

    def test_an_empty_one_is_refused(self, tmp_path: Path) -> None:
        settings = settings_on(tmp_path / "orders.db")
        os.close(os.open(tmp_path / "orders.db.key", os.O_CREAT, 0o600))
        with pytest.raises(Misconfigured, match="is empty"):
            keys_of(settings)

    def test_keys_in_the_settings_need_no_file(self, tmp_path: Path) -> None:
        assert keys_of(settings_on(tmp_path / "orders.db", secret_keys=f"{VAULT_KEY}, {VAULT_KEY}")) == [VAULT_KEY] * 2
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("url", ["postgresql://me@host/orders", "sqlite://", "sqlite:///:memory:"])
    def test_other_databases_need_keys_in_the_settings(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(Misconfigured, match="must be set where the database is not a SQLite file"):
            keys_of(settings_on(tmp_path, database_url=url))

    async def test_a_bot_starts_with_it_and_starts_again(self, world: World, tmp_path: Path) -> None:
        await world.start_bot(secret_keys=None)
        order(world)
        card = await world.card("Claim")
        await world.start_bot(secret_keys=None)
        assert (tmp_path / "orders.db.key").exists()
        assert len(world.cards()) == 1
        assert world.cards()[0].ts == card.ts


async def test_a_wrong_key_is_a_sentence_before_anything_is_read(any_world: World) -> None:
    await any_world.start_bot()
    await any_world.stop_bot()
    bot = Bot(load(any_world.sandbox.environment(database_url=any_world.database_url, secret_keys=new_key())))
    with pytest.raises(
        Misconfigured, match="ORDERAHEAD_SECRET_KEYS: this database holds values that were sealed with an"
    ):
        await bot.start()


async def test_the_program_ends_with_code_2_and_no_trace(world: World) -> None:
    await world.start_bot()
    await world.stop_bot()
    environment = environment_of(world.sandbox, database_url=world.database_url, secret_keys=new_key())
    for command in (["run"], ["keys", "rotate"]):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *command, env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        assert process.returncode == 2
        assert said.decode().count("\n") == 1
        assert said.startswith(b"ORDERAHEAD_SECRET_KEYS: this database holds values")


def test_every_sealed_column_is_found_by_its_name() -> None:
    """What is sealed is kept in columns that are called so; here is the list of them, to be read by a person."""
    assert sorted(one.name for one in sealed_columns()) == SEALED


async def opens_with(database: Database, key: str) -> bool:
    """Whether every sealed value of the database opens with this key alone."""
    alone = Vault([key])
    async with database.read() as tx:
        for one in sealed_columns():
            for (value,) in await tx.connection.execute(select(one.column).where(one.column != "")):
                if alone.sealed_anew(value) is not None:
                    return False
    return True


async def test_everything_is_sealed_anew_while_orders_arrive(any_world: World) -> None:
    """The new key stands in front, the bot works, and a rush comes in at the moment of the rotation."""
    old, new = VAULT_KEY, new_key()
    await any_world.start_bot()
    three = list(any_world.sandbox.channels)
    for store in three:
        order(any_world, "maya", store)
    await any_world.slack.await_until(lambda: len(any_world.slack.cards()) == 3, 60, "three cards")
    bot = await any_world.start_bot(secret_keys=f"{new},{old}")
    beside = Database(any_world.database_url, Vault([new, old]))  # as another process would
    rotating = asyncio.create_task(rotate(beside))
    for store in three:
        order(any_world, "jonah", store)
        order(any_world, "priya", store)
        await asyncio.sleep(0)
    assert "no longer needed" in await rotating
    await any_world.slack.await_until(lambda: len(any_world.slack.cards()) == 9, 60, "all cards")
    assert await opens_with(bot.database, new)
    await beside.close()
    await any_world.start_bot(secret_keys=new)
    assert any_world.bot is not None
    async with any_world.bot.database.read() as tx:
        found = await stores.all_stores(tx)
    assert all(credentials.flowhub_key for _, credentials in found)
    await any_world.stop_bot()
    with pytest.raises(Misconfigured, match="sealed with another key"):
        await any_world.start_bot(secret_keys=old)
    any_world.bot = None


async def test_what_somebody_changes_meanwhile_keeps_the_change(database_url: str) -> None:
    """Between reading a value and sealing it anew another process replaces it: its value stays."""
    old, new = new_key(), new_key()
    database = Database(database_url, Vault([new, old]))
    await upgrade(database)
    store = Store(key="downtown", name="Downtown", channel="C1", location_id="L1")
    names = [f"s{number:03}" for number in range(120)]  # more than a batch
    other = Database(database_url, Vault([old]))
    async with other.write() as tx:
        for name in names:
            await stores.put(tx, store.model_copy(update={"key": name}), Credentials(flowhub_key="before"), now=NOW)

    other.vault = Vault([new, old])

    async def change_all() -> None:
        for begin in range(0, len(names), 6):
            async with other.write() as tx:
                for name in names[begin : begin + 6]:
                    changed = Credentials(flowhub_key=f"after {name}")
                    await stores.put(tx, store.model_copy(update={"key": name}), changed, now=NOW)
            await asyncio.sleep(0)

    changing = asyncio.create_task(change_all())
    while not changing.done():
        await keys.seal_all_anew(database)
        await asyncio.sleep(0)
    await keys.seal_all_anew(database)
    async with database.read() as tx:
        found = {each.key: credentials.flowhub_key for each, credentials in await stores.all_stores(tx)}
    assert found == {name: f"after {name}" for name in names}
    assert await opens_with(database, new)
    await asyncio.gather(changing, database.close(), other.close())


async def test_a_key_that_no_bot_knows_yet_seals_nothing(database: Database) -> None:
    async with database.write() as tx:
        await keys.remember(tx, now=NOW)
    database.vault = Vault([new_key(), new_key()])
    with pytest.raises(Misconfigured, match="sealed with another key"):
        await rotate(database)


async def test_rotation_wants_every_bot_to_know_the_key_first(database_url: str) -> None:
    old, new = new_key(), new_key()
    database = Database(database_url, Vault([old]))
    await upgrade(database)
    async with database.write() as tx:
        await keys.remember(tx, now=NOW)
    database.vault = Vault([new, old])
    with pytest.raises(Misconfigured, match="no bot has started with the newest key yet"):
        await rotate(database)
    await database.close()
