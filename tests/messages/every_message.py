"""Every message we send, by the name of the function that makes it, about one order and with words that somebody else wrote."""

from collections.abc import Callable, Iterator
from inspect import getmembers, isfunction
from typing import Any, get_type_hints

from bot.messages import (
    audit,
    calls,
    channel_safety,
    history,
    home,
    order_card,
    order_lists,
    private,
    roles,
    rush,
    shortcuts,
)
from bot.messages.parts import Block, Message
from bot.rules.audit import Deed
from bot.rules.boards import Board, Today
from bot.rules.exposure import Exposure
from bot.rules.history import Event, Happened
from bot.rules.lateness import Clock
from bot.rules.order_values import Order
from bot.rules.permissions import LEAST_ROLE, Act, Grant, Role, WhoCould
from bot.rules.rush import CatchUp, Rush, grouped
from bot.rules.stores import Store
from bot.store.audit import Entry
from tests.named_orders import NOON, minutes

MODULES = (audit, calls, channel_safety, history, home, order_card, order_lists, private, roles, rush, shortcuts)
WITH_CONTACT = "contact_details"
NAMING_PEOPLE = {"not_allowed", "audit_log", "channel_exposed", "roles_modal", "sign_off_modal"}
"""Private words that name who could help: only the reader sees them, so nobody is called."""
NAMED = ("U0THEO", "U0ROSA"), ("S0CREW",)


def events(words: str) -> list[Event]:
    """One of each kind that can happen, with `words` wherever somebody else's words may stand."""
    details: dict[Happened, dict[str, Any]] = {
        Happened.ORDER_RECEIVED: {"source": "leafly"},
        Happened.STATUS_CHANGED: {"from": "new", "to": words, "move": "unclear"},
        Happened.CLAIMED: {"from": words},
        Happened.CANCEL_ASKED: {"why": words},
        Happened.LATE: {"clock": "seen", "rung": "reply"},
        Happened.LEAFLY_TOLD: {"status": words},
        Happened.STOREFRONT_TOLD: {"status": words},
    }
    return [
        Event(NOON + minutes(number), kind, words, words, details.get(kind, {"why": words}), seq=number)
        for number, kind in enumerate(Happened)
    ]


EXPOSURES = (
    Exposure(is_public=True),
    Exposure(guests=frozenset({"U0THEO"})),
    Exposure(is_unseen=True),
    Exposure(is_public=True, is_unseen=True, shared_with=frozenset({"T1", "T2"}), guests=frozenset(NAMED[0])),
)


def entries(words: str) -> list[Entry]:
    """A line of each kind that the audit log has."""
    whats = ("U0THEO", "S0CREW", "C0DOWNTOWN", "0b9f1f5e", words)
    return [
        Entry(NOON, "U0ROSA", action, what, store_key="downtown", reason=words)
        for action in [*Deed, words]
        for what in whats
    ]


def messages(order: Order, store: Store, words: str) -> Iterator[tuple[str, Message]]:
    """All but the one that shows contact details."""
    now = NOON + minutes(90)
    yield "order_card", order_card.order_card(order, store)
    for clock in Clock:
        yield "late_reply", calls.late_reply(order, clock, now)
    yield "cancel_nag", calls.cancel_nag(order, now)
    yield "left_overnight", calls.left_overnight(store, [order] * 70, now)
    yield "flowhub_down", calls.flowhub_down(store, NOON, words)
    yield "flowhub_back", calls.flowhub_back(store, NOON, now)
    yield "channel_closed", calls.channel_closed(store, NOON, words)
    yield "channel_opened", calls.channel_opened(store, NOON, now)
    yield "unread_order", calls.unread_order(words, words)
    yield "card_in_doubt", calls.card_in_doubt(order)
    yield "history_reply", history.history_reply(events(words))
    yield "history_reply", history.history_reply(events(words) * 20)
    yield "open_orders", order_lists.open_orders(store, [], now)
    yield "open_orders", order_lists.open_orders(store, [order] * 120, now, down_since=NOON)
    yield "one_order", order_lists.one_order(order, store, events(words) * 3)
    yield "one_order", order_lists.one_order(order, store, [])
    yield "orders_help", order_lists.orders_help(store)
    yield "orders_help", order_lists.orders_help(None)
    yield "sentence", private.sentence("A sentence of our own.")
    yield "refusal", private.refusal(words)
    yield "not_an_order_desk", private.not_an_order_desk([store] * 30)
    yield "not_an_order_desk", private.not_an_order_desk([])
    yield "not_an_id", private.not_an_id(words)
    yield "which_order", private.which_order()
    yield "no_such_order", private.no_such_order("A07", store, ["A08"] * 200)
    yield "no_such_order", private.no_such_order("A07", store, [])
    for act in Act:
        for could in (WhoCould(LEAST_ROLE[act]), WhoCould(LEAST_ROLE[act], *NAMED)):
            yield "not_allowed", private.not_allowed(act, could, store=store)
            yield "not_allowed", private.not_allowed(act, could, is_outsider=True)
    yield "audit_log", audit.audit_log([], {})
    yield "audit_log", audit.audit_log(entries(words), {store.key: store})
    for exposure in EXPOSURES:
        yield "channel_exposed", channel_safety.channel_exposed(store, exposure, may_sign=True)
        yield "channel_exposed", channel_safety.channel_exposed(store, exposure, may_sign=False, owners=NAMED[0])
    for number in (1, 40):
        behind = CatchUp(
            (store, store), grouped([order] * number), Rush(since=NOON, finished=2, cancelled=1), number, now
        )
        yield "catch_up", rush.catch_up(behind)
    yield "caught_up", rush.caught_up(behind)
    yield "signed_off", channel_safety.signed_off(store)
    yield "unknown_reason", private.unknown_reason(words)
    yield "cancel_asked", private.cancel_asked(order)
    yield "something_broke", private.something_broke()
    yield "too_slow", private.too_slow()
    yield "try_again_soon", private.try_again_soon(words)


def views(order: Order, store: Store, words: str) -> Iterator[tuple[str, Block]]:
    """Every modal, and the Home tab."""
    now = NOON + minutes(90)
    metadata = f"{order.key} C0DOWNTOWN"
    yield "cancel_modal", private.cancel_modal(order, metadata)
    yield "reveal_modal", private.reveal_modal(order, metadata)
    for exposure in EXPOSURES:
        yield "sign_off_modal", channel_safety.sign_off_modal(store, exposure, f"downtown|abc {metadata}")
    grants = [Grant(who, role, at) for who in (*NAMED[0], *NAMED[1]) for role in Role for at in ("", store.key, "gone")]
    named = [("🌿" * 100, f"S0{number}") for number in range(150)]
    yield "roles_modal", roles.roles_modal([], [], everywhere=True)
    yield "roles_modal", roles.roles_modal([store] * 120, grants * 4, everywhere=False, groups=named)
    for field, code in (("person", "own"), ("group", "both"), ("role", "group")):
        yield "roles_modal", roles.roles_modal([store], grants, everywhere=True, errors={field: code})
    said = roles.given("U0THEO", Role.LEAD, store)
    yield "roles_modal", roles.roles_modal([store], grants, everywhere=True, groups=named[:1], done=said)
    yield "find_modal", shortcuts.find_modal([store])
    yield "find_modal", shortcuts.find_modal([store.model_copy(update={"key": str(number)}) for number in range(120)])
    yield "found", shortcuts.found(order, store, events(words) * 3)
    yield "found", shortcuts.found(order, store, [])
    yield "told", shortcuts.told(private.refusal(words))
    yield "home", home.home([], now)
    orders = tuple(order.model_copy(update={"key": f"{order.key}-{number}"}) for number in range(60))
    board = Board(store, orders, Today(60, 5, 1), read_at=NOON, watched_at=NOON)
    empty = Board(store, (), Today(0, 0, 0), down_since=NOON)
    yield "home", home.home([board], now)
    yield "home", home.home([board], now, wanted_page=1)
    yield "home", home.home([board, *[empty] * 14], now)


def makers() -> dict[str, Callable[..., Any]]:
    """Every public function of these modules that makes a message or a view."""
    return {
        name: function
        for module in MODULES
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and get_type_hints(function)["return"] in {Message, Block}
    }
