"""The story of the demo beside somebody who stops it, hurries it, begins it anew, or takes its scenes over."""

from playwright.async_api import expect

from bot.demo import Demo
from bot.sandbox.story import SCENES, Story
from tests.browser.pages import Console, Visits


async def begun(demo: Demo, visits: Visits, *, speed: float = 1) -> Console:
    """The page of a demo whose story has begun, and whose reader still reads the first sentence."""
    demo.story.read_at(speed)
    console = await visits.open(demo.page)
    demo.begin_story()
    await expect(console.story).to_contain_text("Jonah orders on Leafly")
    return console


async def test_a_paused_story_waits_and_goes_on_when_told(demo: Demo, visits: Visits) -> None:
    console = await begun(demo, visits)
    await console.story.get_by_role("button", name="Pause the story").click()
    go_on = console.story.get_by_role("button", name="Go on with the story")
    await expect(go_on).to_be_visible()
    await console.world.get_by_label("Speed of the story").select_option("Four times as fast")

    # The world itself does not stand still meanwhile.
    await console.order("Place an order on Leafly")
    await expect(console.card("Maya A.", "Claim")).to_be_visible()
    assert demo.story.told() | {"caption": ""} == {
        "state": "paused",
        "step": 1,
        "of": len(SCENES),
        "caption": "",
        "speed": 4,
    }
    await expect(console.card("Jonah R.")).to_have_count(0)

    await go_on.click()
    await expect(console.fact(console.card("Jonah R."), "Who has it")).to_contain_text("Imani")


async def test_a_story_that_is_started_over_begins_with_an_empty_desk(demo: Demo, visits: Visits) -> None:
    console = await begun(demo, visits, speed=2)
    await console.world.get_by_label("Speed of the story").select_option("Four times as fast")
    await expect(console.card("Jonah R.")).to_be_visible()
    await console.story.get_by_role("button", name="Start the story over").click()
    await expect(console.card("Jonah R.")).to_have_count(0)
    await expect(console.story.get_by_label(f"Step 1 of {len(SCENES)}")).to_be_visible()
    await expect(console.world.get_by_label("Speed of the story")).to_have_value("4")
    await expect(console.card("A01", "Jonah R.")).to_be_visible()


async def test_whoever_claims_first_does_not_stop_the_story(demo: Demo, visits: Visits) -> None:
    console = await begun(demo, visits, speed=4)
    card = console.card("Jonah R.")
    await expect(card.get_by_role("button", name="Claim")).to_be_visible()
    demo.story.pause()
    await console.press(card, "Claim")
    await expect(console.fact(card, "Who has it")).to_contain_text("Rosa")
    await console.story.get_by_role("button", name="Go on with the story").click()
    await expect(console.card("Jonah R.", "Ready")).to_contain_text("Rosa")


async def test_a_scene_that_was_taken_over_gives_way_to_the_next(demo: Demo, visits: Visits) -> None:
    console = await begun(demo, visits, speed=4)
    await expect(console.card("Jonah R.", "Claim")).to_be_visible()
    demo.story.pause()
    await console.cashier("Delete", "Jonah Reed")
    await expect(console.card("Jonah R.", "Cancelled")).to_be_visible()
    await console.story.get_by_role("button", name="Go on with the story").click()
    await expect(console.card("Priya N.", "Add by hand")).to_be_visible()


async def test_after_the_last_scene_the_desk_is_the_readers(demo: Demo, visits: Visits) -> None:
    demo.story = Story(demo.sandbox, SCENES[1:2], speed=4)
    console = await visits.open(demo.page)
    demo.begin_story()
    await expect(console.story).to_contain_text("The desk is yours")
    await expect(console.story.get_by_label("Step 1 of 1")).to_be_visible()
    await expect(console.story.get_by_role("button")).to_have_count(1)
    await expect(console.story.get_by_role("button", name="Start the story over")).to_be_visible()
