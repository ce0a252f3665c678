"""What the lines of a checklist say: what was found, and how to mend it. The same words in Slack and in `doctor`."""

from collections.abc import Callable, Mapping, Sequence

from bot.messages.parts import Block, Message, actions, button, context, fitting, plain, section
from bot.rules.checklist import Check, Line, Mark, Why, all_well
from bot.rules.stores import Store

MARKS = {Mark.GOOD: "✓", Mark.WRONG: "✗", Mark.UNKNOWN: "?"}
EMOJI = {Mark.GOOD: ":white_check_mark:", Mark.WRONG: ":x:", Mark.UNKNOWN: ":grey_question:"}

NAMES: Mapping[Check, str] = {
    Check.ACCOUNT: "Account key",
    Check.ORDER_AHEAD: "Order Ahead token",
    Check.STOCK: "Menu",
    Check.POSTBACK: "Postbacks",
    Check.CHANNEL: "Channel",
    Check.CHANNEL_SAFE: "Channel is private",
    Check.LEAFLY: "Leafly",
    Check.ENABLED: "Order Ahead enabled",
    Check.DATABASE: "Database",
    Check.SLACK: "Slack",
    Check.SCOPES: "Slack scopes",
    Check.CLOCK: "Clock",
    Check.QUEUE: "Queue",
    Check.DISK: "Disk",
    Check.INTEGRATOR: "Leafly sign-in",
}

FLOWHUB_SILENT = "Flowhub did not answer. Nothing needs mending on our side: check again in a minute."
ASK_FLOWHUB = "Ask Flowhub support"

Words = Callable[[str], tuple[str, str]]
"""From a line's detail to what was found, and what to do about it ("" where nothing is)."""


def _says(found: str, fix: str = "") -> Words:
    return lambda detail: (found.replace("…", detail) if detail else found, fix.replace("…", detail) if detail else fix)


WORDS: Mapping[tuple[Check, Why], Words] = {
    (Check.ACCOUNT, Why.WORKS): _says("The account's key reads its locations, “…” among them."),
    (Check.ACCOUNT, Why.REFUSED): _says(
        "Flowhub does not accept the account's client id and key.",
        f"{ASK_FLOWHUB} for the pair of the menu and customer API, then type `/flowhub rotate`.",
    ),
    (Check.ACCOUNT, Why.BLOCKED): _says(
        "Flowhub answers with a page that says Forbidden (HTTP 403).",
        f"Either the key is wrong (`/flowhub rotate`), or this machine's address is not let in ({ASK_FLOWHUB}).",
    ),
    (Check.ACCOUNT, Why.NOT_AMONG): _says(
        "The account's key works, but this store is not among its locations: ….",
        "Type `/flowhub connect` and choose the store from the list.",
    ),
    (Check.ACCOUNT, Why.WRONG_IMPORT): _says(
        "The account's key works, but the store's import id should be ….", "Put that into the settings as import_id."
    ),
    (Check.ORDER_AHEAD, Why.WORKS): _says("Flowhub issues a token for the store's Order Ahead pair."),
    (Check.ORDER_AHEAD, Why.REFUSED): _says(
        "Flowhub issues no token for the store's Order Ahead Client ID and Token.",
        "Only the store can ask Flowhub for a new pair (up to two business days); then type `/flowhub rotate`.",
    ),
    (Check.ORDER_AHEAD, Why.BLOCKED): _says(
        "Flowhub's sign-in answers with HTTP 403.", f"This machine's address may not be let in. {ASK_FLOWHUB}."
    ),
    (Check.STOCK, Why.WORKS): _says("… items are in stock, so the menu side is alive."),
    (Check.STOCK, Why.EMPTY): _says(
        "No item has a quantity above zero.",
        "The menu integration must be syncing first: check the store's sales rooms and inventory in Flowhub.",
    ),
    (Check.STOCK, Why.REFUSED): _says(
        "The inventory can't be read with the account's key.", f"{ASK_FLOWHUB} to open the inventory to it."
    ),
    (Check.STOCK, Why.BLOCKED): _says(
        "The inventory answers with HTTP 403.", f"The key may not read it. {ASK_FLOWHUB}."
    ),
    (Check.POSTBACK, Why.WORKS): _says("Flowhub's postbacks can reach …."),
    (Check.POSTBACK, Why.POLLING): _says("Polling only: every open order is asked for twice a minute. That is enough."),
    (Check.POSTBACK, Why.NOT_FROM_HERE): _says(
        "… does not answer from this machine; the world may see it differently.",
        "Open the address with /livez in a browser outside. Until then polling finds every change.",
    ),
    (Check.CHANNEL, Why.WORKS): _says("The bot is in <#…> and may post there."),
    (Check.CHANNEL, Why.OUTSIDE): _says("The bot is not in <#…>.", "Write `/invite @Order Ahead` there."),
    (Check.CHANNEL, Why.ABSENT): _says(
        "The channel is not there, or it is private and the bot is not in it.",
        "Write `/invite @Order Ahead` in the store's channel.",
    ),
    (Check.CHANNEL, Why.ARCHIVED): _says("<#…> is archived.", "Unarchive it, or choose another: `/flowhub connect`."),
    (Check.CHANNEL, Why.CLOSED): _says(
        "The bot is in <#…>, but its last message was not taken.",
        "Let the app post: a workspace admin may have restricted the channel.",
    ),
    (Check.CHANNEL, Why.UNTOLD): _says(
        "Slack did not say anything about <#…>.", "Grant channels:read and groups:read."
    ),
    (Check.CHANNEL_SAFE, Why.WORKS): _says("Only the store's own people read <#…>, or an owner signed it off."),
    (Check.CHANNEL_SAFE, Why.UNSAFE): _says(
        "Others can read <#…>, so no order is posted there.",
        "Make it private and free of guests, or let an owner sign it off: owners are asked in private.",
    ),
    (Check.CHANNEL_SAFE, Why.UNTOLD): _says(
        "Slack did not say who can read <#…>.", "Grant channels:read, groups:read and users:read."
    ),
    (Check.LEAFLY, Why.WORKS): _says("Leafly knows the store's key."),
    (Check.LEAFLY, Why.NOT_USED): _says("Not used: no Leafly key was given."),
    (Check.LEAFLY, Why.ABSENT): _says(
        "Leafly knows no shop by this key.", "Copy the order integration key from Leafly Biz, then `/flowhub connect`."
    ),
    (Check.LEAFLY, Why.NOT_SET_UP): _says(
        "The store has a Leafly key, but this bot is no integrator at Leafly.",
        "Set ORDERAHEAD_LEAFLY_CLIENT_ID, ORDERAHEAD_LEAFLY_CLIENT_SECRET and ORDERAHEAD_LEAFLY_HMAC_KEY.",
    ),
    (Check.LEAFLY, Why.REFUSED): _says(
        "Leafly does not accept this bot's own sign-in.", "Check the ORDERAHEAD_LEAFLY_… settings."
    ),
    (Check.LEAFLY, Why.SILENT): _says("Leafly did not answer.", "Check again in a minute."),
    (Check.ENABLED, Why.SAID_SO): _says("Somebody checked it in Flowhub."),
    (Check.ENABLED, Why.ASKED): _says(
        "No API can tell.",
        "Look in Flowhub: Location Management › Settings › *Enable Order Ahead*, then press *It's on*.",
    ),
    (Check.DATABASE, Why.WORKS): _says("It answers: …."),
    (Check.DATABASE, Why.SILENT): _says("It does not answer.", "Check ORDERAHEAD_DATABASE_URL, and that it runs."),
    (Check.DATABASE, Why.OUTDATED): _says(
        "Its schema is not this version's: ….", "Run 'orderahead db upgrade'; 'orderahead run' does it by itself."
    ),
    (Check.DATABASE, Why.FLAWED): _says(
        "SQLite … has the WAL-reset bug (sqlite.org/wal.html), which can damage a database that is written to and "
        "checkpointed in the same moment.",
        "Use a Python with SQLite 3.51.3, 3.50.7, 3.44.6 or newer, or PostgreSQL. Until then keep backups.",
    ),
    (Check.SLACK, Why.WORKS): _says("The bot's token works."),
    (Check.SLACK, Why.REFUSED): _says(
        "Slack does not accept the bot's token.", "Install the app again, and copy it anew."
    ),
    (Check.SLACK, Why.SILENT): _says("Slack can't be reached.", "Check this machine's way to slack.com."),
    (Check.SCOPES, Why.WORKS): _says("All that manifest.yml asks for is granted."),
    (Check.SCOPES, Why.MISSING): _says("Not granted: ….", "Update the app from manifest.yml and install it again."),
    (Check.SCOPES, Why.OPTIONAL_MISSING): _says(
        "Not granted, and optional: ….", "Without them a message in doubt is shown to a person instead of looked for."
    ),
    (Check.CLOCK, Why.WORKS): _says("It agrees with …'s."),
    (Check.CLOCK, Why.FAST): _says("It is ahead of … seconds.", "Set this machine's clock: turn on NTP."),
    (Check.CLOCK, Why.SLOW): _says("It is behind … seconds.", "Set this machine's clock: turn on NTP."),
    (Check.CLOCK, Why.UNTOLD): _says("… did not say what time it is there."),
    (Check.QUEUE, Why.WORKS): _says("Nothing waits that could be done."),
    (Check.QUEUE, Why.WAITING): _says(
        "The oldest thing to be done has been waiting for … minutes.", "Is 'orderahead run' running? See its log."
    ),
    (Check.DISK, Why.WORKS): _says("… MiB are free."),
    (Check.DISK, Why.LOW): _says("Only … MiB are free.", "Make room: a full disk stops the database."),
    (Check.DISK, Why.UNTOLD): _says("The database is on another machine."),
    (Check.INTEGRATOR, Why.WORKS): _says("Leafly accepts this bot's client id and secret."),
    (Check.INTEGRATOR, Why.NOT_USED): _says("Not set up."),
    (Check.INTEGRATOR, Why.REFUSED): _says(
        "Leafly does not accept this bot's client id and secret.", "Check the ORDERAHEAD_LEAFLY_… settings."
    ),
    (Check.INTEGRATOR, Why.SILENT): _says("Leafly did not answer.", "Check again in a minute."),
}


def words(line: Line) -> tuple[str, str]:
    """What was found, and how to mend it."""
    said = WORDS.get((line.check, line.why))
    if said is not None:
        return said(line.detail)
    if line.why is Why.SILENT:
        return FLOWHUB_SILENT, ""
    if line.why is Why.BLOCKED:
        return "It is refused with HTTP 403.", f"{ASK_FLOWHUB}."
    return "It answered with something that can't be read.", "Check again in a minute; if it stays, tell us."


def in_a_terminal(line: Line) -> str:
    """One line, without Slack's mark-up."""
    found, fix = (text.replace("`", "").replace("*", "").replace("<#", "").replace(">", "") for text in words(line))
    about = f"{line.about}: " if line.about else ""
    return f"{MARKS[line.mark]}  {about}{NAMES[line.check]}: {found}" + (f" {fix}" if fix else "")


def spoken(line: Line) -> str:
    """One line in Slack. Details are names and addresses of other systems, so they are escaped; a channel's id is not."""
    safe = Line(line.check, line.mark, line.why, plain(line.detail, 200), line.about)
    found, fix = words(safe)
    if line.mark is Mark.GOOD:
        return f"{EMOJI[line.mark]} *{NAMES[line.check]}*  {found}"
    return f"{EMOJI[line.mark]} *{NAMES[line.check]}*  {found}" + (f"\n      :wrench: {fix}" if fix else "")


def sections(lines: Sequence[Line]) -> list[Block]:
    said = [spoken(line) for line in lines]
    blocks: list[Block] = []
    while said and len(blocks) < 8:
        count = max(1, fitting(said, 2800))
        blocks.append(section("\n".join(said[:count])))
        said = said[count:]
    return blocks


def welcome(store: Store, lines: Sequence[Line]) -> Message:
    """The card that a store's channel gets when it is connected; its buttons check again and answer what no API tells."""
    name = plain(store.name, 60)
    if all_well(lines):
        headline = f":seedling: *{name} is connected.* Orders appear here, one card each."
    else:
        headline = f":seedling: *{name} is connected*, and something is still missing before orders can flow."
    buttons = [button("Check again", "check_again", store.key)]
    if any(line.check is Check.ENABLED and line.why is Why.ASKED for line in lines):
        buttons.insert(0, button("It's on", "order_ahead_is_on", store.key, style="primary"))
    return Message(
        text=f"{name} is connected.",
        blocks=[
            section(headline),
            *sections(lines),
            actions("checklist", *buttons),
            context("`/orders` lists what is open, `/flowhub status` says how it goes, `/flowhub help` the rest."),
        ],
    )


def findings(lines: Sequence[Line], stores: Sequence[Store] = ()) -> Message:
    """What /flowhub doctor answers: what is wrong first, all of it by store. `stores` are those that it looked at."""
    wrong = sum(line.mark is Mark.WRONG for line in lines)
    headline = (
        ":stethoscope: *All is well.*"
        if not wrong
        else f":stethoscope: *{wrong} of {len(lines)} checks found a fault.*"
    )
    blocks = [section(headline)]
    for about in dict.fromkeys(line.about for line in lines):
        title = plain(about, 60) or "The bot"
        theirs = [line for line in lines if line.about == about]
        first, *more = sections(theirs)
        first["text"]["text"] = f"*{title}*\n{first['text']['text']}"[:3000]
        blocks += [first, *more]
        if len(blocks) > 45:
            break
    asked = {line.about for line in lines if line.check is Check.ENABLED and line.why is Why.ASKED}
    open_questions = [store for store in stores if store.name in asked][:5]
    for store in open_questions:
        made = button(f"It's on: {plain(store.name, 60)}", "order_ahead_is_on", store.key)
        blocks.append(actions(f"open_question_{store.key}", made))
    return Message(text="The doctor's findings", blocks=blocks)


def noted(store: Store) -> Message:
    text = f"Noted: Order Ahead is enabled at {plain(store.name, 60)}."
    return Message(text=text, blocks=[section(text)])
