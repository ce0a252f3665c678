"""Orders of a store's own web shop: what staff see of them, and what the shop hears back."""

from datetime import UTC, datetime, timedelta

from bot.rules.deliveries import Delivery, Kind, State
from bot.store import deliveries
from tests.world import World, all_words


async def test_an_item_that_flowhub_does_not_know_is_on_the_card_in_words_and_in_the_note_for_the_cashier(
    world: World,
) -> None:
    await world.start_bot()
    sent = await world.webshop.place_order(
        "downtown",
        shopper="maya",
        items=[("Peach Ring Gummies", 2)],
        unlisted=[("Hemp Tote Bag", 1500)],
        note="Please ring the bell",
    )
    assert sent.status == 200, sent.answer
    card = await world.card("Maya A.", "Add by hand:* Hemp Tote Bag")
    assert "Please ring the bell" in all_words(card)
    assert ":warning: 1 × Hemp Tote Bag" in all_words(card)
    assert "2 × Peach Ring Gummies" in all_words(card)
    in_pos = await world.in_pos("Maya")
    assert in_pos.body["customerNote"] == "Please ring the bell\nAdd by hand: 1 × Hemp Tote Bag"
    assert [line["quantityPurchased"] for line in in_pos.body["orderItems"]] == [2]


async def test_an_order_of_nothing_that_flowhub_knows_is_still_an_order(world: World) -> None:
    await world.start_bot()
    await world.webshop.place_order("downtown", shopper="luis", unlisted=[("Hemp Tote Bag", 1500)])
    card = await world.card("Luis M.", "Not in Flowhub")
    assert "Send again" in all_words(card)
    await world.press(world.budtender, card, "its_there")
    assert "In Cashier, says a colleague" in all_words(await world.card("Luis M.", "says a colleague"))


async def test_the_web_shop_hears_each_step_once_and_in_words_that_it_can_verify(world: World) -> None:
    await world.start_bot()
    sent = await world.webshop.place_order("downtown", shopper="priya", items=[("Ginger Mints", 1)])
    in_pos = await world.in_pos("Priya")
    for step, status in (("start", "started"), ("ready", "ready"), ("sell", "sold")):
        getattr(world.flowhub.operator, step)(in_pos.order_id)
        await _until_told(world, sent.order_id, status)
    assert _statuses(world, sent.order_id) == ["new", "started", "ready", "sold"]
    assert not [hook for hook in world.webshop.hooks if hook.problem]
    hook = world.webshop.told_of(sent.order_id)[-1]
    assert hook.body["type"] == "order.status"
    assert hook.body["data"]["short_id"] in (await world.card("Priya N.")).text
    assert "Natarajan" not in str([hook.body for hook in world.webshop.hooks])


async def test_a_web_shop_that_fails_once_is_told_again_with_the_same_message(world: World) -> None:
    await world.start_bot()
    world.webshop.break_hooks(500, 1)
    began = datetime.now(UTC)
    sent = await world.webshop.place_order("downtown", shopper="walt", items=[("Ginger Mints", 1)])
    await world.webshop.until(lambda: bool(world.webshop.hooks))
    await world.card("Walt K.", "somebody claims it")
    waiting = await _row_of_the_first_webhook(world)
    assert (waiting.state, waiting.attempts) == (State.DUE, 1)
    assert timedelta(seconds=5) <= waiting.due_at - began <= timedelta(seconds=8)
    await world.webshop.until(lambda: len(world.webshop.told_of(sent.order_id)) == 1, timeout=world.patience)
    ids = {hook.webhook_id for hook in world.webshop.hooks}
    assert len(world.webshop.hooks) == 2
    assert len(ids) == 1


async def test_a_web_shop_that_is_gone_is_not_asked_again_and_the_thread_says_so(world: World) -> None:
    await world.start_bot()
    world.webshop.break_hooks(410, 100)
    await world.webshop.place_order("downtown", shopper="walt", items=[("Ginger Mints", 1)])
    await world.said("The web shop could not be told", "gone (HTTP 410)")
    assert len(world.webshop.hooks) == 1
    assert (await _row_of_the_first_webhook(world)).state is State.PARKED


async def test_a_web_order_for_later_says_when_it_is_wanted_and_what_the_fees_are(world: World) -> None:
    await world.start_bot()
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)
    await world.webshop.place_order(
        "downtown",
        shopper="nora",
        items=[("Arnica Balm 1:1", 1)],
        requested=(begins, begins + timedelta(minutes=30)),
        fees={"Bag": 10},
        discount_note="Elder day −10%",
    )
    card = await world.card("Nora B.", "Requested for")
    in_pos = await world.in_pos("Nora")
    assert str(int(begins.timestamp())) in all_words(card)
    assert ":label: Elder day −10%" in all_words(card)
    assert "give the discount at checkout" in all_words(card)
    assert in_pos.body["requestedFulfillmentTimeStart"] == begins.isoformat().replace("+00:00", "Z")
    assert in_pos.body["fees"] == [{"name": "Bag", "amount": 10}]
    assert in_pos.body["orderItems"][0]["discountNote"] == "Elder day −10%"
    assert in_pos.body["customer"]["medId"] == "CO-MED-0108-2093"
    assert "CO-MED" not in all_words(card)


async def _row_of_the_first_webhook(world: World) -> Delivery:
    assert world.bot is not None
    subject = world.webshop.hooks[0].webhook_id.removeprefix("msg_").replace("_", ":")
    async with world.bot.database.read() as tx:
        row = await deliveries.find(tx, Kind.WEBHOOK, subject)
    assert row is not None
    return row


async def _until_told(world: World, order_id: str, status: str) -> None:
    await world.webshop.until(lambda: _statuses(world, order_id)[-1:] == [status], timeout=world.patience)


def _statuses(world: World, order_id: str) -> list[str]:
    return [hook.body["data"]["status"] for hook in world.webshop.told_of(order_id)]
