"""No command, button, modal, shortcut, board, event or webhook of one workspace can name, read or change anything of another.

Each listener that is registered is tried with the other workspace's order keys, store keys, channels, people and drafts, by
an owner, who may do everything at home.
"""

import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import select, text
from standardwebhooks import Webhook

from bot.activation.connecting import remember
from bot.activation.resting import pause
from bot.app import Bot
from bot.rules.automations import WIN_BACK
from bot.rules.connecting import Draft
from bot.rules.customer_views import ref_of
from bot.rules.order_values import Order
from bot.rules.permissions import Person
from bot.rules.segments.building import Draft as Building
from bot.sandbox.slack.team import Team
from bot.segments.drafting import remember as segment_draft
from bot.store import automations, orders
from bot.store.rows import DeliveryRow
from handlers.front import Front
from handlers.people import register
from tests.architecture.test_manifest import Listening
from tests.faults.acts import order
from tests.faults.waiting import eventually
from tests.handlers.doors import an_order, doors, knock
from tests.workspaces.trespass import Keys, Sent, Trespasser, bot_is_done
from tests.workspaces.two_workspaces import NAMES, THEIR_OTHER, THEIR_SHOP_SECRET, THEIRS, TwoWorkspaces

ACCOUNT = "green-mesa"
WORDS = (*NAMES.values(), "Harbor regulars", "Jonah", "Priya", "Dana", "Kit")
"""What is said in High Sierra only."""
AT_ONCE = 10


QUERIES = {
    "stores": "SELECT * FROM stores WHERE key IN (:one, :two) ORDER BY key",
    "orders": "SELECT * FROM orders WHERE store_key IN (:one, :two) ORDER BY key",
    "events": "SELECT * FROM events WHERE order_key IN (SELECT key FROM orders WHERE store_key IN (:one, :two)) ORDER BY id",
    "deliveries": "SELECT * FROM deliveries WHERE store_key IN (:one, :two) ORDER BY id",
    "parked": "SELECT * FROM parked WHERE store_key IN (:one, :two) ORDER BY id",
    "drafts": "SELECT * FROM drafts WHERE id IN (:draft, :building) ORDER BY id",
    "segments": "SELECT * FROM segments ORDER BY key",
    "workspaces": "SELECT * FROM workspaces WHERE id = :team",
    "roles": "SELECT * FROM roles WHERE workspace = :team ORDER BY subject",
    "signoffs": "SELECT * FROM signoffs WHERE workspace = :team ORDER BY channel",
    "channels": "SELECT * FROM channels WHERE workspace = :team ORDER BY channel",
    "tellings": "SELECT * FROM tellings WHERE store_key IN (:one, :two) ORDER BY store_key",
    "digests": "SELECT * FROM digests WHERE store_key IN (:one, :two) ORDER BY key",
    "rollups": "SELECT * FROM rollups WHERE workspace = :team ORDER BY account",
    "viewers": "SELECT * FROM viewers WHERE workspace = :team ORDER BY user_id",
    "automations": "SELECT * FROM automations WHERE workspace = :team ORDER BY id",
    "audit": "SELECT * FROM audit WHERE workspace = :team ORDER BY id",
}


deliveries: Any = DeliveryRow.__table__  # type: ignore[attr-defined]


@dataclass
class Walls:
    world: TwoWorkspaces
    bot: Bot
    theirs: dict[str, Order]
    ours: Order
    keys: Keys
    heard: dict[str, set[str]]

    async def rows(self) -> dict[str, list[Any]]:
        """Everything that the database holds of High Sierra."""
        theirs = {"team": self.world.other.team_id, "one": THEIRS, "two": THEIR_OTHER, "draft": self.keys.drafts[0]}
        theirs["building"] = self.keys.drafts[1]
        async with self.bot.database.read() as tx:
            return {name: list(await tx.connection.execute(text(query), theirs)) for name, query in QUERIES.items()}

    def their_requests(self) -> dict[str, int]:
        return dict(self.world.other.requests)

    def seen(self, team: Team) -> str:
        """All that anybody can see in a workspace: messages, private ones, modals, boards."""
        core = team.core
        messages = [*team.all_messages(), *(one for told in core.workspace.ephemeral.values() for one in told)]
        shown = [[one.text, one.blocks, one.attachments, one.metadata] for one in messages]
        views = [core.views.to_json(view) for stack in core.views.stacks.values() for view in stack]
        homes = [core.views.to_json(view) for view in core.views.homes.values()]
        return json.dumps([shown, views, homes], ensure_ascii=False)


@pytest.fixture
async def walls(two: TwoWorkspaces) -> AsyncIterator[Walls]:
    """Both have an order with a card; Mill Street's is paused afterwards, and Dana is about to connect another store."""
    bot = await two.start_bot(order_poll_seconds=3600, pos_watch_seconds=3600)
    two.slack.switches.rate_limits = False
    for shopper, store in (("maya", "downtown"), ("jonah", THEIRS), ("priya", THEIR_OTHER)):
        order(two, shopper, store)
    await two.card("Maya")
    await two.other.await_until(lambda: len(two.other.cards()) == 2, 30, "their cards")

    async def in_flowhub() -> bool:
        async with bot.database.read() as tx:
            found = [one for store in ("downtown", *NAMES) for one in await orders.open_orders(tx, store)]
        return len(found) == 3 and all(one.flowhub_id and one.acknowledged_at for one in found)

    await eventually(in_flowhub, lambda: "three orders in Flowhub")
    async with bot.database.write() as tx:
        theirs_alone = replace(WIN_BACK, key="harbor", name="Harbor regulars", is_on=True)
        team = two.other.team_id
        await automations.put(tx, team, ACCOUNT, theirs_alone, now=bot.desk.now(), made_by=two.dana)
    draft = await remember(bot.desk, Draft(workspace=two.other.team_id, user_id=two.dana, channel=two.their_channel))
    await pause(bot.desk, bot.desk.store(THEIR_OTHER), Person(two.dana, "Dana", is_owner=True))
    async with bot.database.read() as tx:
        (ours,) = await orders.open_orders(tx, "downtown")
        theirs = {store: (await orders.open_orders(tx, store))[0] for store in NAMES}
    building = await segment_draft(
        bot.desk, Building(two.other.team_id, two.dana, "green-mesa", name="Harbor regulars")
    )
    keys = Keys(
        orders=[one.key for one in theirs.values()],
        stores=list(NAMES),
        channels=[two.other.channel(two.their_channel), two.other.channel(two.their_other_channel)],
        drafts=[draft, building],
        people=[two.dana, two.kit],
        cards=[one.ts for one in two.other.cards()],
        locations=[store.location_id for store in two.sandbox.shop.stores if store.key in NAMES],
        automations=[ref_of(ACCOUNT, key) for key in ("harbor", "welcome")],
    )
    yield Walls(two, bot, theirs, ours, keys, _heard())
    two.slack.switches.rate_limits = True


def _heard() -> dict[str, set[str]]:
    """Every listener that the bot registers."""
    app = Listening()
    nothing = cast(Any, None)
    register(app, Front(office=nothing, boards=nothing, syncs=nothing))
    return app.heard


async def send_all(team: Team, sent: Iterator[Sent]) -> None:
    """A few at a time: what follows from thousands of acknowledged presses at once would be a load test."""
    for number, (kind, body) in enumerate(sent, start=1):
        answer = await team.delivery.send(kind, body)  # type: ignore[arg-type]
        assert answer.ok, (kind, answer.failure, body)
        if number % AT_ONCE == 0:
            await bot_is_done()
    await bot_is_done()


async def at_rest(walls: Walls) -> None:
    """What the orders and the pause set going has come to an end, and Dana looks at the board as it is now."""

    async def nothing_is_due() -> bool:
        soon = walls.bot.desk.now() + timedelta(seconds=30)
        async with walls.bot.database.read() as tx:
            query = select(deliveries.c.id).where(deliveries.c.state != "done", deliveries.c.due_at < soon)
            return (await tx.connection.execute(query)).first() is None

    await eventually(nothing_is_due, lambda: "nothing left to do")
    await walls.world.other.open_home(walls.world.dana)
    await bot_is_done()


async def test_nobody_in_one_workspace_reaches_anything_of_the_other(walls: Walls) -> None:
    two = walls.world
    trespasser = Trespasser(two.slack, two.owner, two.slack.channel(two.channel), walls.keys)
    await at_rest(walls)
    before, asked, seen = await walls.rows(), walls.their_requests(), walls.seen(two.other)
    stores = dict(walls.bot.desk.stores)
    await send_all(two.slack, trespasser.everything(walls.heard))
    after = await walls.rows()
    assert [(name, before[name], after[name]) for name in QUERIES if before[name] != after[name]] == []
    assert walls.their_requests() == asked, "the bot spoke in their workspace"
    assert walls.seen(two.other) == seen
    assert dict(walls.bot.desk.stores) == stores
    shown = walls.seen(two.slack)
    assert [word for word in WORDS if word in shown] == [], "something of theirs was named"


async def test_the_same_is_taken_from_their_own_owner(walls: Walls) -> None:
    """Else the test above would prove nothing: what it sends is what the listeners listen to."""
    two = walls.world
    few = replace(
        walls.keys, orders=walls.keys.orders[:1], stores=walls.keys.stores[:1], channels=walls.keys.channels[:1]
    )
    theirs = Trespasser(two.other, two.dana, two.other.channel(two.their_channel), few)
    gentle = {kind: names - {"disconnect_store", "resume_store"} for kind, names in walls.heard.items()}
    await at_rest(walls)
    before = await walls.rows()
    await send_all(two.other, theirs.everything(gentle))
    after = await walls.rows()
    touched = ("orders", "events", "automations", "audit", "roles", "viewers")
    assert [table for table in touched if before[table] == after[table]] == []
    shown = walls.seen(two.other)
    assert [word for word in (*NAMES.values(), "Jonah") if word not in shown] == []


class TestDoorsOfSystems:
    """They belong to stores, and each store's door opens with its own secret."""

    async def test_a_web_shops_secret_opens_its_own_store_only(self, walls: Walls) -> None:
        ours = walls.world.sandbox.shop.web_shop_secrets["orders"]
        async with httpx.AsyncClient(base_url=walls.bot.address) as web:
            for store, secret, status in (
                ("downtown", ours, 200),
                (THEIRS, ours, 401),
                (THEIR_OTHER, ours, 401),
                ("downtown", THEIR_SHOP_SECRET, 401),
                (THEIRS, THEIR_SHOP_SECRET, 200),
            ):
                body, at = json.dumps(an_order()), datetime.now(UTC)
                headers = {"webhook-id": f"msg_{uuid.uuid4().hex}", "webhook-timestamp": str(int(time.time()))}
                headers["webhook-signature"] = Webhook(secret).sign(headers["webhook-id"], at, body)
                answer = await web.post(f"/orders?store={store}", content=body, headers=headers)
                assert answer.status_code == status, (store, status)

    async def test_a_postbacks_address_belongs_to_its_order_at_its_store(self, walls: Walls) -> None:
        vault, ours, theirs = walls.bot.database.vault, walls.ours, walls.theirs[THEIRS]
        at_ours = vault.sign(f"downtown/{ours.key}")
        await at_rest(walls)
        before, heard = await walls.rows(), dict(walls.bot.desk.heard_at)
        async with httpx.AsyncClient(base_url=walls.bot.address) as web:
            for path, status in (
                (f"downtown/{ours.key}/{at_ours}", 200),
                (f"{THEIRS}/{ours.key}/{at_ours}", 401),
                (f"{THEIRS}/{theirs.key}/{at_ours}", 401),
                (f"downtown/{theirs.key}/{at_ours}", 401),
            ):
                assert (await web.post(f"/flowhub/postback/{path}", json={})).status_code == status, path
        assert await walls.rows() == before
        assert heard.get(THEIRS) == walls.bot.desk.heard_at.get(THEIRS)

    async def test_a_leafly_event_reaches_the_store_of_its_key_only(self, walls: Walls) -> None:
        """Leafly signs for all stores; an order of another store, named under this one's key, is not found."""
        two, theirs = walls.world, walls.theirs[THEIRS]
        key = two.sandbox.shop.store("downtown").leafly_key
        body = {"eventType": "order_cancel", "orderIntegrationKey": key, "orderId": theirs.source_id}
        await at_rest(walls)
        before = await walls.rows()
        async with httpx.AsyncClient(base_url=walls.bot.address) as web:
            answer = await knock(web, doors(walls.bot, two.sandbox)["leafly"].knock(json.dumps(body).encode()))
        assert answer.status_code == 200

        async def worked() -> bool:
            async with walls.bot.database.read() as tx:
                query = "SELECT count(*) FROM deliveries WHERE kind = 'leafly_event' AND state != 'done'"
                return (await tx.connection.execute(text(query))).scalar() == 0

        await eventually(worked, lambda: "Leafly's event to be worked in")
        assert await walls.rows() == before
