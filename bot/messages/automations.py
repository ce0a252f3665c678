"""Automations as people read them: the list, what one says in a channel, and what a try found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.messages.parts import (
    Block,
    Message,
    actions,
    button,
    clipped,
    confirm,
    context,
    counted,
    fitting,
    money,
    plain,
    section,
)
from bot.rules.automations import Action, Automation, Happened, Measure, Trigger

LONGEST_POST = 2_000
MOST_SHOWN = 20
"""Automations in a list: each takes two blocks, and Slack takes fifty."""
LIST_BYTES = 9_500
SUBCOMMANDS = {
    "new": "make one",
    "edit NAME": "change one",
    "try NAME": "what it would have done lately; nothing is posted",
    "pause NAME": "switch one off",
    "archive NAME": "put one away",
    "help": "this list",
}
MEASURES = {Measure.ORDERS: "orders", Measure.SPENT: "spent", Measure.POINTS: "points"}
ACTIONS = {
    Action.CARD_LINE: "a line on the order's card",
    Action.CHANNEL_POST: "a post in the store's channel",
    Action.WEBHOOK: "a signed webhook",
}


@dataclass(frozen=True)
class Lately:
    """How often an automation fired: on the store's day, in the past seven days, and there only in a dry run."""

    today: int = 0
    week: int = 0
    week_dry: int = 0


@dataclass(frozen=True)
class Listed:
    """`ref` names it in buttons."""

    ref: str
    automation: Automation
    lately: Lately = Lately()


def automation_list(
    listed: Sequence[Listed], segments: Mapping[str, str], *, place: str = "", done: str = ""
) -> Message:
    """The answer to `/automations`. `segments` are names by key, `place` names the stores where there are several accounts."""
    where = f" of {plain(place, 60)}" if place else ""
    blocks = [section(f"*Automations*{where}. What they do is done for staff; nothing goes to a customer.")]
    if done:
        blocks.append(section(done))
    entries = [_entry(one, segments) for one in listed[:MOST_SHOWN]]
    shown = fitting([str(entry) for entry in entries], LIST_BYTES)
    blocks += [block for entry in entries[:shown] for block in entry]
    if more := len(listed) - shown:
        rest = ", ".join(plain(one.automation.name, 40) for one in listed[shown:][:5])
        blocks.append(context(f"And {more} more, such as {rest}. `/automations edit NAME` opens one."))
    blocks.append(context("`/automations new` makes another one · `/automations help`"))
    return Message(
        text=f"Automations: {counted(sum(one.automation.is_on for one in listed), 'is', 'are')} on.", blocks=blocks
    )


def _entry(one: Listed, segments: Mapping[str, str]) -> list[Block]:
    automation, lately = one.automation, one.lately
    state = ":white_circle: off"
    if automation.is_on:
        state = ":test_tube: dry run" if automation.dry_run else ":large_green_circle: on"
    did = f"today {lately.today:,} of at most {automation.daily_cap:,} · {lately.week:,} in the past 7 days"
    dry = f" · {lately.week_dry:,} in a dry run" if lately.week_dry else ""
    switch = (
        button("Switch off", "switch_automation_off", one.ref)
        if automation.is_on
        else button("Switch on", "switch_automation_on", one.ref, style="primary")
    )
    text = f"*{plain(automation.name, 60)}*  {state}\n{described(automation, segments)}\n{did}{dry}"
    return [
        section(text),
        actions(
            f"automation {one.ref}"[:255],
            switch,
            button("Change", "edit_automation", one.ref),
            button("What would it do?", "try_automation", one.ref),
        ),
    ]


def described(automation: Automation, segments: Mapping[str, str]) -> str:
    return f"{trigger_words(automation.trigger, segments)}: {ACTIONS[automation.action]}"


def trigger_words(trigger: Trigger, segments: Mapping[str, str]) -> str:
    named = f"“{plain(segments.get(trigger.segment_key, 'a segment that is gone'), 60)}”" if trigger.segment_key else ""
    match trigger.happened:
        case Happened.ENTERED:
            return f"When a customer comes to {named}"
        case Happened.LEFT:
            return f"When a customer leaves {named}"
        case Happened.ORDER_RECEIVED:
            return f"When somebody in {named} orders" if named else "When a known customer orders"
        case Happened.REACHED:
            return f"When a customer reaches {threshold_words(trigger)}"
        case Happened.BIRTHDAY_WEEK:
            return "In the week of a customer's birthday"


def threshold_words(trigger: Trigger) -> str:
    match trigger.measure:
        case Measure.SPENT:
            return f"{money(trigger.threshold)} spent"
        case Measure.POINTS:
            return counted(trigger.threshold, "point")
        case _:
            return counted(trigger.threshold, "order")


def post(name: str, text: str) -> Message:
    """`text` is mrkdwn that can't mention."""
    shown = text if len(text) <= LONGEST_POST else clipped(text, LONGEST_POST)
    called = plain(name, 60) or "An automation"
    return Message(text=called, blocks=[section(shown), context(f":zap: {called}")])


def forgotten_post() -> Message:
    words = "_This was about a customer who was forgotten._"
    return Message(text="This was about a customer who was forgotten.", blocks=[section(words)])


def tried(
    automation: Automation, segments: Mapping[str, str], count: int, texts: Sequence[str], *, note: str = ""
) -> Message:
    """What it would have done. `texts` are samples, mrkdwn that can't mention."""
    days = "seven days"
    times = "never" if not count else "once" if count == 1 else f"{count:,} times"
    text = f"In the past {days} *{plain(automation.name, 60)}* would have acted {times}. Nothing was posted."
    blocks = [section(text), context(described(automation, segments))]
    blocks += [section(f"> {clipped(one, 300)}") for one in texts[:5]]
    if count > automation.daily_cap:
        blocks.append(context(f"It acts {automation.daily_cap:,} times on a day at most."))
    return Message(text=f"It would have acted {times}.", blocks=[*blocks, *([context(note)] if note else [])])


POINTS_HAVE_NO_PAST = (
    "Flowhub tells how many points somebody has now, and not since when: so points can't be tried out."
)


def archive_confirm() -> Block:
    return confirm(
        "Put it away?", "It does nothing any more and is not listed. What it did stays in the audit log.", "Archive"
    )


def automations_help() -> Message:
    lines = ["• `/automations`  the list, with what each did lately"]
    lines += [f"• `/automations {name}`  {what}" for name, what in SUBCOMMANDS.items()]
    return Message(
        text="What /automations can do",
        blocks=[
            section("*Automations: when something happens to a customer, staff hear of it*\n" + "\n".join(lines)),
            context("Each acts once for a customer and occasion, and so many times on a day at most."),
        ],
    )


def no_such_automation(text: str, names: Sequence[str]) -> Message:
    shown = f"There is no automation “{plain(text, 40)}” here." if text.strip() else "Say which automation you mean."
    known = ", ".join(plain(name, 60) for name in names[:20])
    return Message(text="No such automation", blocks=[section(f"{shown} There is: {known}.")])


def switched(automation: Automation) -> str:
    name = plain(automation.name, 60)
    if not automation.is_on:
        return f":white_check_mark: *{name}* is off."
    how = " It is a dry run: it is only noted in the audit log." if automation.dry_run else ""
    return f":white_check_mark: *{name}* is on. What happens from now on counts.{how}"


def archived(automation: Automation) -> str:
    return f":white_check_mark: *{plain(automation.name, 60)}* is put away."


def several_accounts() -> Message:
    text = "There are several Flowhub organisations here. Please type it in the channel of one of the stores."
    return Message(text=text, blocks=[section(text)])
