"""What people are told of a sync: how far it is, how it ended, and the question that an owner must answer."""

from bot.messages.parts import Message, actions, at_time, button, confirm, context, how_long, plain, section
from bot.messages.parts import ended as with_stop
from bot.rules.customer_sync import Count, Report, RunKind, RunState
from bot.rules.sync_telling import Underway, time_left

NAMES = {"customers": "customers", "sales": "sales", "profiles": "profiles"}


def progress(one: Underway) -> Message:
    title = "The first sync is under way" if one.is_first else "A sync is under way"
    if not one.what:
        return _said(f":arrows_counterclockwise: *{title}*: asking Flowhub …", text=title)
    total = f" of {one.total:,}" if one.total else ""
    where = f" of {plain(one.store, 60)}" if one.store else ""
    left = time_left(one)
    then = f", about {how_long(left)} left for these" if left is not None else ""
    verb = "derived" if one.what == "profiles" else "read"
    line = f"{one.done:,}{total} {NAMES.get(one.what, 'records')}{where} {verb}{then}"
    blocks = [section(f":arrows_counterclockwise: *{title}*\n{line}")]
    if one.is_first:
        blocks.append(
            context("It goes on where it was if the bot is restarted. Figures are shown when it is complete.")
        )
    return Message(text=f"{title}: {line}", blocks=blocks)


def ended(report: Report, account: str) -> Message:
    """The report; of a run that the guard stopped, the question to an owner."""
    if report.state is RunState.STOPPED:
        return _stopped(report, account)
    if report.state is RunState.FAILED:
        goes_on = "It goes on by itself" if report.kind is RunKind.FIRST else "What was known stays"
        text = f":warning: *The sync did not end.* {with_stop(plain(report.problem, 200))} {goes_on}; the next run tries again."
        return _said(text, text="The sync did not end")
    title = "The first sync is complete" if report.kind is RunKind.FIRST else "Customers and sales are up to date"
    lines = [
        f":white_check_mark: *{title}*, in {report.seconds:,.0f} s",
        f"Customers: {_counted(report.customers)}",
        f"Sales: {_counted(report.sales)}",
        f"Profiles that read differently: {report.profiles:,}",
    ]
    return Message(text=title, blocks=[section("\n".join(lines))])


def _stopped(report: Report, account: str) -> Message:
    title = "A sync stopped before it wrote anything"
    why = with_stop(plain(report.problem, 200))
    ask = confirm("Let it go on?", "It is made again, and writes whatever it finds.", "Go on")
    blocks = [
        section(f":octagonal_sign: *{title}.* {why}\nAn owner must say whether that is right."),
        actions(
            "stopped_sync",
            button("Go on", "sync_anyway", account, style="danger", confirm=ask),
            button("Leave it", "leave_sync", account),
        ),
        context(f"Of {at_time(report.started_at)}. Everything is as it was; wrong credentials look like this too."),
    ]
    return Message(text=title, blocks=blocks)


def _counted(count: Count) -> str:
    some = {
        "new": count.inserted,
        "changed": count.updated,
        "as they were": count.unchanged,
        "gone": count.vanished,
        "unreadable": count.parked,
        "not kept": count.withheld,
    }
    rest = ", ".join(f"{number:,} {name}" for name, number in some.items() if number)
    return f"{count.read:,} read" + (f" ({rest})" if rest else "")


def already(one: Underway | None) -> Message:
    """Somebody asks for a sync while one is under way."""
    text = "A sync is under way already; it need not be asked for twice."
    if one is None or one.has_ended or not one.what:
        return _said(text)
    total = f" of {one.total:,}" if one.total else ""
    return _said(f"{text} {one.done:,}{total} {NAMES.get(one.what, 'records')} so far.")


def started(channel: str) -> Message:
    return _said(f"The sync has begun. A message in <#{channel}> tells how it goes.")


def goes_on(user_id: str) -> Message:
    return _said(f":arrow_forward: <@{user_id}> let the stopped sync go on. It is being made again.")


def left(user_id: str) -> Message:
    return _said(f":no_entry: <@{user_id}> left it: nothing was written, and everything is as it was.")


def _said(words: str, *, text: str = "") -> Message:
    return Message(text=text or words, blocks=[section(words)])
