"""/customer: one customer's profile, masked until somebody permitted gives a reason."""

from collections.abc import Iterator

import pytest

from bot.rules.permissions import Grant, Role
from bot.sandbox import Sandbox
from bot.store import audit, roles
from tests.stories.customers import (
    JONAH,
    asked,
    everything_slack_saw,
    in_flowhub,
    record_everything,
    synced,
    words_of_view,
)
from tests.world import World, all_words, says


@pytest.fixture
def medical_ids(sandbox: Sandbox) -> Iterator[None]:
    sandbox.flowhub.switches.medical_ids_readable = True
    mask = sandbox.slack.wire.mask
    yield
    sandbox.slack.wire.mask = mask


@pytest.mark.parametrize("text", [JONAH, "+1 303 555 0102", "3035550102", "Jonah.REED@Example.com", "ID"])
async def test_a_customer_is_found_by_phone_email_and_id(loaded: World, text: str) -> None:
    await loaded.start_bot()
    known = in_flowhub(loaded, "Jonah Reed")
    answer = await asked(loaded, loaded.manager, known.customer_id if text == "ID" else text)
    assert says(answer, "Jonah R.", "…02", "j…@…", "Only you see this")
    assert not says(answer, "Reed")


async def test_staff_hear_who_could(world: World) -> None:
    await world.start_bot()
    answer = await asked(world, world.budtender, JONAH)
    assert says(answer, "You may not look up customers at Downtown", "that takes a lead", f"<@{world.manager}>")
    answer = await asked(world, world.guest, JONAH, channel=world.sandbox.general)
    assert says(answer, "guests and people of other workspaces can't")


async def test_before_the_first_sync_nobody_is_known(world: World) -> None:
    await world.start_bot()
    assert says(await asked(world, world.manager, JONAH), "the first sync has not been made")


async def test_words_for_what_is_not_found_or_not_readable(loaded: World) -> None:
    await loaded.start_bot()
    assert says(await asked(loaded, loaded.manager, "303 555 9999"), "Nobody here has that phone number")
    for text in ("what is this", "jonah@", "@", "<>", "x" * 200, "12 34", "💚"):
        answer = await asked(loaded, loaded.manager, text)
        assert says(answer, "no phone number, e-mail address or Flowhub id"), text
        assert not says(answer, text)
    assert says(await asked(loaded, loaded.manager, ""), "/customer forget")


async def test_two_profiles_with_one_phone_are_told_apart(loaded: World) -> None:
    bot = await loaded.start_bot()
    maya, jonah = in_flowhub(loaded, "Maya Alvarez"), in_flowhub(loaded, "Jonah Reed")
    maya.phone = jonah.phone
    maya.updated_at = bot.desk.now()
    await synced(loaded)
    answer = await asked(loaded, loaded.manager, JONAH)
    assert says(answer, "2 profiles fit", "Maya A.", "Jonah R.", maya.customer_id, jonah.customer_id)
    assert says(await asked(loaded, loaded.manager, maya.customer_id), "Maya A.", "Spent")


async def test_details_take_a_reason_and_leave_a_line_in_the_audit_log(loaded: World) -> None:
    bot = await loaded.start_bot()
    answer = await asked(loaded, loaded.manager, JONAH)
    assert (await loaded.slack.press(loaded.manager, answer.channel, answer.ts, "reveal_customer")).ok
    view = await loaded.modal(loaded.manager)
    refused = await loaded.slack.submit(loaded.manager, view["id"], {})
    assert not refused.ok
    await loaded.submit(loaded.manager, {"reason": "A complaint", "more": "call jonah.reed@example.com"})

    def shown() -> bool:
        return "Jonah Reed" in words_of_view(loaded.slack.open_views(loaded.manager))

    await loaded.until(shown, "the details")
    details = words_of_view(loaded.slack.open_views(loaded.manager))
    assert all(
        word in details for word in ("+13035550102", "jonah.reed@example.com", "77 Wynkoop Court", "Bought lately")
    )
    async with bot.database.read() as tx:
        (entry,) = [one for one in await audit.newest(tx, "", most=9) if one.action == "reveal_customer"]
    assert (entry.who, entry.reason) == (loaded.manager, "A complaint: call …")
    assert "jonah" not in entry.what.lower()
    assert in_flowhub(loaded, "Jonah Reed").customer_id not in entry.what


async def test_a_lead_sees_the_profile_and_not_the_details(loaded: World) -> None:
    bot = await loaded.start_bot()
    async with bot.database.write() as tx:
        grant = Grant(loaded.budtender, Role.LEAD, "downtown")
        await roles.give(tx, "", grant, given_by=loaded.owner, at=bot.desk.now())
    answer = await asked(loaded, loaded.budtender, JONAH)
    assert says(answer, "Jonah R.")
    before = len(loaded.slack.ephemerals(loaded.budtender))
    await loaded.slack.press(loaded.budtender, answer.channel, answer.ts, "reveal_customer")
    await loaded.until(lambda: len(loaded.slack.ephemerals(loaded.budtender)) > before, "a refusal")
    assert says(loaded.slack.ephemerals(loaded.budtender)[-1], "that takes a manager")
    assert not loaded.slack.open_views(loaded.budtender)


@pytest.mark.usefixtures("medical_ids")
async def test_nothing_sensitive_reaches_slack(loaded: World) -> None:
    await loaded.start_bot()
    record_everything(loaded)
    tessa = in_flowhub(loaded, "Tessa Okafor")
    answer = await asked(loaded, loaded.owner, tessa.customer_id)
    assert says(answer, "Tessa O.")
    await loaded.slack.press(loaded.owner, answer.channel, answer.ts, "reveal_customer")
    await loaded.submit(loaded.owner, {"reason": "They asked what we keep"})
    await loaded.until(lambda: "Tessa Okafor" in words_of_view(loaded.slack.open_views(loaded.owner)), "the details")
    seen = everything_slack_saw(loaded)
    assert tessa.medical_id
    for sensitive in (tessa.medical_id, "4471", tessa.birth_date.isoformat(), "medCustomer", "recCustomer", '"med"'):
        assert sensitive not in seen
    assert all_words(answer)
