"""A scene of the customers: the desk recognises a regular, once somebody has switched that on."""

from bot.sandbox.sandbox import MANAGER
from bot.sandbox.slack import Message
from bot.sandbox.stage import says
from bot.sandbox.story.teller import Day

RECOGNITION = "Recognition"


async def a_regular_is_recognised(day: Day) -> None:
    """Theo switches recognition on by a click; Tessa's next card says how often she has ordered."""
    desk, theo = day.channel("downtown"), day.sandbox.people[MANAGER]
    await day.said("The first sync is complete", channel=desk)
    await day.slack.command(theo, desk, "/automations")
    listed = await day.told_privately(theo, f"*{RECOGNITION}*")
    await day.pause()
    answer = await day.slack.press(
        theo, listed.channel, listed.ts, "switch_automation_on", block_id=_buttons_of(listed, RECOGNITION)
    )
    assert answer.ok, answer.failure
    await day.told_privately(theo, f"*{RECOGNITION}* is on")
    await day.pause()
    order = day.leafly.place_order("downtown", shopper="tessa", items=[("Yuzu Seltzer", 2)])
    day.note("leafly", "downtown", str(order.order_id))
    card = await day.card("Tessa O.", "A regular:", channel=desk)
    await day.pause()
    in_pos = await day.in_pos("Tessa", store="downtown")
    for act in (day.flowhub.operator.start, day.flowhub.operator.ready, day.flowhub.operator.sell):
        act(in_pos.order_id)
    await day.until(lambda: says(card, "Picked up"), "the order to be picked up")


def _buttons_of(listed: Message, name: str) -> str:
    """The block of buttons below the entry of this name."""
    blocks = listed.blocks
    entry = next(n for n, block in enumerate(blocks) if name in str((block.get("text") or {}).get("text", "")))
    return str(blocks[entry + 1]["block_id"])
