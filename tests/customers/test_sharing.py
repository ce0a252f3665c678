"""What a run changes for the whole process is put back when the last one ends."""

import gc
import sys

import pytest

from bot.customers.sharing import SWITCH_SECONDS, YOUNG_OBJECTS, sharing_well


def test_two_runs_at_once_put_everything_back_when_the_second_ends() -> None:
    before = sys.getswitchinterval(), gc.get_threshold()
    with sharing_well():
        with pytest.raises(ValueError, match="gone wrong"), sharing_well():
            raise ValueError("gone wrong")
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
        assert gc.get_threshold()[0] == YOUNG_OBJECTS
        assert gc.get_freeze_count() > 0
    assert (sys.getswitchinterval(), gc.get_threshold()) == before
    assert gc.get_freeze_count() == 0
