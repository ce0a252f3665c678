"""What sales say about a customer: cents exact, voided and refunded ones counted rightly, whatever the order they come in."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.customers import BoughtLine, CustomerSale
from bot.rules.profiles import MOST_NAMES, Profile, profile_of

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GUMMIES, FLOWER = BoughtLine("Gummies", "Edibles"), BoughtLine("Blue Dream", "Flower")


def sale(sale_id: str, day: int = 0, cents: int = 1000, **changed: object) -> CustomerSale:
    values: dict[str, object] = {
        "sale_id": sale_id,
        "order_id": "",
        "store_id": "downtown",
        "customer_id": "jane",
        "created_at": NOON + day * DAY - timedelta(minutes=5),
        "completed_at": NOON + day * DAY,
        "order_type": "in-store",
        "status": "sold",
        "budtender": "Alice",
        "is_voided": False,
        "total_cents": cents,
        "original_id": "",
        "lines": (GUMMIES,),
    }
    return CustomerSale(**values | changed)  # type: ignore[arg-type]


def refund(of: str, cents: int, day: int = 1) -> CustomerSale:
    return sale(f"refund of {of} {day}", day, cents, original_id=of)


def test_somebody_who_never_bought_has_an_empty_profile() -> None:
    assert profile_of([]) == Profile()


def test_purchases_add_up_to_the_cent() -> None:
    found = profile_of([sale("a", 0, 1010), sale("b", 1, 2023), sale("c", 2, 3)])
    assert (found.total_spent_cents, found.total_orders) == (3036, 3)
    assert (found.first_order_at, found.last_order_at) == (NOON, NOON + 2 * DAY)


def test_a_row_that_is_there_twice_counts_once() -> None:
    assert profile_of([sale("a"), sale("a")]).total_orders == 1


def test_a_voided_sale_is_no_purchase_and_says_so() -> None:
    found = profile_of([sale("a"), sale("b", 1, budtender="Bob", order_type="pickup", is_voided=True)])
    assert (found.total_spent_cents, found.total_orders, found.last_order_at) == (1000, 1, NOON)
    assert (found.last_order_type, found.last_order_status, found.last_budtender) == ("pickup", "voided", "Alice")


def test_a_sale_whose_every_line_is_voided_is_voided() -> None:
    found = profile_of([sale("a", lines=(GUMMIES._replace(is_voided=True),))])
    assert (found.total_orders, found.last_order_status) == (0, "voided")


def test_a_voided_line_is_no_product_of_theirs() -> None:
    assert profile_of([sale("a", lines=(FLOWER, GUMMIES._replace(is_voided=True)))]).products == ("Blue Dream",)


def test_a_part_that_is_given_back_is_taken_off_and_the_order_stays() -> None:
    found = profile_of([sale("a"), refund("a", -300)])
    assert (found.total_spent_cents, found.total_orders, found.last_order_status) == (700, 1, "sold")


def test_what_is_given_back_as_a_whole_is_no_order() -> None:
    found = profile_of([sale("a"), sale("b", 2), refund("b", -1000, 3)])
    assert (found.total_spent_cents, found.total_orders) == (1000, 1)
    assert (found.last_order_at, found.last_order_status) == (NOON, "refunded")


def test_a_refund_counts_the_same_in_either_sign() -> None:
    assert profile_of([sale("a"), refund("a", 400)]) == profile_of([sale("a"), refund("a", -400)])


def test_two_partial_refunds_add_up_and_never_below_nothing() -> None:
    found = profile_of([sale("a"), refund("a", -600, 1), refund("a", -600, 2)])
    assert (found.total_spent_cents, found.total_orders) == (0, 0)


def test_a_refund_finds_its_sale_by_the_sales_other_id() -> None:
    assert profile_of([sale("a", order_id="order-a"), refund("order-a", -250)]).total_spent_cents == 750


def test_a_refund_of_a_voided_or_unknown_sale_takes_nothing_off_the_others() -> None:
    sales = [sale("a"), sale("b", 1, is_voided=True), refund("b", -1000, 2), refund("gone", -1000, 3)]
    assert profile_of(sales).total_spent_cents == 1000


def test_a_voided_refund_gives_nothing_back() -> None:
    assert profile_of([sale("a"), refund("a", -1000)._replace(is_voided=True)]).total_spent_cents == 1000


def test_an_order_that_is_not_paid_yet_is_no_purchase_but_the_latest_order() -> None:
    found = profile_of([sale("a"), sale("b", 1, status="pending", completed_at=None, order_type="pickup")])
    assert (found.total_orders, found.last_order_type, found.last_order_status) == (1, "pickup", "pending")


def test_a_cancelled_row_is_no_purchase_even_with_a_time_of_completion() -> None:
    assert profile_of([sale("a", status="cancelled")]).total_orders == 0


def test_products_and_categories_are_named_once_the_last_bought_first() -> None:
    found = profile_of([sale("a", lines=(GUMMIES,)), sale("b", 1, lines=(FLOWER, GUMMIES))])
    assert (found.products, found.categories) == (("Blue Dream", "Gummies"), ("Flower", "Edibles"))


def test_a_profile_that_everybody_is_rung_up_on_stays_small() -> None:
    lines = tuple(BoughtLine(f"Product {number}", "Flower") for number in range(2 * MOST_NAMES))
    assert len(profile_of([sale("a", lines=lines)]).products) == MOST_NAMES


def test_the_home_store_is_where_most_orders_were() -> None:
    sales = [sale("a", 0, store_id="uptown"), sale("b", 1, store_id="uptown"), sale("c", 2)]
    assert profile_of(sales).home_store_id == "uptown"


def test_of_two_stores_with_as_many_orders_the_latest_is_home() -> None:
    sales = [sale("a", 0), sale("b", 1, store_id="uptown"), sale("c", 2, store_id="uptown"), sale("d", 3)]
    assert profile_of(sales).home_store_id == "downtown"


def test_a_missing_budtender_is_the_one_before() -> None:
    assert profile_of([sale("a"), sale("b", 1, budtender="")]).last_budtender == "Alice"


ROWS = st.builds(
    lambda number, cents, voided, of, done: sale(
        f"s{number}",
        number % 3,
        cents,
        is_voided=voided,
        original_id=f"s{of}" if of is not None and of != number else "",
        completed_at=NOON + (number % 3) * DAY if done else None,
    ),
    st.integers(0, 8),
    st.integers(-5000, 5000),
    st.booleans(),
    st.none() | st.integers(0, 8),
    st.booleans(),
)


@given(
    st.lists(ROWS, max_size=8, unique_by=lambda row: row.sale_id).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
def test_the_order_in_which_rows_come_changes_nothing(both: tuple[list[CustomerSale], list[CustomerSale]]) -> None:
    rows, shuffled = both
    assert profile_of(shuffled) == profile_of(rows)


def test_a_refund_that_names_no_sale_is_taken_off_what_was_spent() -> None:
    found = profile_of([sale("a"), sale("b", 1, -400)])
    assert (found.total_spent_cents, found.total_orders, found.last_order_at) == (600, 1, NOON)


@given(st.lists(ROWS, max_size=12))
def test_nobody_spent_less_than_nothing(rows: list[CustomerSale]) -> None:
    found = profile_of(rows)
    assert found.total_spent_cents >= 0
    assert (found.total_orders == 0) == (found.first_order_at is None)
