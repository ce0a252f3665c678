"""What goes wrong for many stores at once is one line of the log."""

import structlog
from structlog.testing import capture_logs

from sync.told_once import MOST_NAMED, ToldOnce


def told(once: ToldOnce) -> list[tuple[str, list[str], int]]:
    with capture_logs() as logs:
        once.tell(structlog.get_logger(), "stores could not be looked at")
    assert all((line["log_level"], line["event"]) == ("warning", "stores could not be looked at") for line in logs)
    return [(line["why"], line["stores"], line["count"]) for line in logs]


def test_there_is_a_line_for_each_reason_with_some_of_the_stores_and_how_many() -> None:
    once = ToldOnce()
    for number in reversed(range(500)):
        once.note(f"s{number:03}", "Flowhub did not answer.")
    once.note("uptown", "The key is wrong.")
    some = [f"s{number:03}" for number in range(MOST_NAMED)]
    assert told(once) == [("Flowhub did not answer.", some, 500), ("The key is wrong.", ["uptown"], 1)]


def test_where_nothing_went_wrong_nothing_is_said() -> None:
    assert told(ToldOnce()) == []
