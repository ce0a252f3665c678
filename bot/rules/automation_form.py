"""What somebody typed into the modal of an automation: read into one, with a sentence under each field that is wrong."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from bot.errors import Refused
from bot.rules.automations import MOST_A_DAY, Action, Automation, Happened, Measure, Trigger, check
from bot.rules.order_values import printable

LONGEST_NAME = 60
HIGHEST = 100_000_000
Choice = TypeVar("Choice", bound=StrEnum)
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


class Field(StrEnum):
    """Block ids."""

    NAME = "name"
    HAPPENED = "happened"
    SEGMENT = "segment"
    MEASURE = "measure"
    THRESHOLD = "threshold"
    ACTION = "action"
    TEMPLATE = "template"
    POST_AT = "post_at"
    URL = "url"
    SECRET = "secret"  # noqa: S105  the name of a field
    CAP = "cap"
    STATE = "state"


class Wanted(StrEnum):
    """Whether it works."""

    ON = "on"
    DRY = "dry"
    OFF = "off"


@dataclass(frozen=True)
class Typed:
    """As it stands in the fields. `secret` is shown by no `repr`."""

    name: str = ""
    happened: str = ""
    segment: str = ""
    measure: str = ""
    threshold: str = ""
    action: str = ""
    template: str = ""
    post_at: str = ""
    url: str = ""
    secret: str = ""
    cap: str = ""
    state: str = ""

    def __repr__(self) -> str:
        return f"Typed({self.name!r})"


def typed_of(automation: Automation) -> Typed:
    """The fields of one that is there."""
    trigger = automation.trigger
    threshold = ""
    if trigger.measure is not None:
        dollars = trigger.measure is Measure.SPENT
        threshold = f"{Decimal(trigger.threshold) / 100:.2f}".removesuffix(".00") if dollars else str(trigger.threshold)
    return Typed(
        name=automation.name,
        happened=trigger.happened.value,
        segment=trigger.segment_key,
        measure=trigger.measure.value if trigger.measure is not None else "",
        threshold=threshold,
        action=automation.action.value,
        template=automation.template,
        post_at=automation.post_at,
        url=automation.url,
        cap=str(automation.daily_cap),
        state=(Wanted.DRY if automation.dry_run else Wanted.ON if automation.is_on else Wanted.OFF).value,
    )


def read(
    typed: Typed, key: str, *, segments: Collection[str], stores: Collection[str], names: Collection[str] = ()
) -> tuple[Automation | None, Mapping[Field, str]]:
    """The automation, or what stands under which field. `names` are those of the others, `segments` and `stores` the keys that
    can be chosen. The text is checked where it is rendered, the address where it is called."""
    wrong: dict[Field, str] = {}
    name = " ".join(printable(typed.name).split())
    if not name:
        wrong[Field.NAME] = "It needs a name."
    elif len(name) > LONGEST_NAME:
        wrong[Field.NAME] = f"A name has at most {LONGEST_NAME} letters."
    elif name.casefold() in {other.casefold() for other in names}:
        wrong[Field.NAME] = f"There is an automation “{name}” already."
    happened, action = _chosen(Happened, typed.happened), _chosen(Action, typed.action)
    if happened is None:
        wrong[Field.HAPPENED] = "Choose what starts it."
    if action is None:
        wrong[Field.ACTION] = "Choose what it does."
    trigger, more = _trigger(typed, happened or Happened.ORDER_RECEIVED, segments)
    wrong |= more if happened is not None else {}
    if action is Action.CARD_LINE and happened not in {None, Happened.ORDER_RECEIVED}:
        wrong[Field.ACTION] = "A line on a card needs an order: choose “an order is received”."
    if action is Action.WEBHOOK and not typed.url.strip().startswith("https://"):
        wrong[Field.URL] = "A webhook's address begins with https://."
    cap = _number(typed.cap)
    if cap is None or cap % 100 or not 1 <= cap // 100 <= MOST_A_DAY:
        wrong[Field.CAP] = f"A number from 1 to {MOST_A_DAY:,} is needed."
    if typed.post_at and typed.post_at not in stores:
        wrong[Field.POST_AT] = "This store is no longer set up here."
    template = "\n".join(printable(line) for line in typed.template.splitlines())
    if not template.strip():
        wrong[Field.TEMPLATE] = "The text is empty."
    if wrong or happened is None or action is None or cap is None:
        return None, wrong
    made = Automation(
        key=key,
        name=name,
        trigger=trigger,
        action=action,
        template=template,
        is_on=typed.state in {Wanted.ON, Wanted.DRY},
        dry_run=typed.state == Wanted.DRY,
        daily_cap=cap // 100,
        url=typed.url.strip() if action is Action.WEBHOOK else "",
        post_at=typed.post_at if action is Action.CHANNEL_POST else "",
    )
    try:
        check(made)
    except Refused as problem:
        return None, {Field.NAME: problem.sentence}
    return made, {}


def without_state(automation: Automation) -> Automation:
    """What it is, whether it works or not."""
    return replace(automation, is_on=False, dry_run=False)


def _trigger(typed: Typed, happened: Happened, segments: Collection[str]) -> tuple[Trigger, dict[Field, str]]:
    wrong: dict[Field, str] = {}
    segment = typed.segment if happened in {Happened.ENTERED, Happened.LEFT, Happened.ORDER_RECEIVED} else ""
    if happened in {Happened.ENTERED, Happened.LEFT} and not segment:
        wrong[Field.SEGMENT] = "Choose the segment that starts it."
    elif segment and segment not in segments:
        wrong[Field.SEGMENT] = "This segment is no longer there."
    if happened is not Happened.REACHED:
        return Trigger(happened, segment), wrong
    measure, hundredths = _chosen(Measure, typed.measure), _number(typed.threshold)
    if measure is None:
        wrong[Field.MEASURE] = "Choose what is counted."
    if hundredths is None or hundredths < 100 or (measure is not Measure.SPENT and hundredths % 100):
        example = "$500 or 99.50" if measure is Measure.SPENT else "10"
        wrong[Field.THRESHOLD] = f"A number from 1 on is needed, such as {example}."
        return Trigger(happened, measure=measure), wrong
    return Trigger(
        happened, measure=measure, threshold=hundredths if measure is Measure.SPENT else hundredths // 100
    ), wrong


def _number(text: str) -> int | None:
    """In hundredths: cents of an amount, or a hundred times a whole number; None when it is no number."""
    found = _NUMBER.fullmatch(text.strip().removeprefix("$").strip())
    if found is None or len(found[1]) > 12:
        return None
    number = int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))
    return number if number <= HIGHEST else None


def _chosen(kind: type[Choice], value: str) -> Choice | None:
    return kind(value) if value in {one.value for one in kind} else None
