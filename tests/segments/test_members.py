"""The file of a segment's members: only whom something may reach, and nothing that a spreadsheet would run."""

import pytest

from bot.rules.customers import Personal
from bot.rules.profiles import Profile
from bot.segments.members import COLUMNS, defused, row_of
from bot.store.customers import Kept

CELLS = [
    ("Jonah", "Jonah"),
    ("=1+2", "'=1+2"),
    ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
    ("+1+2", "'+1+2"),
    ("+13035550102", "+13035550102"),
    ("-1", "'-1"),
    ("@SUM(1)", "'@SUM(1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("", ""),
    ("12.50", "12.50"),
]


@pytest.mark.parametrize(("cell", "written"), CELLS)
def test_a_formula_is_none_any_more(cell: str, written: str) -> None:
    assert defused(cell) == written


def somebody(*, email: bool, sms: bool, mobile: str = "+13035550102") -> Kept:
    return Kept(
        fh_id="-c1",
        account="green mesa",
        is_loyal=False,
        points=0,
        state="CO",
        city="Denver",
        postal_code="80202",
        latitude=None,
        longitude=None,
        consents_email=email,
        consents_sms=sms,
        groups=(),
        personal=Personal(first_name="=Jonah", last_name="Reed", email="j@example.com", mobile=mobile),
        profile=Profile(total_orders=2, total_spent_cents=12_345),
    )


REACHED: list[tuple[Kept, dict[str, str] | None]] = [
    (somebody(email=True, sms=True), {"email": "j@example.com", "mobile": "+13035550102"}),
    (somebody(email=True, sms=False), {"email": "j@example.com", "mobile": ""}),
    (somebody(email=False, sms=True), {"email": "", "mobile": "+13035550102"}),
    (somebody(email=False, sms=True, mobile=""), None),
    (somebody(email=False, sms=False), None),
]


@pytest.mark.parametrize(("one", "reached"), REACHED)
def test_only_those_whom_something_may_reach_are_in_it_and_only_with_that(
    one: Kept, reached: dict[str, str] | None
) -> None:
    row = row_of(one)
    if reached is None:
        assert row is None
        return
    assert row is not None
    named = dict(zip(COLUMNS, row, strict=True))
    assert {name: named[name] for name in ("email", "mobile")} == reached
    assert (named["fh_id"], named["first_name"], named["spent"], named["orders"]) == ("'-c1", "'=Jonah", "123.45", "2")
