"""A database that does not answer: the sender is asked to try again, and afterwards nothing is missing."""

import asyncio

import asyncpg
import httpx

from tests.conftest import new_postgres_database
from tests.handlers.doors import doors, knock
from tests.world import World


async def test_every_door_says_503_while_the_database_is_gone_and_takes_orders_when_it_is_back(
    world: World, postgres: str
) -> None:
    world.database_url = new_postgres_database(postgres)
    bot = await world.start_bot(slack_app_token="", order_poll_seconds=3600, pos_watch_seconds=3600)
    four = doors(bot, world.sandbox)
    name = world.database_url.partition("?")[0].rpartition("/")[2]
    async with httpx.AsyncClient(base_url=bot.address, timeout=20) as web:
        order = four["web shop"].knock(four["web shop"].good())
        submit = four["leafly"].knock(
            b'{"eventType": "order_submit", "orderId": 1, "orderIntegrationKey": "%s"}'
            % bot.desk.store("downtown").leafly_key.encode()
        )
        await _run(postgres, f"ALTER DATABASE {name} RENAME TO {name}_away", kick=name)
        for one in (order, four["flowhub"].knock(b"{}"), submit):
            answer = await knock(web, one)
            assert answer.status_code == 503, answer.text
            assert answer.json() == {"error": "Not now; please try again."}
            assert answer.headers["Retry-After"]
        assert (await web.get("/readyz")).status_code == 503
        assert (await web.get("/livez")).status_code == 200
        person, channel = world.budtender, world.channel
        assert (await world.slack.command(person, channel, "/orders")).ok
        await world.told_privately(person, "database is not answering")
        await _run(postgres, f"ALTER DATABASE {name}_away RENAME TO {name}")
        assert (await knock(web, order)).status_code == 200
        await world.card("Maya A.")
    world.slack.events_url = None


async def _run(server: str, statement: str, *, kick: str = "") -> None:
    connection = await asyncpg.connect(server)
    try:
        for _ in range(50):
            if kick:
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", kick
                )
            try:
                await connection.execute(statement)
            except asyncpg.ObjectInUseError:
                await asyncio.sleep(0)
            else:
                return
        raise AssertionError("somebody holds on to the database")
    finally:
        await connection.close()
