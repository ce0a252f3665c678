"""Deliveries: what kinds there are, what states they pass through, and when a failed one is tried again.

A delivery is one thing that the outside must be told or asked. It is a row with a state before it is a call.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    TAKE_IN = "take_in"
    """A storefront order to be worked in."""
    FETCH = "fetch"
    """A Leafly order to be read and worked in."""
    LEAFLY_EVENT = "leafly_event"
    """Something that happened to an order at Leafly."""
    PLACE = "place"
    """The create in Flowhub, which must not be repeated blindly."""
    ASK_STATUS = "ask_status"
    """Read an order's status: a postback hinted at a change."""
    CARD = "card"
    """The order's card needs to be drawn."""
    HISTORY = "history"
    """Lines of the order's history that its thread lacks."""
    ESCALATE = "escalate"
    NAG = "nag"
    NOTICE = "notice"
    SYNC = "sync"
    """The one message that tells how a sync goes needs to be drawn."""
    RUSH = "rush"
    """The one living message that shows a channel's orders while their cards are behind needs to be drawn."""
    DIGEST = "digest"
    """A store's morning digest needs to be drawn."""
    SUMMARY = "summary"
    """The day's summary of a store's segments needs to be drawn."""
    MOVED = "moved"
    """A line in a summary's thread: many moved."""
    ACKNOWLEDGE = "acknowledge"
    TELL_LEAFLY = "tell_leafly"
    WEBHOOK = "webhook"
    OCCASION = "occasion"
    """An order that came in, to be looked at by automations."""
    AUTOMATION_POST = "automation_post"
    AUTOMATION_WEBHOOK = "automation_webhook"


WEBHOOKS = frozenset({Kind.WEBHOOK, Kind.AUTOMATION_WEBHOOK})
"""What is told to an address of an owner's."""
REPEATABLE = frozenset(
    {Kind.TAKE_IN, Kind.FETCH, Kind.LEAFLY_EVENT, Kind.ASK_STATUS, Kind.ACKNOWLEDGE, Kind.TELL_LEAFLY, Kind.OCCASION}
    | WEBHOOKS
)
"""Kinds whose call may be made twice without anybody seeing it. All others are leased before the call."""


class State(StrEnum):
    DUE = "due"
    SENDING = "sending"
    UNKNOWN = "unknown"
    """The call was made and its answer lost: look before doing anything."""
    HELD = "held"
    """Waits for a person."""
    PARKED = "parked"
    """Can't be done as things are; the problem says why. The next wish for it is another try."""
    DONE = "done"


@dataclass(frozen=True)
class Wanted:
    """A delivery to be made. `band` shares the lane fairly; lower `priority` goes first."""

    kind: Kind
    subject: str
    lane: str
    due_at: datetime
    order_key: str = ""
    store_key: str = ""
    band: str = ""
    priority: int = 5
    payload: dict[str, Any] = field(default_factory=dict)
    sealed: str = ""


@dataclass(frozen=True)
class Delivery:
    id: int
    kind: Kind
    subject: str
    lane: str
    band: str
    order_key: str
    store_key: str
    state: State
    wanted: int
    attempts: int
    due_at: datetime
    created_at: datetime
    payload: dict[str, Any]
    sealed: str
    priority: int = 5


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    `due_at` belongs to DUE and UNKNOWN. `counted` is False for waits that are nobody's failure, `called` is False when no
    call was made, so that it uses up no budget. `pause_seconds` is how long the other side asked the lane to wait.
    `written` says that the runner has written it down already, in the transaction of the change that belongs to it:
    between two transactions a process may die, and the change would be made again.
    """

    state: State
    due_at: datetime | None = None
    problem: str = ""
    counted: bool = True
    called: bool = True
    pause_seconds: float = 0.0
    payload: dict[str, Any] | None = None
    lane: str | None = None
    band: str | None = None
    written: bool = False


def waits(delivery: Delivery, until: datetime, problem: str = "") -> Outcome:
    """Put off without a call. What is in doubt stays in doubt: forgetting that would make the call twice."""
    state = State.UNKNOWN if delivery.state is State.UNKNOWN else State.DUE
    return Outcome(state, until, problem, counted=False, called=False)


DONE = Outcome(State.DONE)
NOTHING_TO_DO = Outcome(State.DONE, called=False)

# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md ("Deliverability and reliability")
WEBHOOK_WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)

LOOK_AFTER = timedelta(seconds=2)
"""How long after a lost answer one looks what became of the call: it may still be on its way."""

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0


def try_again_at(
    kind: Kind, attempts: int, now: datetime, *, draw: Callable[[], float], retry_after: float | None = None
) -> datetime | None:
    """When attempt number `attempts` + 1 is due after that many failures; None when it is time to give up.

    `draw` gives a number in [0, 1). Only webhooks to an owner's address are ever given up, after three days.
    """
    if kind in WEBHOOKS:
        if attempts > len(WEBHOOK_WAITS):
            return None
        # The jitter only lengthens a wait: cut short, the schedule would end before its three days are over.
        wait = WEBHOOK_WAITS[attempts - 1] * (1 + 0.1 * draw())
        return now + max(wait, timedelta(seconds=retry_after or 0))
    ceiling = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempts, 10))
    return now + timedelta(seconds=max(ceiling * draw(), 0.05, retry_after or 0))
