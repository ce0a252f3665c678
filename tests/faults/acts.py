"""What these tests do again and again, in few words."""

from tests.faults.waiting import eventually
from tests.world import World

ITEMS = [("Mesa Sunrise Pre-Roll", 1)]
SHOPPERS = ("jonah", "maya", "priya", "walt")


def order(world: World, shopper: str = "jonah", store: str = "downtown") -> None:
    """On Leafly."""
    world.leafly.place_order(store, shopper=shopper, items=ITEMS)


def channel(world: World, store: str) -> str:
    return world.sandbox.channels[store]


async def refused(world: World, method: str, code: str, *, times: int = 1) -> None:
    """Until Slack has refused a call in this way so often."""

    async def so_often() -> bool:
        return world.slack.refusals[method, code] >= times

    await eventually(so_often, lambda: f"{method} refused with {code}")
