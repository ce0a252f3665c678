"""Nothing makes the loop stand still for long: what stays is not looked at again and again, what is over is let go."""

import gc
import logging
import weakref

from bot.long_lived import set_aside
from tests.conftest import forget_doors
from tests.faults.waiting import eventually
from tests.sandbox.running import flowhub_running
from tests.world import World


def test_what_is_there_is_not_looked_at_again_and_what_comes_later_is() -> None:
    before = {"a": ["list"]}
    set_aside()
    later = {"another": ["list"]}
    looked_at = set(map(id, gc.get_objects()))
    assert id(before) not in looked_at
    assert id(later) in looked_at


async def test_a_bot_that_was_closed_is_let_go(world: World) -> None:
    """Else a run of a thousand tests ends with a thousand bots, and each look for rubbish takes longer than Slack waits."""
    logging.disable()  # pytest keeps what is logged, and with a traceback all that its frames know
    try:
        bot = weakref.ref(await world.start_bot())
        await world.stop_bot()
    finally:
        logging.disable(logging.NOTSET)
    forget_doors()

    async def is_gone() -> bool:
        """A connection that was told to close may take a moment to be closed."""
        gc.collect()
        return bot() is None

    await eventually(is_gone, lambda: "nobody holds the bot any more")


async def test_a_stand_in_that_was_closed_is_let_go() -> None:
    async with flowhub_running() as flowhub:
        await flowhub.new_order()
        stand_in = weakref.ref(flowhub.stand_in)
    del flowhub
    forget_doors()
    gc.collect()
    assert stand_in() is None
