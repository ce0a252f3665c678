"""Trees, customers and moments for property tests. Few values, so that boundaries and equals are met all the time."""

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import OPERATORS, SEGMENT_FIELDS
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Near, Not, Tree
from bot.rules.segments.trees import Operator as Op

ZONES = ["America/Denver", "America/New_York", "America/Anchorage", "Pacific/Honolulu", "America/Phoenix", "UTC"]
ODD_ZONES = ["America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia"]
"""Midnights that are skipped or come twice, and half an hour of summer time."""
TODAYS = [
    date(2026, 11, 21),
    date(2026, 3, 8),
    date(2026, 3, 9),
    date(2026, 11, 1),
    date(2026, 11, 2),
    date(2027, 1, 1),
]
"""Among them the days of 23 and of 25 hours of 2026, and the days after."""
LENGTHS = [1, 2, 3, 7, 30, 59, 60, 61]
NAMES = [
    "Flower", "FLOWER", "flow", "Pre-Roll", "Live Resin 1g", '"', "'", "\\", "%", "_", "100%", "a,b", ",", '","', "Ä", "ä", "Ⅷ",
    "🌿", "شمس", "İ", "ß", "K", "[", "Denver", "CO", "sold", "in-store", "VIP", "a\\\"b", "x" * 200, "null", "1",
]  # fmt: skip
CODES = ["80202", "80203", "80202-1234", "802", "8", "90210", "02134", "K1A 0B1", "k1a"]
AMOUNTS = [0, 1, 2, 3, 9_999, 10_000, 10_001, 10**12]
PLACES = [(39.75, -105.0), (39.76, -105.01), (34.09, -118.41), (61.2, -149.9), (21.3, -157.86)]

SHORT = st.sampled_from(NAMES)
MANY_NAMES = st.lists(SHORT, min_size=1, max_size=4).map(tuple)
NUMBERS = st.sampled_from(AMOUNTS)
DAYS = st.sampled_from(LENGTHS)
DATES = st.builds(
    lambda today, back: today - timedelta(days=back), st.sampled_from(TODAYS), st.sampled_from([0, *LENGTHS])
)
VALUES: dict[Op, st.SearchStrategy[object]] = {
    **dict.fromkeys((Op.MORE_THAN, Op.AT_LEAST, Op.LESS_THAN, Op.AT_MOST, Op.EQUALS), NUMBERS),
    Op.BETWEEN: st.tuples(NUMBERS, NUMBERS).map(lambda both: tuple(sorted(both))),
    **dict.fromkeys((Op.IN_PAST_DAYS, Op.NOT_IN_PAST_DAYS), DAYS),
    Op.DAYS_AGO_BETWEEN: st.tuples(DAYS | st.just(0), DAYS | st.just(0)).map(lambda both: tuple(sorted(both))),
    **dict.fromkeys((Op.BEFORE, Op.SINCE, Op.ON), DATES),
    Op.BETWEEN_DAYS: st.tuples(DATES, DATES).map(lambda both: tuple(sorted(both))),
    **dict.fromkeys((Op.IS, Op.IS_KNOWN), st.booleans()),
    **dict.fromkeys((Op.CONTAINS, Op.STARTS_WITH, Op.ANY_CONTAINS), SHORT),
    **dict.fromkeys((Op.IS_ONE_OF, Op.IS_NONE_OF, Op.INCLUDE_ANY, Op.INCLUDE_ALL, Op.INCLUDE_NONE), MANY_NAMES),
    Op.IN_AREAS: st.lists(st.sampled_from([code for code in CODES if " " not in code]), min_size=1, max_size=3).map(
        tuple
    ),
    Op.NEAR: st.builds(
        lambda place, miles: Near("80202", place[0], place[1], miles),
        st.sampled_from(PLACES),
        st.sampled_from([0.5, 1.0, 25.0, 500.0]),
    ),
}
ASKABLE = [(field.name, operator) for field in SEGMENT_FIELDS.values() for operator in OPERATORS[field.kind]]
CONDITIONS: st.SearchStrategy[Condition] = st.sampled_from(ASKABLE).flatmap(
    lambda asked: st.builds(Condition, st.just(asked[0]), st.just(asked[1]), VALUES[asked[1]])
)


def _grouped(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(AllOf, several) | st.builds(AnyOf, several) | st.builds(Not, inner)


TREES: st.SearchStrategy[Tree] = st.recursive(CONDITIONS, _grouped, max_leaves=6)
MOMENTS = st.builds(
    lambda zone, today, seconds: Asof(Asof(datetime.now(UTC), zone).start(today) + timedelta(seconds=seconds), zone),
    st.sampled_from(ZONES),
    st.sampled_from(TODAYS),
    st.sampled_from([0, 1, 3600, 43_200, 82_799]),
)


@st.composite
def moments_near(draw: st.DrawFn, asof: Asof) -> datetime | None:
    """Where it matters: at the beginning of a local day, or the smallest step beside it."""
    if draw(st.integers(0, 5)) == 0:
        return None
    return near_midnight(asof, draw(st.sampled_from([0, *LENGTHS])), draw(st.sampled_from([-1, 0, 1, 40_000_000_000])))


def near_midnight(asof: Asof, days_ago: int, microseconds: int) -> datetime:
    return asof.start(asof.today - timedelta(days=days_ago)) + timedelta(microseconds=microseconds)


@st.composite
def facts_at(draw: st.DrawFn, asof: Asof) -> Facts:
    return some_facts(draw(st.randoms(use_true_random=False)), asof)


def some_facts(chance: random.Random, asof: Asof, fh_id: str = "") -> Facts:
    def names() -> tuple[str, ...]:
        return tuple(chance.choice(NAMES) for _ in range(chance.randint(0, 3)))

    def at() -> datetime | None:
        if chance.random() < 0.15:
            return None
        return near_midnight(asof, chance.choice([-1, 0, *LENGTHS]), chance.choice([-1, 0, 1, 40_000_000_000]))

    def word() -> str:
        return chance.choice(["", *NAMES])

    latitude, longitude = chance.choice([(None, None), *PLACES])
    return Facts(
        fh_id=fh_id or word(),
        city=word(),
        state=word(),
        postal_code=chance.choice(["", *CODES]),
        latitude=latitude,
        longitude=longitude,
        has_email=chance.random() < 0.5,
        has_mobile=chance.random() < 0.5,
        is_loyal=chance.random() < 0.5,
        points=chance.choice(AMOUNTS),
        groups=names(),
        consents_email=chance.random() < 0.5,
        consents_sms=chance.random() < 0.5,
        total_spent_cents=chance.choice(AMOUNTS),
        total_orders=chance.choice(AMOUNTS[:5]),
        first_order_at=at(),
        last_order_at=at(),
        last_order_type=word(),
        last_order_status=word(),
        last_budtender=word(),
        products=names(),
        categories=names(),
        home_store_id=word(),
    )
