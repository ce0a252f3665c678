"""The scenes. Each is a sentence for the page and the acts that make it true; each ends when it can be seen in Slack."""

from bot.sandbox.sandbox import BUDTENDER, MANAGER, OWNER
from bot.sandbox.story.customers import morning_digest, summary_of_segments
from bot.sandbox.story.regulars import a_regular_is_recognised
from bot.sandbox.story.segments import a_segment_is_made
from bot.sandbox.story.teller import Day, Scene
from bot.sandbox.wire import Fault


async def arrives_and_is_claimed(day: Day) -> None:
    desk, imani = day.channel("downtown"), day.sandbox.people[BUDTENDER]
    order = day.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    day.note("leafly", "downtown", str(order.order_id))
    await day.card("Jonah R.", "Claim", channel=desk)
    await day.pause()
    await day.claim(imani, "Jonah R.", channel=desk)
    await day.pause()
    in_pos = await day.in_pos("Jonah")
    day.flowhub.operator.start(in_pos.order_id)
    await day.card("Jonah R.", "In progress", channel=desk)
    await day.pause()
    day.flowhub.operator.ready(in_pos.order_id)
    await day.card("Jonah R.", "Ready", channel=desk)


async def web_shop_with_a_wish(day: Day) -> None:
    desk = day.channel("downtown")
    order = await day.webshop.place_order(
        "downtown",
        shopper="priya",
        items=[("Blue Arroyo Disposable", 1), ("Yuzu Seltzer", 4)],
        unlisted=[("Rosemary Bath Salts", 1800)],
        note="I come by bike, please pack it flat.",
    )
    day.note("storefront", "downtown", order.body["order_id"])
    await day.card("Priya N.", "Add by hand", channel=desk)


async def list_and_reveal(day: Day) -> None:
    desk, rosa, imani = day.channel("downtown"), day.sandbox.people[OWNER], day.sandbox.people[BUDTENDER]
    await day.slack.command(rosa, desk, "/orders")
    await day.told_privately(rosa, "open order")
    await day.pause()
    await day.press(imani, await day.card("Priya N.", "Reveal contact", channel=desk), "reveal_contact")
    await day.submit(imani, {"reason": "Something is missing"})
    await day.told_privately(imani, "Only you see this")


async def cancelled_with_proof(day: Day) -> None:
    desk, theo = day.channel("downtown"), day.sandbox.people[MANAGER]
    await day.press(theo, await day.card("Priya N.", "Ask to cancel", channel=desk), "ask_to_cancel")
    await day.submit(theo, {"reason": "out_of_stock"})
    await day.card("Priya N.", "Remove it in Cashier", channel=desk)
    await day.pause()
    day.flowhub.operator.delete((await day.in_pos("Priya")).order_id)
    await day.card("Priya N.", "Cancelled", "Proved by Flowhub", channel=desk)


async def picked_up(day: Day) -> None:
    day.flowhub.operator.sell((await day.in_pos("Jonah")).order_id)
    await day.card("Jonah R.", "Picked up", channel=day.channel("downtown"))


async def second_store_connected(day: Day) -> None:
    """The account is known from Downtown, so only what is new is asked for; everything is checked before it is saved."""
    desk, theo = day.channel("uptown"), day.sandbox.people[MANAGER]
    store = day.sandbox.shop.store("uptown")
    await day.slack.command(theo, desk, "/flowhub", "connect")
    await day.pause()
    await day.fill(
        theo,
        {
            "location": store.location_id,
            "order_ahead_client_id": store.order_ahead_client_id,
            "order_ahead_token": store.order_ahead_token,
            "channel": desk,
            "leafly_key": store.leafly_key,
            "closes": "21:00",
            "mention": day.sandbox.crew,
        },
    )
    card = await day.said("is connected", "Order Ahead token", channel=desk)
    await day.pause()
    await day.close_modal(theo)
    await day.press(theo, card, "order_ahead_is_on")
    await day.said("is connected", "Somebody checked it in Flowhub", channel=desk)


async def delivery_with_a_deal(day: Day) -> None:
    desk = day.channel("uptown")
    order = day.leafly.place_order(
        "uptown", shopper="tessa", items=[("Ginger Mints", 2)], deal="Patient Tuesday", delivery=True
    )
    day.note("leafly", "uptown", str(order.order_id))
    in_pos = await day.in_pos("Tessa")
    await day.card("Tessa O.", "Delivery", "deal", channel=desk)
    operator = day.flowhub.operator
    for act, word in (
        (operator.start, "In progress"),
        (operator.ready, "Ready"),
        (operator.queue, "Waiting for a driver"),
        (operator.dispatch, "On the road"),
        (operator.deliver, "Delivered"),
    ):
        await day.pause()
        act(in_pos.order_id)
        await day.card("Tessa O.", word, channel=desk)


async def lost_answer(day: Day) -> None:
    """Flowhub took the order and its answer was lost. A person looks; the next postback proves it."""
    desk, imani = day.channel("uptown"), day.sandbox.people[BUDTENDER]
    day.flowhub.wire.add(Fault("cut_after_accept", path="/order-ahead/v0/create"))
    order = day.leafly.place_order("uptown", shopper="dana", items=[("Juniper Kush - Eighth", 1)])
    day.note("leafly", "uptown", str(order.order_id))
    card = await day.card("Dana W.", "Did it arrive?", channel=desk)
    await day.pause()
    await day.press(imani, card, "its_there")
    await day.card("Dana W.", "says a colleague", channel=desk)
    await day.pause()
    in_pos = await day.in_pos("Dana")
    day.flowhub.operator.start(in_pos.order_id)
    await day.card("Dana W.", "In progress", channel=desk)
    day.flowhub.operator.ready(in_pos.order_id)
    await day.card("Dana W.", "Ready", channel=desk)


async def another_system(day: Day) -> None:
    desk = day.channel("riverside")
    day.flowhub.switches.open_orders_visible = True
    order = day.flowhub.operator.foreign_order("riverside", "luis", [("Peach Ring Gummies", 1)])
    day.note("flowhub", "riverside", order.row_id)
    await day.card("Luis M.", "Point of sale", channel=desk)
    await day.pause()
    day.flowhub.operator.start(order.order_id)
    day.flowhub.operator.ready(order.order_id)
    day.flowhub.operator.sell(order.order_id)
    await day.card("Luis M.", "Picked up", channel=desk)


async def nobody_comes(day: Day) -> None:
    """The clocks of Riverside are quick, so that this need not take ten minutes."""
    desk, imani = day.channel("riverside"), day.sandbox.people[BUDTENDER]
    order = day.leafly.place_order("riverside", shopper="walt", items=[("Arnica Balm 1:1", 1)])
    day.note("leafly", "riverside", str(order.order_id))
    await day.said("is late", "nobody has taken it", channel=desk)
    await day.said("still waits", channel=desk)
    await day.pause()
    await day.claim(imani, "Walt K.", channel=desk)


async def shopper_changes_mind(day: Day) -> None:
    desk = day.channel("riverside")
    order = day.leafly.place_order("riverside", shopper="nora", items=[("Dark Chocolate Bar", 1)])
    day.note("leafly", "riverside", str(order.order_id))
    in_pos = await day.in_pos("Nora")
    await day.card("Nora B.", channel=desk)
    await day.leafly.until(lambda: order.acknowledged_at is not None)
    await day.pause()
    day.leafly.shopper_cancels(order.order_id)
    await day.card("Nora B.", "Cancel asked by the customer", channel=desk)
    await day.pause()
    day.flowhub.operator.delete(in_pos.order_id)
    await day.card("Nora B.", "Proved by Flowhub", channel=desk)


async def too_late(day: Day) -> None:
    desk, theo = day.channel("uptown"), day.sandbox.people[MANAGER]
    await day.press(theo, await day.card("Dana W.", "Ask to cancel", channel=desk), "ask_to_cancel")
    await day.submit(theo, {"reason": "customer"})
    await day.card("Dana W.", "Remove it in Cashier", channel=desk)
    day.flowhub.operator.sell((await day.in_pos("Dana")).order_id)
    await day.card("Dana W.", "Too late to cancel", channel=desk)


async def bad_weather(day: Day) -> None:
    """Postbacks get lost, Slack loses an answer and asks for patience; nothing is lost, nothing is doubled."""
    desk = day.channel("downtown")
    day.flowhub.switches.postback = "never"
    day.slack.wire.add(Fault("cut_after_accept", path="/api/chat.postMessage"))
    day.slack.wire.add(Fault("rate_limited", path="/api/chat.update", seconds=1))
    order = await day.webshop.place_order("downtown", shopper="maya", items=[("Huckleberry Gummies", 2)])
    day.note("storefront", "downtown", order.body["order_id"])
    await day.card("Maya A.", channel=desk)
    in_pos = await day.in_pos("Maya")
    await day.pause()
    day.flowhub.operator.start(in_pos.order_id)
    await day.card("Maya A.", "In progress", channel=desk)
    day.flowhub.switches.postback = "once"
    day.flowhub.operator.ready(in_pos.order_id)
    await day.card("Maya A.", "Ready", channel=desk)
    day.flowhub.operator.sell(in_pos.order_id)
    await day.card("Maya A.", "Picked up", channel=desk)


async def failed_deliveries(day: Day) -> None:
    desk = day.channel("uptown")
    for shopper, name, ending, word in (
        ("walt", "Walt K.", day.flowhub.operator.fail, "Delivery failed"),
        ("luis", "Luis M.", day.flowhub.operator.cannot_verify, "ID check failed"),
    ):
        order = day.leafly.place_order("uptown", shopper=shopper, items=[("Dark Chocolate Bar", 1)], delivery=True)
        day.note("leafly", "uptown", str(order.order_id))
        await day.card(name, channel=desk)
        in_pos = await day.in_pos(name.split()[0], store="uptown")
        for act in (day.flowhub.operator.start, day.flowhub.operator.ready, day.flowhub.operator.dispatch):
            act(in_pos.order_id)
        await day.card(name, "On the road", channel=desk)
        await day.pause()
        ending(in_pos.order_id)
        await day.card(name, word, channel=desk)


SCENES: tuple[Scene, ...] = (
    (
        "Jonah orders on Leafly. His card appears in #downtown-orders; Imani claims it and packs it.",
        arrives_and_is_claimed,
    ),
    ("Priya orders in the web shop, with something that Flowhub doesn't have in stock.", web_shop_with_a_wish),
    ("Rosa lists the open orders; Imani needs Priya's phone number, for her eyes only.", list_and_reveal),
    ("Theo asks to cancel. Only Cashier can: the card asks for it and waits for the proof.", cancelled_with_proof),
    ("Jonah comes by and pays.", picked_up),
    (
        "Theo connects Uptown with /flowhub connect: its keys are tried, its channel is looked at.",
        second_store_connected,
    ),
    ("In #uptown-orders, Tessa's delivery goes out with a deal from Leafly.", delivery_with_a_deal),
    ("Flowhub's answer gets lost. Nothing is sent twice: Imani looks, and presses a button.", lost_answer),
    ("In #riverside-orders, another system puts an order straight into the point of sale.", another_system),
    ("Nobody takes Walt's order: first a word in the thread, then the crew is called.", nobody_comes),
    ("Nora changes her mind on Leafly. The desk is asked to remove the order.", shopper_changes_mind),
    ("Theo asks to cancel Dana's order a moment too late.", too_late),
    ("Theo makes a segment: who orders often and may be written to. He sees who it would be.", a_segment_is_made),
    (
        "Bad weather: lost postbacks, a lost answer from Slack, rate limits. Watch: nothing is lost or doubled.",
        bad_weather,
    ),
    ("Two deliveries go wrong.", failed_deliveries),
    (
        "Every hour customers are read from Flowhub; here that is a minute. A summary tells who came and who is drifting away.",
        summary_of_segments,
    ),
    ("Each morning there is a digest of the day before. Theo does not want to wait until eight.", morning_digest),
    ("Theo has regulars recognised, and Tessa orders again: her card says so.", a_regular_is_recognised),
)
