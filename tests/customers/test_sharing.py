"""What a run changes for the whole process is put back when the last one ends."""

import gc
import sys

import pytest

from bot.customers.sharing import SWITCH_SECONDS, YOUNG_OBJECTS, sharing_well
from bot.long_lived import set_aside


def test_two_runs_at_once_put_everything_back_when_the_second_ends() -> None:
    before = sys.getswitchinterval(), gc.get_threshold()
    with sharing_well():
        with pytest.raises(ValueError, match="gone wrong"), sharing_well():
            raise ValueError("gone wrong")
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
        assert gc.get_threshold()[0] == YOUNG_OBJECTS
    assert (sys.getswitchinterval(), gc.get_threshold()) == before


def test_what_was_set_aside_at_the_start_stays_so_after_a_run() -> None:
    """Else from the first sync on every look for rubbish would go through all that the bot is made of."""
    stays = {"a": ["list"]}
    set_aside()
    with sharing_well():
        pass
    assert id(stays) not in set(map(id, gc.get_objects()))
