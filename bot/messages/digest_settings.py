"""`/digest`: its help, its answers, and the modal in which a manager chooses what a store is told of its customers."""

from collections.abc import Mapping, Sequence
from datetime import time

from bot.messages.forms import channel_picker, form, menu, ticks, time_picker, under
from bot.messages.parts import Block, Message, context, divider, plain, section
from bot.rules.stores import Store
from bot.rules.telling import Often, Rollup, Telling

SETTINGS_MODAL = "digest_settings"
ON, OFF = "on", "off"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OFTEN = {
    Often.EACH_SYNC: "Kept up to date after each sync",
    Often.DAILY: "Once a day",
    Often.NEVER: "None",
}
NAMES = "names"
ERRORS = {
    "no_time": "At which time?",
    "no_days": "Choose at least one day, or switch the digest off.",
    "half_quiet": "Choose both a beginning and an end, or neither.",
    "no_channel": "Choose a channel.",
    "not_in_channel": "The bot is not in this channel. Write /invite @Order Ahead there, then try again.",
}


def settings_modal(
    store: Store,
    chosen: Telling,
    private_metadata: str,
    *,
    names_possible: bool,
    rollup: Rollup | None = None,
    errors: Mapping[str, str] | None = None,
) -> Block:
    """`rollup` is None for whoever may not choose that; `names_possible` where the reader may, and
    nothing speaks against it."""
    wrong = {field: ERRORS[code] for field, code in (errors or {}).items()}
    quiet = chosen.quiet
    blocks = [
        section(f"What *{plain(store.name, 60)}* is told in <#{store.channel}>. Times are the store's own."),
        menu("digest", "Morning digest", [("On", ON), ("Off", OFF)], initial=ON if chosen.digest else OFF),
        *under(time_picker("at", "At", initial=_hour(chosen.at)), wrong.get("at", "")),
        *under(
            ticks(
                "weekdays",
                "Mornings",
                [(name, str(number)) for number, name in enumerate(DAYS)],
                chosen=[str(number) for number in chosen.weekdays],
                hint="Days without a digest are told by the next one.",
            ),
            wrong.get("weekdays", ""),
        ),
    ]
    if names_possible:
        choice = [("Name some of those who are about to lapse (first name and initial)", NAMES)]
        hint = "Everybody in the channel reads it. Without it, a digest tells counts."
        blocks.append(ticks("names", "Names", choice, chosen=[NAMES] if chosen.names else [], hint=hint))
    blocks += [
        divider(),
        menu(
            "summary", "Summary of segments", [(OFTEN[one], one.value) for one in Often], initial=chosen.summary.value
        ),
        *under(time_picker("quiet_from", "Nothing new from", initial=_hour(quiet.begins) if quiet else ""), ""),
        *under(
            time_picker("quiet_until", "… until", initial=_hour(quiet.ends) if quiet else ""),
            wrong.get("quiet_until", ""),
        ),
    ]
    if rollup is not None:
        blocks += [
            divider(),
            menu(
                "rollup",
                "All stores together",
                [("In a channel of its own", ON), ("No", OFF)],
                initial=ON if rollup.channel else OFF,
            ),
            *under(
                channel_picker(
                    "rollup_channel",
                    "Channel for all stores",
                    hint="The segments of all your stores, once a day, kept up to date.",
                    initial=rollup.channel,
                    optional=True,
                ),
                wrong.get("rollup_channel", ""),
            ),
        ]
    return form(SETTINGS_MODAL, "Digest", blocks, submit="Save", private_metadata=private_metadata)


def _hour(at: time) -> str:
    return f"{at:%H:%M}"


def saved(store: Store, chosen: Telling) -> Block:
    return form(
        "digest_saved", "Digest", [section(f":white_check_mark: {settings_words(store, chosen)}")], close="Done"
    )


def settings_words(store: Store, chosen: Telling) -> str:
    name = plain(store.name, 60)
    if not chosen.digest:
        return f"The digest of {name} is off."
    days = (
        "every morning"
        if len(chosen.weekdays) == len(DAYS)
        else "on " + ", ".join(DAYS[day] for day in chosen.weekdays)
    )
    return f"The digest of {name} comes {days} at {chosen.at:%H:%M}, the store's time."


def digest_wanted(store: Store, *, is_there: bool) -> Message:
    name, where = plain(store.name, 60), f"<#{store.channel}>"
    if is_there:
        return _said(f"The digest of {name} is in {where} already; it is being brought up to date.")
    return _said(f"The digest of {name} is on its way to {where}.")


def which_store(stores: Sequence[Store], command: str) -> Message:
    where = ", ".join(f"<#{store.channel}>" for store in stores[:20])
    return _said(f"Which store? Type `/digest {command}` in its channel: {where}.")


def digest_help(store: Store | None, chosen: Telling | None) -> Message:
    lines = [
        "• `/digest now`  this morning's digest, before its time or brought up to date",
        "• `/digest settings`  when it comes, the summary of segments, quiet hours",
        "• `/digest help`  this list",
    ]
    blocks = [section("*The morning digest*\n" + "\n".join(lines))]
    if store is not None and chosen is not None:
        blocks.append(context(settings_words(store, chosen)))
    return Message(text="What /digest can do", blocks=blocks)


def _said(words: str) -> Message:
    return Message(text=words, blocks=[section(words)])
