"""Every other sentence that people read, exactly."""

from collections.abc import Callable
from functools import partial

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.messages import calls, channel_safety, home, private, roles, shortcuts
from bot.messages.audit import audit_log
from bot.messages.history import history_line, history_reply
from bot.messages.order_lists import one_order, open_orders, orders_help
from bot.messages.parts import Block, Message
from bot.rules.audit import Deed
from bot.rules.boards import Board, CustomersNow, SegmentSize, Today, in_order
from bot.rules.exposure import Exposure
from bot.rules.history import Event, Happened
from bot.rules.lateness import Clock
from bot.rules.order_values import Address, Contact, Order
from bot.rules.permissions import LEAST_ROLE, Act, Grant, Role, WhoCould
from bot.store.audit import Entry
from tests.messages.cards import STATES
from tests.messages.reading import as_read, view_as_read, what_slack_would_refuse, what_slack_would_refuse_to_open
from tests.named_orders import DOWNTOWN, JONAH, NOON, NORA, WALT, cancel_asked, claimed, minutes, now_in

LATER = NOON + minutes(85)
CONTACT = Contact(
    first_name="Jonah",
    last_name="Reed",
    phone="+17205550142",
    email="jonah_reed@example.com",
    birth_date="1991-04-02",
    customer_type="med",
    medical_id="MED-778812",
    address=Address(street1="12 Larkspur Lane", street2="Apt 4", city="Denver", state="CO", zip="80202"),
)


PUBLIC, UNSEEN = Exposure(is_public=True), Exposure(is_unseen=True)
SHARED = Exposure(shared_with=frozenset({"T0OTHER"}), guests=frozenset({"U0GUEST", "U0OTHER"}))
ENTRIES = [
    Entry(NOON, "U0ROSA", Deed.GIVE_ROLE, "U0THEO", store_key="downtown", reason="lead at downtown"),
    Entry(NOON, "U0ROSA", Deed.SIGN_OFF, "C0DOWNTOWN", store_key="downtown", reason="public"),
    Entry(NOON, "U0IMANI", Deed.REVEAL, "0b9f1f5e7c", store_key="downtown", reason="Delivery"),
    Entry(NOON, "U0IMANI", "rotate_credentials", "uptown", store_key="uptown"),
]
GRANTS = [
    Grant("U0THEO", Role.LEAD, "downtown"),
    Grant("S0CREW", Role.MANAGER),
    Grant("U0IMANI", Role.GUEST),
    Grant("U0NINA", Role.OWNER, "a store that the reader does not own"),
]


def renamed(order: Order, number: int) -> Order:
    own = {"key": f"{order.key}-{number}", "short_id": f"A{number:02d}", "arrived_at": NOON + minutes(number % 60)}
    return order.model_copy(update=own)


MIXED = [
    renamed(JONAH, 1),
    renamed(claimed(now_in("started")), 2),
    renamed(now_in("ready"), 3).model_copy(update={"late": "picked_up"}),
    renamed(now_in("inTransit", NORA), 4),
    renamed(now_in("weighing"), 5),
    renamed(cancel_asked(now_in("ready")), 6),
    renamed(JONAH, 7).model_copy(update={"late": "seen"}),
    renamed(WALT, 8),
]


def happened(kind: Happened, who: str = "", through: str = "", **detail: object) -> Event:
    return Event(NOON, kind, who, through, detail)


HISTORY = [
    happened(Happened.ORDER_RECEIVED, source="leafly"),
    happened(Happened.PLACED),
    happened(Happened.CLAIMED, "Imani", "slack"),
    happened(Happened.CANCEL_ASKED, "Theo", "slack", why="out_of_stock"),
    happened(Happened.CANCEL_ASKED, "The customer", "leafly", why="customer"),
    happened(Happened.CANCEL_PROVED),
    happened(Happened.CANCEL_PROVED, never_sent=True),
    happened(Happened.CANCEL_TOO_LATE),
    happened(Happened.PLACING_UNSURE),
    happened(Happened.PLACING_REFUSED, why="no such product"),
    happened(Happened.FOUND_BY_HAND, "Imani", "slack"),
    happened(Happened.SENT_AGAIN, "Imani", "slack"),
    happened(Happened.STATUS_CHANGED, through="postback", **{"from": "new", "to": "started", "move": "forward"}),
    happened(Happened.STATUS_CHANGED, through="poll", **{"from": "ready", "to": "started", "move": "back"}),
    happened(Happened.STATUS_CHANGED, through="pos", **{"from": "sold", "to": "ready", "move": "reopened"}),
    happened(Happened.STATUS_CHANGED, through="poll", **{"from": "ready", "to": "weighing", "move": "unclear"}),
    happened(Happened.VANISHED),
    happened(Happened.CLAIMED, "Theo", "slack", **{"from": "Imani"}),
    happened(Happened.RELEASED, "Theo", "slack"),
    happened(Happened.CONTACT_REVEALED, "Theo", "slack", why="Something is missing: the pre-rolls"),
    happened(Happened.ACKNOWLEDGED),
    happened(Happened.LEAFLY_TOLD, status="ready"),
    happened(Happened.LEAFLY_REFUSED, why="Leafly said no."),
    happened(Happened.STOREFRONT_TOLD, status="inTransit"),
    happened(Happened.STOREFRONT_TOLD, status="started", cancel=True),
    happened(Happened.STOREFRONT_NOT_TOLD, why="It did not answer. It was tried for three days."),
    happened(Happened.LATE, clock="ready", rung="reply"),
    happened(Happened.CLAIMED),
]


MESSAGES: dict[str, Callable[[], Message]] = {
    **{f"late: {clock.value}": partial(calls.late_reply, JONAH, clock, LATER) for clock in Clock},
    "late: a delivery": lambda: calls.late_reply(NORA, Clock.PICKED_UP, LATER),
    "still late: the group": lambda: calls.late_mention(JONAH, Clock.SEEN, DOWNTOWN, LATER),
    "still late: everybody": lambda: calls.late_mention(
        JONAH, Clock.SEEN, DOWNTOWN.model_copy(update={"mention": "here"}), LATER
    ),
    "still late: nobody named": lambda: calls.late_mention(
        JONAH, Clock.SEEN, DOWNTOWN.model_copy(update={"mention": ""}), LATER
    ),
    "cancel not proved": lambda: calls.cancel_nag(cancel_asked(now_in("ready")), LATER),
    "left over night: one": lambda: calls.left_overnight(DOWNTOWN, [now_in("ready")], NOON + minutes(1300)),
    "left over night: many": lambda: calls.left_overnight(
        DOWNTOWN, [renamed(now_in("ready"), number) for number in range(1, 61)], NOON + minutes(1300)
    ),
    "Flowhub is down": lambda: calls.flowhub_down(DOWNTOWN, NOON, "Flowhub did not answer."),
    "Flowhub is back": lambda: calls.flowhub_back(DOWNTOWN, NOON, LATER),
    "the channel is closed": lambda: calls.channel_closed(DOWNTOWN, NOON, "Slack said no: not in channel."),
    "the channel is open": lambda: calls.channel_opened(DOWNTOWN, NOON, LATER),
    "an order that could not be read": lambda: calls.unread_order("88001234", "Leafly's order can't be read."),
    "a card in doubt": lambda: calls.card_in_doubt(JONAH),
    "/orders: none": lambda: open_orders(DOWNTOWN, [], LATER),
    "/orders: some": lambda: open_orders(DOWNTOWN, MIXED, LATER),
    "/orders: one": lambda: open_orders(DOWNTOWN, [JONAH], LATER),
    "/orders: many": lambda: open_orders(DOWNTOWN, [renamed(JONAH, number) for number in range(1, 200)], LATER),
    "/orders: while Flowhub is down": lambda: open_orders(DOWNTOWN, [JONAH], LATER, down_since=NOON),
    "/orders show": lambda: one_order(STATES["cancel asked"], DOWNTOWN, HISTORY[:4]),
    "/orders show: nothing happened": lambda: one_order(JONAH, DOWNTOWN, []),
    "/orders help": lambda: orders_help(DOWNTOWN),
    "/orders help: elsewhere": lambda: orders_help(None),
    "no order desk": lambda: private.not_an_order_desk([DOWNTOWN]),
    "no order desk anywhere": lambda: private.not_an_order_desk([]),
    "no id": lambda: private.not_an_id("banana"),
    "which order": private.which_order,
    "no such order": lambda: private.no_such_order("A99", DOWNTOWN, ["A01", "A02"]),
    "no such order, none open": lambda: private.no_such_order("A99", DOWNTOWN, []),
    **{
        f"not allowed: {act.name.lower()}": partial(private.not_allowed, act, WhoCould(LEAST_ROLE[act]), store=DOWNTOWN)
        for act in Act
    },
    "not allowed: a guest": partial(
        private.not_allowed, Act.LOOK, WhoCould(Role.STAFF), store=DOWNTOWN, is_outsider=True
    ),
    "not allowed: who could is known": partial(
        private.not_allowed, Act.ROTATE, WhoCould(Role.MANAGER, ("U0THEO", "U0IMANI"), ("S0CREW",)), store=DOWNTOWN
    ),
    "the audit log": lambda: audit_log(ENTRIES, {"downtown": DOWNTOWN}),
    "the audit log: empty": lambda: audit_log([], {}),
    "a public channel: to an owner": lambda: channel_safety.channel_exposed(DOWNTOWN, PUBLIC, may_sign=True),
    "a public channel: to a manager": lambda: channel_safety.channel_exposed(
        DOWNTOWN, PUBLIC, may_sign=False, owners=["U0ROSA"]
    ),
    "a shared channel with guests": lambda: channel_safety.channel_exposed(DOWNTOWN, SHARED, may_sign=True),
    "a channel that can't be looked at": lambda: channel_safety.channel_exposed(DOWNTOWN, UNSEEN, may_sign=True),
    "signed off": lambda: channel_safety.signed_off(DOWNTOWN),
    "unknown reason": lambda: private.unknown_reason("weather"),
    "cancel asked": lambda: private.cancel_asked(JONAH),
    "something broke": private.something_broke,
    "too slow": private.too_slow,
    "try again": lambda: private.try_again_soon("Flowhub did not answer."),
    "contact details": lambda: private.contact_details(JONAH, CONTACT),
    "contact details: nothing given": lambda: private.contact_details(JONAH, Contact()),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_says(name: str, snapshot: SnapshotAssertion) -> None:
    message = MESSAGES[name]()
    assert what_slack_would_refuse(message) == []
    assert as_read(message) == snapshot


SIZES = (SegmentSize("No order in the past 60 days", 412), SegmentSize("Spent more than $100", 12_034))
BOARD = Board(
    DOWNTOWN,
    in_order(MIXED),
    Today(12, 3, 1),
    read_at=NOON,
    watched_at=NOON,
    customers=CustomersNow(NOON, 3, 1204, SIZES),
)
UPTOWN = DOWNTOWN.model_copy(update={"key": "uptown", "name": "Green Mesa Uptown"})

VIEWS: dict[str, Callable[[], Block]] = {
    "cancel": lambda: private.cancel_modal(NORA, "order-nora C0DOWNTOWN"),
    "reveal": lambda: private.reveal_modal(NORA, "order-nora C0DOWNTOWN"),
    "sign off": lambda: channel_safety.sign_off_modal(DOWNTOWN, SHARED, "downtown|abc C0DOWNTOWN"),
    "roles: none yet": lambda: roles.roles_modal([DOWNTOWN], [], everywhere=True),
    "roles: some": lambda: roles.roles_modal([DOWNTOWN, UPTOWN], GRANTS, everywhere=True, groups=[("Crew", "S0CREW")]),
    "roles: given": lambda: roles.roles_modal(
        [DOWNTOWN], GRANTS[:1], everywhere=False, done=roles.given("U0THEO", Role.LEAD, DOWNTOWN)
    ),
    "roles: not to oneself": lambda: roles.roles_modal([DOWNTOWN], [], everywhere=True, errors={"person": "own"}),
    "find, one store": lambda: shortcuts.find_modal([DOWNTOWN]),
    "find, two stores": lambda: shortcuts.find_modal([DOWNTOWN, UPTOWN]),
    "found": lambda: shortcuts.found(STATES["cancel asked"], DOWNTOWN, HISTORY[:4]),
    "told": lambda: shortcuts.told(private.not_an_id("banana")),
    "home": lambda: home.home([BOARD], LATER),
    "home: a quiet store whose Flowhub is down": lambda: home.home(
        [Board(UPTOWN, (), Today(0, 0, 0), down_since=NOON)], LATER
    ),
    "home: nothing read yet": lambda: home.home([Board(UPTOWN, (), Today(0, 0, 0))], LATER),
    "home: no store": lambda: home.home([], LATER),
    "home: the second page": lambda: home.home(
        [Board(DOWNTOWN, tuple(renamed(JONAH, number) for number in range(1, 28)), Today(27, 0, 0), NOON)],
        LATER,
        wanted_page=1,
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_the_view_says(name: str, snapshot: SnapshotAssertion) -> None:
    made = VIEWS[name]()
    assert what_slack_would_refuse_to_open(made) == []
    assert view_as_read(made) == snapshot


def test_a_board_that_is_too_long_keeps_its_foot() -> None:
    quiet = Board(UPTOWN, (), Today(0, 0, 0))
    busy = Board(DOWNTOWN, tuple(renamed(JONAH, number) for number in range(1, 60)), Today(59, 0, 0))
    made = home.home([busy, *[quiet] * 14], LATER)
    assert len(made["blocks"]) == 100
    assert [block["type"] for block in made["blocks"][-3:]] == ["actions", "context", "context"]


def test_the_history_in_plain_words(snapshot: SnapshotAssertion) -> None:
    assert {event.kind for event in HISTORY} == set(Happened)
    assert "\n".join(history_line(event) for event in HISTORY) == snapshot


def test_a_reply_about_a_very_long_silence_keeps_the_newest_lines_and_says_so() -> None:
    reply = history_reply([happened(Happened.CLAIMED, f"Imani {number}") for number in range(1, 500)])
    assert reply.text.startswith("_and before that ")
    assert "Imani 499 claimed it." in reply.text
    assert "Imani 1 " not in reply.text
    assert what_slack_would_refuse(reply) == []
