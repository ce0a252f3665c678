"""/automations: switched on by a click, made in a modal; a line on the card, a post, a signed webhook."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from standardwebhooks import Webhook

from bot.rules.automations import WIN_BACK, Action, Automation
from bot.sandbox.slack import Message
from bot.sandbox.wire import Fault
from bot.store import automations, segments
from bot.webhooks import new_secret
from sync.automations import look_for_occasions
from tests.faults.waiting import eventually
from tests.stories.customers import ACCOUNT, JONAH, asked, in_flowhub, synced, words_of_view
from tests.world import World, says


async def command(world: World, text: str = "", *, person: str = "") -> Message:
    return await asked(world, person or world.manager, text, command="/automations")


async def switch_on(world: World, name: str) -> None:
    """Press the button below the automation of this name."""
    answer = await command(world)
    block = next(b["block_id"] for b in answer.blocks if b["type"] == "actions" and name in b["block_id"])
    pressed = await world.slack.press(world.manager, answer.channel, answer.ts, "switch_automation_on", block_id=block)
    assert pressed.ok, pressed.failure
    await world.until(lambda: says(world.slack.ephemerals(world.manager)[-1], "is on."), "the list to say so")


async def test_a_regular_is_recognised_on_the_card(loaded: World) -> None:
    await loaded.start_bot()
    await switch_on(loaded, "recognition")
    loaded.leafly.place_order("downtown", shopper="jonah", items=[("Yuzu Seltzer", 1)])
    card = await loaded.card("Jonah R.", "A regular:", "orders so far. Say thank you.")
    await loaded.until(lambda: says(card, "Claim"), "its buttons")
    again = await command(loaded)
    assert says(again, "today 1 of at most 50")


async def test_staff_may_not_and_words_are_helpful(loaded: World) -> None:
    await loaded.start_bot()
    assert says(
        await command(loaded, person=loaded.budtender), "You may not set up automations", "that takes a manager"
    )
    assert says(await command(loaded, "help"), "/automations new", "so many times on a day")
    assert says(await command(loaded, "try nothing like it"), "There is no automation", "Welcome, Win back")
    assert says(await command(loaded, "try Welc"), "would have acted")


NEW: dict[str, Any] = {
    "name": "Old friends",
    "happened": "order_received",
    "segment": "spent_100",
    "action": "card_line",
    "template": "Spent ${{ profile.fh_total_spent }}",
    "cap": "20",
    "state": "on",
}


async def test_a_new_one_is_made_in_a_modal_and_bad_texts_are_refused_under_their_field(loaded: World) -> None:
    await loaded.start_bot()
    assert (await loaded.slack.command(loaded.manager, loaded.channel, "/automations", "new")).ok
    view = await loaded.modal(loaded.manager)
    for template, sentence in (
        ("{{ profile.birth_date }}", "there is no “profile.birth_date”"),
        ("{{ profile.email }}", "there is no “profile.email”"),
        ("{% if %}", "Line 1"),
    ):
        refused = await loaded.slack.submit(loaded.manager, str(view["id"]), NEW | {"template": template})
        assert refused.errors is not None
        assert sentence in refused.errors["template"]
    refused = await loaded.slack.submit(loaded.manager, str(view["id"]), NEW | {"cap": "many", "happened": "reached"})
    assert set(refused.errors or {}) == {"cap", "measure", "threshold", "action"}
    loaded.slack.keep(loaded.manager, str(view["id"]), NEW)
    assert (await loaded.slack.press_in_view(loaded.manager, str(view["id"]), "preview_automation")).ok

    def shown(words: str) -> bool:
        return words in words_of_view(loaded.slack.open_views(loaded.manager))

    await loaded.until(lambda: shown("Spent $412.50"), "a preview")
    assert (await loaded.slack.submit(loaded.manager, str(view["id"]), NEW)).ok
    await loaded.until(lambda: shown("is saved"), "a word that it is saved")
    loaded.leafly.place_order("downtown", shopper="jonah", items=[("Yuzu Seltzer", 1)])
    await loaded.card("Jonah R.", "Spent $")


async def test_what_somebody_wrote_can_neither_mention_nor_link(loaded: World) -> None:
    bot = await loaded.start_bot()
    wicked = "<!channel> <@U0ROSA> <https://evil.test|free> {{ profile.first_name }}"
    jonah = in_flowhub(loaded, "Jonah Reed")
    jonah.name, jonah.updated_at = "<!here>*_ Reed", bot.desk.now()
    await synced(loaded)
    await put(loaded, replace(WIN_BACK, template=wicked))
    await lapse(loaded, jonah.customer_id)
    post = await loaded.said("&lt;!channel&gt; &lt;@U0ROSA&gt; &lt;https://evil.test|free&gt; &lt;!here&gt;")
    assert "<!channel>" not in json.dumps(post.blocks)
    assert "<@U0ROSA>" not in json.dumps(post.blocks)


async def test_a_post_whose_answer_is_lost_is_not_made_twice(loaded: World) -> None:
    await loaded.start_bot()
    await put(loaded, WIN_BACK)
    loaded.slack.wire.add(Fault("cut_after_accept", path="/api/chat.postMessage"))
    await lapse(loaded, in_flowhub(loaded, "Jonah Reed").customer_id)
    await loaded.said("Jonah last ordered on")

    async def is_done() -> bool:
        assert loaded.bot is not None
        async with loaded.bot.database.read() as tx:
            states = await tx.connection.execute(text("SELECT state FROM deliveries WHERE kind = 'automation_post'"))
            return [state for (state,) in states] == ["done"]

    await eventually(is_done, lambda: "the post to be settled")
    said = [one for one in loaded.slack.messages(loaded.channel) if says(one, "Jonah last ordered on")]
    assert len(said) == 1


async def put(world: World, automation: Automation, *, secret: str = "") -> None:
    """On, and said at Downtown, wherever a customer is at home."""
    assert world.bot is not None
    made, now = replace(automation, is_on=True, post_at="downtown"), world.bot.desk.now()
    async with world.bot.database.write() as tx:
        await automations.put(tx, "", ACCOUNT, made, now=now, made_by=world.owner, secret=secret)


async def lapse(world: World, fh_id: str) -> None:
    """A customer comes to the segment of those who have not ordered for long."""
    assert world.bot is not None
    async with world.bot.database.write() as tx:
        at = world.bot.desk.now() + timedelta(milliseconds=1)
        await segments.add_moves(tx, ACCOUNT, at, {("lapsed_60", True, ""): [fh_id]})
    await look_for_occasions(world.bot.desk)


async def test_whoever_is_forgotten_is_gone_from_card_and_post(loaded: World) -> None:
    bot = await loaded.start_bot()
    await switch_on(loaded, "recognition")
    await put(loaded, WIN_BACK)
    await lapse(loaded, in_flowhub(loaded, "Jonah Reed").customer_id)
    post = await loaded.said("Jonah last ordered on")
    order = loaded.leafly.place_order("downtown", shopper="jonah", items=[("Yuzu Seltzer", 1)])
    card = await loaded.card("Jonah R.", "A regular:")
    loaded.flowhub.operator.sell((await loaded.in_pos("Jonah")).order_id)
    await loaded.card("Jonah R.", "Picked up")
    assert order
    assert (await loaded.slack.command(loaded.owner, loaded.channel, "/customer", f"forget {JONAH}")).ok
    await loaded.submit(loaded.owner, {"sure": "forget"})
    await loaded.until(lambda: says(post, "a customer who was forgotten"), "the post to be rewritten")
    await loaded.until(lambda: not says(card, "A regular:"), "the line to go")
    async with bot.database.read() as tx:
        rows = list(await tx.connection.execute(text("SELECT fh_id, sealed FROM firings")))
    assert rows == [("", ""), ("", "")]


async def test_the_owners_tool_is_told_with_a_signature_and_consents(loaded: World) -> None:
    """The tool is on this machine, which only tests allow; in the modal an address must be https and public."""
    await loaded.start_bot()
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    secret = new_secret()

    async def tool(request: web.Request) -> web.Response:
        told.put_nowait(Webhook(secret).verify(await request.text(), dict(request.headers)))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", tool)
    server = TestServer(app)
    await server.start_server()
    jonah = in_flowhub(loaded, "Jonah Reed")
    template = "{{ profile.first_name }}: {{ profile.fh_total_orders }} & more"
    there = replace(WIN_BACK, action=Action.WEBHOOK, url=str(server.make_url("/hook")), template=template)
    try:
        await put(loaded, there, secret=secret)
        await lapse(loaded, jonah.customer_id)
        first = await asyncio.wait_for(told.get(), 10)
    finally:
        await server.close()
    assert first["customer"] == {"fh_id": jonah.customer_id}
    assert set(first["consents"]) == {"sms", "email", "as_of"}
    assert first["text"].endswith("& more")
    assert first["text"].startswith(":"), "what leaves names nobody"


async def test_a_webhook_takes_an_owner_and_an_address_that_is_public(loaded: World) -> None:
    await loaded.start_bot(webhooks_to_private_addresses=False)
    hook = NEW | {"action": "webhook", "url": "https://127.0.0.1/hook"}
    for person, sentence in ((loaded.manager, "that takes an owner"), (loaded.owner, "inside a private network")):
        assert (await loaded.slack.command(person, loaded.channel, "/automations", "new")).ok
        view = await loaded.modal(person)
        answer = await loaded.slack.submit(person, str(view["id"]), hook)
        assert sentence in str(answer.errors) + words_of_view(loaded.slack.open_views(person))
