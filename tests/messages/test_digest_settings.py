"""The modal of /digest settings: Slack opens it, and it asks everybody for what they may choose."""

from datetime import time

import pytest

from bot.messages import digest_settings
from bot.rules.telling import Quiet, Rollup, Telling
from tests.messages.reading import what_slack_would_refuse_to_open
from tests.named_orders import DOWNTOWN


@pytest.mark.parametrize("errors", [{}, dict.fromkeys(("at", "weekdays", "quiet_until", "rollup_channel"), "no_time")])
def test_the_settings_open_for_whoever_may_choose_more_and_less(errors: dict[str, str]) -> None:
    chosen = Telling(quiet=Quiet(begins=time(22), ends=time(7)), names=True)
    for names_possible, rollup in ((True, Rollup(workspace="", channel="C0ALL")), (False, None), (True, Rollup())):
        view = digest_settings.settings_modal(
            DOWNTOWN, chosen, "downtown C0", names_possible=names_possible, rollup=rollup, errors=errors
        )
        assert what_slack_would_refuse_to_open(view) == []
        asked = {block.get("block_id") for block in view["blocks"]}
        assert ("names" in asked, "rollup" in asked) == (names_possible, rollup is not None)
    assert what_slack_would_refuse_to_open(digest_settings.saved(DOWNTOWN, chosen)) == []
