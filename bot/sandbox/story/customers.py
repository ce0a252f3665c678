"""The scenes about customers: what a store is told of them."""

from bot.sandbox.sandbox import MANAGER
from bot.sandbox.slack import Message
from bot.sandbox.stage import says
from bot.sandbox.story.teller import Day


async def summary_of_segments(day: Day) -> None:
    """Customers were read while the day went on; the summary is there since then, and is kept up to date."""
    await day.said("Customers of Downtown", "No order in the past 60 days", channel=day.channel("downtown"))


async def morning_digest(day: Day) -> None:
    """Its time is eight in the morning; whoever does not want to wait asks for it."""
    desk, theo = day.channel("downtown"), day.sandbox.people[MANAGER]
    await day.slack.command(theo, desk, "/digest", "now")

    def there() -> Message | None:
        live = (one for one in day.slack.all_messages() if one.channel == desk and not one.deleted)
        return next((one for one in live if says(one, "All sales", "Customers") and _has_picture(one)), None)

    await day.slack.await_until(there, day.patience, "a digest with its picture")


def _has_picture(message: Message) -> bool:
    return any(block["type"] == "image" for block in message.blocks)
