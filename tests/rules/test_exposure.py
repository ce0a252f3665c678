"""When a channel may be read by others than a store's own people, and what a signature covers."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.exposure import SAFE, Exposure, Risk, Standing, after_no_answer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

exposures = st.builds(
    Exposure,
    is_public=st.booleans(),
    shared_with=st.frozensets(st.sampled_from(["T1", "T2"])),
    guests=st.frozensets(st.sampled_from(["U1", "U2", "U3"])),
    is_unseen=st.booleans(),
)
standings = st.builds(Standing, seen=exposures, seen_at=st.sampled_from([None, NOW]), signed=exposures)


def test_each_risk_is_named() -> None:
    assert SAFE.risks == ()
    assert Exposure(is_public=True).risks == (Risk.PUBLIC,)
    assert Exposure(shared_with=frozenset({"T1"}), guests=frozenset({"U1"})).risks == (Risk.SHARED, Risk.GUESTS)
    assert Exposure(is_unseen=True).risks == (Risk.UNSEEN,)


@given(exposures)
def test_what_was_signed_is_covered_and_so_is_less_of_it(exposure: Exposure) -> None:
    assert exposure.is_covered_by(exposure)
    assert SAFE.is_covered_by(exposure)
    assert exposure.is_covered_by(SAFE) is (exposure == SAFE)


@given(exposures, exposures)
def test_what_goes_beyond_a_signature_is_exactly_what_is_missing_in_it(seen: Exposure, signed: Exposure) -> None:
    news = seen.beyond(signed)
    assert seen.is_covered_by(signed) is (news == SAFE)
    assert seen.is_covered_by(signed.with_(news))
    assert news.is_covered_by(seen)


@given(exposures, exposures)
def test_a_modal_tells_one_exposure_from_another(one: Exposure, other: Exposure) -> None:
    assert (one.fingerprint == other.fingerprint) is (one == other)


def test_nobody_posts_into_a_channel_that_was_never_looked_at() -> None:
    assert not Standing().may_post
    assert Standing(seen_at=NOW).may_post
    assert not Standing(seen_at=NOW, seen=Exposure(is_public=True)).may_post
    assert Standing(seen_at=NOW, seen=Exposure(is_public=True), signed=Exposure(is_public=True)).may_post


def test_a_channel_is_due_for_a_look_after_a_day() -> None:
    assert Standing().is_due(NOW)
    assert not Standing(seen_at=NOW).is_due(NOW + timedelta(hours=23, minutes=59))
    assert Standing(seen_at=NOW).is_due(NOW + timedelta(hours=24))


@given(standings, st.booleans())
def test_without_an_answer_no_store_stops_and_none_begins(known: Standing, may_never_look: bool) -> None:
    after = after_no_answer(known, NOW, heard=SAFE, may_never_look=may_never_look)
    assert after.signed == known.signed
    if known.seen_at is not None:
        assert after.may_post is known.may_post
        assert after.is_due(NOW)
    elif not (may_never_look and known.signed.is_unseen):
        assert not after.may_post


@given(standings, exposures)
def test_what_was_heard_counts_though_slack_does_not_answer(known: Standing, heard: Exposure) -> None:
    after = after_no_answer(known, NOW, heard=heard, may_never_look=False)
    if known.seen_at is not None:
        assert heard.is_covered_by(after.seen)
        assert known.seen.is_covered_by(after.seen)
