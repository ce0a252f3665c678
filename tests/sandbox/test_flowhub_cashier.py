"""What happens at the counter, and what of it is told to the integrator."""

from collections.abc import Callable

import pytest

from bot.sandbox.flowhub import FlowhubStandIn
from bot.sandbox.shop import NotPossible

from .running import ADDRESS, GUMMIES, ORDER, SHOP, flowhub_running, listening


async def test_each_step_is_readable_and_told_in_its_order() -> None:
    async with flowhub_running() as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=f"{bot.url}/hook")
        for step in (flowhub.stand_in.operator.start, flowhub.stand_in.operator.ready, flowhub.stand_in.operator.sell):
            step(order_id)
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == ["started", "ready", "sold"]
        assert bot.got[0] == ("POST", {"customerExternalId": "shopper-1", "orderId": order_id, "status": "started"})
        assert (await flowhub.status(order_id)).json()["status"] == "sold"


async def test_the_cashiers_screen_has_the_order_in_a_column() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order()
        order = flowhub.stand_in.orders[0]
        assert (order.column, order.shopper_name) == ("New Orders", "Maya Alvarez")
        flowhub.stand_in.operator.start(order_id, by="Theo Brandt")
        assert (order.column, order.changes[-1].by) == ("In Progress", "Theo Brandt")
        flowhub.stand_in.operator.ready(order_id)
        assert order.column == "Ready"


async def test_a_delivery_goes_its_own_way() -> None:
    async with flowhub_running() as flowhub, listening() as bot:
        order_id = await flowhub.new_order(orderType="delivery", address=ADDRESS, postbackUrl=bot.url)
        operator = flowhub.stand_in.operator
        for step in (operator.start, operator.ready, operator.queue, operator.dispatch):
            step(order_id)
        sale = operator.deliver(order_id)
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == ["started", "ready", "inQueue", "inTransit", "delivered"]
        assert (sale.order_type, sale.buyer_name) == ("delivery", "Maya Alvarez")


async def test_a_delivery_ends_as_a_sale_by_switch() -> None:
    async with flowhub_running(delivered_becomes_sold=True) as flowhub:
        order_id = await flowhub.new_order(orderType="delivery", address=ADDRESS)
        flowhub.stand_in.operator.deliver(order_id)
        assert [change.status for change in flowhub.stand_in.orders[0].changes] == ["new", "delivered", "sold"]


@pytest.mark.parametrize(
    ("step", "status"),
    [
        (lambda flowhub: flowhub.operator.fail, "unableToComplete"),
        (lambda flowhub: flowhub.operator.cannot_verify, "unableToVerify"),
        (lambda flowhub: flowhub.operator.delete, "deleted"),
    ],
)
async def test_a_delivery_may_fail_and_be_taken_up_again(
    step: Callable[[FlowhubStandIn], Callable[[str], object]], status: str
) -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order(orderType="delivery", address=ADDRESS)
        step(flowhub.stand_in)(order_id)
        assert (await flowhub.status(order_id)).json()["status"] == status
        flowhub.stand_in.operator.reopen(order_id, status="inQueue")
        assert (await flowhub.status(order_id)).json()["status"] == "inQueue"


async def test_a_till_does_not_do_what_makes_no_sense() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order()
        operator = flowhub.stand_in.operator
        with pytest.raises(NotPossible, match="for pickup, not for delivery"):
            operator.dispatch(order_id)
        with pytest.raises(NotPossible, match="still open"):
            operator.reopen(order_id)
        operator.sell(order_id)
        with pytest.raises(NotPossible, match="only reopening"):
            operator.delete(order_id)
        with pytest.raises(NotPossible, match="Nobody called"):
            operator.reopen(order_id, by="Somebody Else")
        with pytest.raises(NotPossible, match="has no order"):
            operator.start("no-such-order")
        with pytest.raises(NotPossible, match="has nothing called"):
            operator.walk_in_sale("downtown", [("Moon Rock Deluxe", 1)])


async def test_only_the_sale_lowers_the_shelf_and_reopening_gives_it_back() -> None:
    async with flowhub_running() as flowhub:
        stock, product = flowhub.stand_in.pos.stock, GUMMIES.product_id
        order_id = await flowhub.new_order()
        flowhub.stand_in.operator.ready(order_id)
        assert stock[product] == GUMMIES.quantity
        flowhub.stand_in.operator.sell(order_id)
        assert stock[product] == GUMMIES.quantity - 2
        flowhub.stand_in.operator.reopen(order_id)
        assert stock[product] == GUMMIES.quantity
        assert (await flowhub.sales())["orders"][-1]["voided"] is True


async def test_an_unknown_status_can_be_set_and_is_told_like_any_other() -> None:
    async with flowhub_running() as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=bot.url)
        flowhub.stand_in.operator.set_status(order_id, "awaitingMoonrise")
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == ["awaitingMoonrise"]
        assert flowhub.stand_in.orders[0].column == "New Orders"


# Postbacks -----------------------------------------------------------------------------------------------------------


async def test_an_order_without_an_address_is_told_to_nobody() -> None:
    async with flowhub_running() as flowhub:
        flowhub.stand_in.operator.start(await flowhub.new_order())
        await flowhub.stand_in.postbacks.settled()
        assert flowhub.stand_in.postbacks.sent == []


@pytest.mark.parametrize(
    ("manner", "told"),
    [("never", []), ("twice", ["started", "started", "ready", "ready"]), ("out_of_order", ["ready", "started"])],
)
async def test_postbacks_may_get_lost_come_twice_or_swap(manner: str, told: list[str]) -> None:
    async with flowhub_running(postback=manner, postback_late_seconds=0.01) as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=bot.url)
        flowhub.stand_in.operator.start(order_id)
        flowhub.stand_in.operator.ready(order_id)
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == told


async def test_the_last_swapped_postback_still_arrives() -> None:
    async with flowhub_running(postback="out_of_order", postback_late_seconds=0.01) as flowhub, listening() as bot:
        flowhub.stand_in.operator.start(await flowhub.new_order(postbackUrl=bot.url))
        await bot.changes.until(lambda: bot.statuses == ["started"])


async def test_a_late_postback_says_what_was_true_then() -> None:
    async with flowhub_running(postback="late", postback_late_seconds=0.01) as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=bot.url)
        flowhub.stand_in.operator.start(order_id)
        flowhub.switches.postback = "never"
        flowhub.stand_in.operator.ready(order_id)
        await bot.changes.until(lambda: bot.statuses == ["started"])
        assert (await flowhub.status(order_id)).json()["status"] == "ready"


async def test_method_body_and_choice_of_statuses_are_switches() -> None:
    switches = {"postback_method": "PUT", "postback_carries_body": False, "postback_statuses": ("ready",)}
    async with flowhub_running(**switches) as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=bot.url)
        flowhub.stand_in.operator.start(order_id)
        flowhub.stand_in.operator.ready(order_id)
        await flowhub.stand_in.postbacks.settled()
        assert bot.got == [("PUT", None)]


async def test_the_creation_is_told_only_by_switch() -> None:
    async with flowhub_running(postback_on_create=True) as flowhub, listening() as bot:
        await flowhub.new_order(postbackUrl=bot.url)
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == ["new"]


async def test_a_deletion_may_go_untold() -> None:
    async with flowhub_running(deletion_is_told=False) as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=bot.url)
        flowhub.stand_in.operator.delete(order_id)
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == []
        assert (await flowhub.status(order_id)).json()["status"] == "deleted"


async def test_asking_for_a_postback_gives_204_and_the_present_status_again() -> None:
    async with flowhub_running() as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=bot.url)
        url = f"{flowhub.url}/orderPostback/{order_id}"
        response = await flowhub.http.post(url, headers=await flowhub.bearer())
        assert (response.status_code, response.content) == (204, b"")
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == ["new"]
        flowhub.switches.resend_on_request = False
        await flowhub.http.post(url, headers=await flowhub.bearer())
        await flowhub.stand_in.postbacks.settled()
        assert bot.statuses == ["new"]


async def test_a_postback_that_fails_is_kept_in_the_record_and_tried_again_by_switch() -> None:
    async with flowhub_running(postback_retries=1) as flowhub, listening() as bot:
        order_id = await flowhub.new_order(postbackUrl=bot.url)
        bot.answers = [500]
        flowhub.stand_in.operator.start(order_id)
        await flowhub.stand_in.postbacks.settled()
        assert [postback.answered for postback in flowhub.stand_in.postbacks.sent] == [500, 200]

        unreachable = await flowhub.new_order(postbackUrl="http://127.0.0.1:9/nobody")
        flowhub.switches.postback_retries = 0
        flowhub.stand_in.operator.start(unreachable)
        await flowhub.stand_in.postbacks.settled()
        failed = flowhub.stand_in.postbacks.sent[-1]
        assert (failed.answered, failed.order_id) == (None, unreachable)
        assert failed.failed is not None
        assert "ConnectError" in failed.failed


# The till ------------------------------------------------------------------------------------------------------------


async def test_the_profile_with_that_phone_is_attached_at_checkout() -> None:
    async with flowhub_running() as flowhub:
        sale = flowhub.stand_in.operator.sell(await flowhub.new_order())
        profile = (await flowhub.read("/v1/customers/findByPhoneNumber", phone_number="3035550101")).json()["data"]
        assert sale.customer is not None
        assert (profile["name"], profile["id"]) == ("Maya Alvarez", sale.customer.customer_id)


async def test_a_stranger_gets_a_profile_at_checkout() -> None:
    async with flowhub_running() as flowhub:
        stranger = {"firstName": "Otis", "lastName": "Plum", "phone": "+13035550199", "birthDate": "1988-02-03"}
        path = "/v1/customers/findByPhoneNumber"
        assert (await flowhub.read(path, phone_number="3035550199")).status_code == 404
        flowhub.stand_in.operator.sell(await flowhub.new_order(customer=stranger))
        profile = (await flowhub.read(path, phone_number="3035550199")).json()["data"]
        assert (profile["name"], profile["birthDate"]) == ("Otis Plum", "1988-02-03")


async def test_the_cashier_may_add_items_and_a_discount() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order()
        flowhub.stand_in.operator.sell(order_id, discount_cents=500, extra=[("Cirrus Battery", 1)])
        row = (await flowhub.sales())["orders"][-1]
        assert [line["title1"] for line in row["itemsInCart"]] == ["Huckleberry Gummies", "Cirrus Battery"]
        assert row["totals"]["totalDiscounts"] == 5.0


async def test_without_a_partner_nobody_sees_a_foreign_order_until_it_is_sold() -> None:
    async with flowhub_running() as flowhub:
        before = (await flowhub.sales())["total"]
        order = flowhub.stand_in.operator.foreign_order("downtown", "jonah", [("Yuzu Seltzer", 4)], partner="Budfinder")
        assert (await flowhub.sales())["total"] == before
        flowhub.stand_in.operator.sell(order.order_id)
        rows = (await flowhub.sales())["orders"]
        assert (len(rows), rows[-1]["fullName"]) == (before + 1, "Jonah Reed")


async def test_tests_can_wait_for_what_the_client_does() -> None:
    async with flowhub_running() as flowhub:
        await flowhub.new_order()
        await flowhub.stand_in.until(lambda: flowhub.stand_in.created_count == 1)
        with pytest.raises(TimeoutError):
            await flowhub.stand_in.until(lambda: flowhub.stand_in.created_count == 2, timeout=0.01)


async def test_everybody_in_the_small_world_can_be_named() -> None:
    assert [store.key for store in SHOP.stores] == ["downtown", "uptown", "riverside"]
    assert all(shopper.phone.startswith("+130355501") for shopper in SHOP.shoppers)
    assert len(SHOP.store("uptown").import_id) == 17
    assert ORDER["orderItems"][0]["productId"] == SHOP.in_stock("downtown", "huckleberry gummies").product_id
