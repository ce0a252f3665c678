"""Automations: what happens to a customer, what the shop wants done then, and that it is done once for each occasion.

Whatever is done is done for staff, or told to the owner's own marketing tool. Nothing goes to a customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bot.errors import Refused
from bot.rules.segments.facts import Facts


class Happened(StrEnum):
    ENTERED = "entered"
    LEFT = "left"
    ORDER_RECEIVED = "order_received"
    REACHED = "reached"
    BIRTHDAY_WEEK = "birthday_week"


class Measure(StrEnum):
    """What a threshold counts; cents for what was spent."""

    ORDERS = "orders"
    SPENT = "spent"
    POINTS = "points"


class Action(StrEnum):
    CARD_LINE = "card_line"
    """A line on the card of the customer's order, for whoever hands it over."""
    CHANNEL_POST = "channel_post"
    WEBHOOK = "webhook"
    """Signed, to the owner's own marketing tool, with the customer's id and consent flags and no contact."""


@dataclass(frozen=True)
class Trigger:
    """`segment_key` is for entering and leaving, and narrows an order received to members; `measure` and `threshold` are for
    reaching one: customers reach it when the number passes from below it to it or beyond."""

    happened: Happened
    segment_key: str = ""
    measure: Measure | None = None
    threshold: int = 0


@dataclass(frozen=True)
class Automation:
    """`template` is Liquid. `daily_cap` counts each local day of the store, `url` is a webhook's address.

    In a dry run it is decided and recorded what would be done, and nothing is done. `post_at` is the key of the store in whose
    channel it is said; without one it is the customer's home store.
    """

    key: str
    name: str
    trigger: Trigger
    action: Action
    template: str
    is_on: bool = False
    dry_run: bool = False
    daily_cap: int = 50
    url: str = ""
    post_at: str = ""


@dataclass(frozen=True)
class Happening:
    """One thing that happened to one customer. `before` and `after` are a measure's number; `birthday` is the day in this
    week that made it one; `order_key` is the order's whose card can carry a line."""

    happened: Happened
    fh_id: str
    at: datetime
    day: date
    """The store's local day."""
    segment_keys: frozenset[str] = frozenset()
    """For entering and leaving, that segment alone; for an order, all in which the customer is."""
    order_key: str = ""
    measure: Measure | None = None
    before: int = 0
    after: int = 0
    birthday: date | None = None


class Decision(StrEnum):
    FIRE = "fire"
    REHEARSE = "rehearse"
    """A dry run: recorded as fired, and nothing else."""
    OFF = "off"
    OTHER = "other"
    """Not what this automation waits for."""
    NO_CARD = "no_card"
    """There is no order whose card could carry a line."""
    DONE_BEFORE = "done_before"
    CAPPED = "capped"


def decide(automation: Automation, happening: Happening, *, done_before: bool, fired_today: int) -> Decision:
    """`done_before` is whether this automation has a record under the occasion's key, `fired_today` how many records of the
    store's local day it has; dry runs are counted among dry runs. Only what is FIRE or REHEARSE is recorded."""
    if not automation.is_on:
        return Decision.OFF
    if not _waits_for(automation.trigger, happening):
        return Decision.OTHER
    if automation.action is Action.CARD_LINE and not happening.order_key:
        return Decision.NO_CARD
    if done_before:
        return Decision.DONE_BEFORE
    if fired_today >= automation.daily_cap:
        return Decision.CAPPED
    return Decision.REHEARSE if automation.dry_run else Decision.FIRE


def _waits_for(trigger: Trigger, happening: Happening) -> bool:
    if trigger.happened is not happening.happened:
        return False
    if trigger.segment_key and trigger.segment_key not in happening.segment_keys:
        return False
    if trigger.happened is Happened.REACHED:
        return trigger.measure is happening.measure and happening.before < trigger.threshold <= happening.after
    return True


def occasion_key(automation: Automation, happening: Happening) -> str:
    """The same for everybody who sees this occasion, so that a unique key keeps it to one. A dry run has keys of its own,
    and spends no occasion."""
    match happening.happened:
        case Happened.ENTERED | Happened.LEFT:
            occasion = f"{happening.happened} {automation.trigger.segment_key} {happening.day.isoformat()}"
        case Happened.ORDER_RECEIVED:
            occasion = f"order {happening.order_key}"
        case Happened.REACHED:
            # Once in a life: a refund that takes the number below and the next purchase are no second occasion.
            occasion = f"reached {automation.trigger.measure} {automation.trigger.threshold}"
        case Happened.BIRTHDAY_WEEK:
            occasion = f"birthday {happening.birthday.year if happening.birthday else happening.day.year}"
    rehearsal = "dry " if automation.dry_run else ""
    return f"{rehearsal}{automation.key} {happening.fh_id} {occasion}"


WELCOME = Automation(
    "welcome",
    "Welcome",
    Trigger(Happened.REACHED, measure=Measure.ORDERS, threshold=1),
    Action.CHANNEL_POST,
    "{{ profile.first_name | default: 'Somebody' }} has ordered for the first time.",
)
WIN_BACK = Automation(
    "win_back",
    "Win back",
    Trigger(Happened.ENTERED, segment_key="lapsed_60"),
    Action.CHANNEL_POST,
    "{{ profile.first_name | default: 'Somebody' }} last ordered on {{ profile.fh_last_orderdate }}, "
    "and had {{ profile.fh_total_orders }} orders until then.",
)
RECOGNITION = Automation(
    "recognition",
    "Recognition",
    Trigger(Happened.ORDER_RECEIVED, segment_key="more_than_once"),
    Action.CARD_LINE,
    "A regular: {{ profile.fh_total_orders }} orders so far. Say thank you.",
)
READY_MADE = (WELCOME, WIN_BACK, RECOGNITION)
"""Enabled by one click; each can be changed."""
MOST_A_DAY = 1000


def check(automation: Automation) -> None:
    """Raises Refused with a sentence for a person. The template is checked where it is rendered."""
    trigger = automation.trigger
    if not automation.name.strip() or len(automation.name) > 60:
        raise Refused("An automation needs a name of at most 60 letters.")
    if trigger.happened in {Happened.ENTERED, Happened.LEFT} and not trigger.segment_key:
        raise Refused("Choose the segment that starts it.")
    if trigger.happened is Happened.REACHED and (trigger.measure is None or trigger.threshold < 1):
        raise Refused("Choose what is counted, and from which number on.")
    if not 1 <= automation.daily_cap <= MOST_A_DAY:
        raise Refused(f"The daily cap is a number from 1 to {MOST_A_DAY:,}.")
    if automation.action is Action.WEBHOOK and not automation.url.startswith("https://"):
        raise Refused("A webhook's address begins with https://.")
    if automation.action is Action.CARD_LINE and trigger.happened is not Happened.ORDER_RECEIVED:
        raise Refused("A line on a card needs an order: choose “order received”.")


def changes(before: Facts, after: Facts) -> Mapping[Measure, tuple[int, int]]:
    """The numbers that went up, for thresholds."""
    numbers = {
        Measure.ORDERS: (before.total_orders, after.total_orders),
        Measure.SPENT: (before.total_spent_cents, after.total_spent_cents),
        Measure.POINTS: (before.points, after.points),
    }
    return {measure: pair for measure, pair in numbers.items() if pair[0] < pair[1]}


def birthday_in_week(birth_date: str, day: date) -> date | None:
    """The birthday that lies in `day`'s week, Monday to Sunday; None when none does, or when `birth_date` (ISO) is none.

    Somebody born on 29 February has it on the 28th in other years. The year of birth goes no further than this.
    """
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=number) for number in range(7)]
    return next((one for one in week if one.year > born.year and _has_birthday(born, one)), None)


def _has_birthday(born: date, day: date) -> bool:
    if (born.month, born.day) == (2, 29) and (day.month, day.day) == (2, 28):
        return (day + timedelta(days=1)).day == 1
    return (born.month, born.day) == (day.month, day.day)


def webhook_body(
    automation: str, happened: Happened, at: datetime, facts: Facts, text: str, *, asof: datetime
) -> dict[str, object]:
    """What the owner's tool is told: whom (by Flowhub's id), why, and what that customer agrees to, with the moment at which
    it is so: a call that is repeated days later says what holds then. No name, no address, no number."""
    return {
        "type": "automation.fired",
        "automation": automation,
        "happened": happened.value,
        "at": at.astimezone(UTC).isoformat(),
        "customer": {"fh_id": facts.fh_id},
        "consents": {
            "sms": facts.consents_sms,
            "email": facts.consents_email,
            "as_of": asof.astimezone(UTC).isoformat(),
        },
        "text": text,
    }


def switched(automation: Automation, *, is_on: bool) -> Automation:
    return replace(automation, is_on=is_on)
