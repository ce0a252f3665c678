"""Two bots on one database: what one of them is told about a store, the other follows."""

from typing import Any

from bot.app import Bot
from bot.sandbox import Sandbox
from bot.settings import load
from tests.activation.desk_clerk import Clerk
from tests.conftest import new_postgres_database


async def test_what_one_replica_connects_and_pauses_the_other_follows(sandbox: Sandbox, postgres: str) -> None:
    def only_downtown(book: dict[str, Any]) -> None:
        book["stores"] = {"downtown": book["stores"]["downtown"]}

    url = new_postgres_database(postgres)
    clerk = Clerk(sandbox, url)
    first = await clerk.start_bot(stores=only_downtown)
    second = Bot(load(sandbox.environment(database_url=url, stores=only_downtown)))
    await second.start()
    bots = (first, second)
    try:
        await sandbox.slack.await_connected(2)
        uptown = sandbox.channels["uptown"]
        await clerk.types("connect")
        await clerk.sends(await clerk.asked("location"), clerk.store_values())
        await clerk.said("Uptown is connected", channel=uptown)
        for bot in bots:
            await bot.desk.follow_stores()
            assert not await bot.desk.follow_stores()
        assert set(first.desk.stores) == set(second.desk.stores)
        assert len(second.desk.stores) == 2
        await clerk.types("disconnect", channel=uptown)
        await clerk.sends(await clerk.asked("what"), {"what": "pause"})
        await clerk.said("is paused", channel=uptown)
        for bot in bots:
            await bot.desk.follow_stores()
            assert set(bot.desk.stores) == {"downtown"}
    finally:
        await second.close()
        await clerk.close()
