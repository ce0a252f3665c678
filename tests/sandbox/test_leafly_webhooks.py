"""What Leafly, its shoppers and its couriers tell the integrator."""

import pytest

from bot.sandbox.leafly import Switches
from bot.sandbox.shop import NotPossible

from .running_leafly import GUMMY_ORDER, leafly_running


@pytest.mark.parametrize(("answers", "tries"), [([500, 404, 204], 4), ([201], 1), ([503] * 9, 4)])
async def test_anything_but_200_and_201_is_tried_three_times_more(answers: list[int], tries: int) -> None:
    async with leafly_running() as leafly:
        leafly.bot.answers = list(answers)
        leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        await leafly.stand_in.webhooks.settled()
        assert [attempt.number for attempt in leafly.stand_in.webhooks.attempts] == list(range(1, tries + 1))
        assert len(set(leafly.bot.raw)) == 1


async def test_an_answer_that_takes_too_long_counts_as_none() -> None:
    async with leafly_running(webhook_timeout_seconds=0.0) as leafly:
        leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        await leafly.stand_in.webhooks.settled()
        attempts = leafly.stand_in.webhooks.attempts
        assert (len(attempts), attempts[0].accepted) == (4, False)
        assert attempts[0].failed == "no answer within 0 s"


async def test_a_webhook_to_nobody_is_recorded_and_not_raised() -> None:
    async with leafly_running() as leafly:
        leafly.stand_in.webhooks.url = "http://127.0.0.1:9/nobody"
        leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        await leafly.stand_in.webhooks.settled()
        assert "ConnectError" in str(leafly.stand_in.webhooks.attempts[-1].failed)


async def test_events_may_come_twice() -> None:
    async with leafly_running(webhooks_twice=True) as leafly:
        leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        await leafly.stand_in.webhooks.settled()
        assert leafly.bot.raw[0] == leafly.bot.raw[1]


async def test_a_shopper_and_a_courier_act_behind_the_integrators_back() -> None:
    async with leafly_running() as leafly:
        canceled = await leafly.accepted()
        moved = await leafly.accepted(delivery=True)
        await leafly.stand_in.webhooks.settled()
        leafly.stand_in.shopper_cancels(canceled.order_id)
        leafly.stand_in.courier_moves(moved.order_id, "out_for_delivery")
        await leafly.stand_in.webhooks.settled()
        told = {body["eventType"]: body for _, body in leafly.bot.got[2:] if body is not None}
        assert told["order_cancel"]["cancelReason"] == "customer"
        assert told["order_status"]["status"] == "out_for_delivery"
        with pytest.raises(NotPossible, match="already canceled"):
            leafly.stand_in.shopper_cancels(canceled.order_id)
        with pytest.raises(NotPossible, match="can't make"):
            leafly.stand_in.courier_moves(moved.order_id, "pending")


async def test_a_preview_is_answered_in_the_response_and_never_tried_again() -> None:
    async with leafly_running() as leafly:
        leafly.bot.body = {"cartItems": [], "taxes": []}
        items = [("Yuzu Seltzer", 2)]
        assert await leafly.stand_in.shopper_looks_at_cart("downtown", items=items, shopper="tessa") == leafly.bot.body
        preview = leafly.bot.got[0][1]
        assert preview is not None
        assert (preview["medicalStatus"], preview["cartItems"][0]["discountedPrice"]) == ("medical", 1400)
        leafly.bot.answers = [500]
        assert await leafly.stand_in.shopper_looks_at_cart("downtown", items=items) is None
        assert leafly.bot.events == ["order_preview", "order_preview"]


async def test_an_integrator_can_keep_the_integration_off_but_not_on() -> None:
    async with leafly_running() as leafly:
        leafly.bot.answers = [500, 200, 500]
        assert [await leafly.stand_in.owner_activates("downtown") for _ in range(2)] == [False, True]
        await leafly.stand_in.owner_deactivates("downtown")
        assert leafly.bot.events == ["order_activate", "order_activate", "order_deactivate"]


async def test_what_no_shopper_can_do() -> None:
    async with leafly_running() as leafly:
        place = leafly.stand_in.place_order
        with pytest.raises(NotPossible, match="at least one item"):
            place("downtown", shopper="maya")
        with pytest.raises(NotPossible, match="no store"):
            place("midtown", **GUMMY_ORDER)
        with pytest.raises(NotPossible, match="no shopper"):
            place("downtown", shopper="nobody", items=[("Yuzu Seltzer", 1)])
        with pytest.raises(NotPossible, match="asked for 0 times"):
            place("downtown", shopper="maya", items=[("Yuzu Seltzer", 0)])
        with pytest.raises(NotPossible, match="Leafly has no order"):
            leafly.stand_in.order("none")


async def test_a_reset_forgets_the_orders_and_their_deadlines() -> None:
    async with leafly_running(acknowledge_within_seconds=30) as leafly:
        leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        leafly.stand_in.switches.webhooks_twice = True
        await leafly.stand_in.reset()
        assert (leafly.stand_in.orders, leafly.stand_in.webhooks.attempts) == ([], [])
        assert leafly.stand_in.switches == Switches(retry_wait_scale=0.0, acknowledge_within_seconds=30)
