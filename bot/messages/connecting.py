"""The modals of /flowhub connect, and the sentences that say which value is wrong."""

from collections.abc import Mapping, Sequence

from bot.messages.checklist import sections
from bot.messages.forms import channel_picker, form, menu, time_picker, typed, under
from bot.messages.parts import Block, actions, button, context, plain, section
from bot.rules.checklist import Line, Why
from bot.rules.connecting import NO_STATE, Draft, Field, Flaw, Flaws, Wishes
from bot.rules.state_profiles import StateProfile
from bot.rules.stores import Store

ACCOUNT_MODAL = "connect_account"
CHOOSE_ACCOUNT_MODAL = "connect_choose_account"
STORE_MODAL = "connect_store"
TITLE = "Connect a store"
ANOTHER = "another"

TWO_PAIRS = (
    "Flowhub gives out *two pairs*, and they are not the same thing:\n"
    "• *Client id + key* read the menu and the customers of the whole account. Flowhub support sends them.\n"
    "• *Order Ahead Client ID + Token* put orders into one store's point of sale. Only the store itself can request them, "
    "by Flowhub's form; that takes up to two business days."
)
NOT_KEPT = "What you type here is checked at once and then rests encrypted. Nobody in Slack sees it again."

STATES = (
    ("All that Flowhub has", NO_STATE),
    ("Oregon: only who opted in, nothing from an ID", StateProfile.OREGON.value),
    ("Washington: numbers, no people", StateProfile.WASHINGTON.value),
)

BOTH = "Flowhub does not accept these two together. One of them is wrong; copy both anew."
SILENT = "Flowhub did not answer, so this could not be checked. Please try again in a minute."
FORBIDDEN = (
    "Flowhub answers Forbidden (HTTP 403): the key is wrong, or this machine's address is not let in. Flowhub support can "
    "tell."
)
NOT_ISSUED = "Flowhub issues no token for these two. One of them is wrong, or Flowhub withdrew them."
NO_INTEGRATOR = "This bot is no integrator at Leafly yet (ORDERAHEAD_LEAFLY_CLIENT_ID). Leave it empty for now."
LEAFLY_SILENT = "Leafly did not answer, so this could not be checked. Try again, or leave it empty for now."
UNREADABLE = "Flowhub answered with something that can't be read. Please try again in a minute."

SENTENCES: Mapping[tuple[Field, Why], str] = {
    (Field.CLIENT_ID, Why.ORDER_AHEAD_PAIR): "This is an Order Ahead Client ID. Here belongs the account's.",
    (Field.KEY, Why.ORDER_AHEAD_PAIR): "This is an Order Ahead Token. Here belongs the account's key.",
    (Field.CLIENT_ID, Why.WRONG_WAY_ROUND): "This is the key: client id and key are the wrong way round.",
    (Field.KEY, Why.WRONG_WAY_ROUND): "This is the client id: client id and key are the wrong way round.",
    (Field.CLIENT_ID, Why.ODD): "A client id looks otherwise: 36 characters, or 3 to 4 digits.",
    (Field.KEY, Why.ODD): "A key looks otherwise: 36 characters in five groups.",
    (Field.KEY, Why.ONLY_THIS): "The client id is that of …, which works. So it is the key that is wrong.",
    (Field.CLIENT_ID, Why.REFUSED): BOTH,
    (Field.KEY, Why.REFUSED): BOTH,
    (Field.KEY, Why.BLOCKED): FORBIDDEN,
    (Field.CLIENT_ID, Why.EMPTY): "The pair works, but its account has no locations.",
    (Field.ORDER_AHEAD_CLIENT_ID, Why.ACCOUNT_PAIR): "This is the account's pair. Here belongs the store's own.",
    (Field.ORDER_AHEAD_TOKEN, Why.ACCOUNT_PAIR): "This is the account's pair. Here belongs the store's own.",
    (Field.ORDER_AHEAD_CLIENT_ID, Why.WRONG_WAY_ROUND): "This is the Token: Client ID and Token are the wrong way round.",
    (Field.ORDER_AHEAD_TOKEN, Why.WRONG_WAY_ROUND): "This is the Client ID: Client ID and Token are the wrong way round.",
    (Field.ORDER_AHEAD_CLIENT_ID, Why.OTHER_STORE): "This pair is that of …. Each store has its own.",
    (Field.ORDER_AHEAD_TOKEN, Why.OTHER_STORE): "This pair is that of …. Each store has its own.",
    (Field.ORDER_AHEAD_TOKEN, Why.ONLY_THIS): "The Client ID is that of …, which works. So it is the Token that is wrong.",
    (Field.ORDER_AHEAD_CLIENT_ID, Why.REFUSED): NOT_ISSUED,
    (Field.ORDER_AHEAD_TOKEN, Why.REFUSED): NOT_ISSUED,
    (Field.ORDER_AHEAD_CLIENT_ID, Why.BLOCKED): "Flowhub's sign-in answers HTTP 403. This machine's address may not be let in.",
    (Field.LOCATION, Why.NOT_AMONG): "Please choose one of the account's locations.",
    (Field.LOCATION, Why.OTHER_STORE): "… is set up in the settings file, and is changed there.",
    (Field.CHANNEL, Why.ABSENT): "The bot can't see this channel. Write /invite @Order Ahead there, then try again.",
    (Field.CHANNEL, Why.OUTSIDE): "The bot is not in this channel. Write /invite @Order Ahead there, then try again.",
    (Field.CHANNEL, Why.ARCHIVED): "This channel is archived.",
    (Field.CHANNEL, Why.OTHER_STORE): "This is the order desk of …. Each store has its own channel.",
    (Field.CHANNEL, Why.UNTOLD): "Slack did not say whether the bot is in this channel. Please try again in a minute.",
    (Field.LEAFLY_KEY, Why.ABSENT): "Leafly knows no shop by this key. Copy the order integration key from Leafly Biz.",
    (Field.LEAFLY_KEY, Why.NOT_SET_UP): NO_INTEGRATOR,
    (Field.LEAFLY_KEY, Why.OTHER_STORE): "This Leafly key is in use already.",
    (Field.LEAFLY_KEY, Why.SILENT): LEAFLY_SILENT,
    (Field.CLOSES, Why.MISSING): "When does it close?",
    (Field.CLOSES, Why.ODD): "The store can't open and close at the same time.",
}  # fmt: skip


def sentence_of(field: Field, flaw: Flaw) -> str:
    found = SENTENCES.get((field, flaw.why))
    if found is None:
        found = UNREADABLE if flaw.why is Why.UNREADABLE else SILENT
    return found.replace("…", flaw.detail) if flaw.detail else found


def field_errors(flaws: Flaws) -> dict[str, str]:
    """For a modal that is still open: Slack shows each under its own field, and keeps what was typed."""
    return {field.value: sentence_of(field, flaw) for field, flaw in flaws.items()}


def _below(field: Field, flaws: Flaws) -> str:
    return plain(sentence_of(field, flaws[field]), 300) if field in flaws else ""


def account_modal(private_metadata: str, *, flaws: Flaws | None = None) -> Block:
    """The first step: the account's pair. What was typed is never put into it again."""
    flaws = flaws or {}
    client_id = typed(Field.CLIENT_ID, "Client id", hint="Of the account, for menu and customers.")
    key = typed(Field.KEY, "Key", hint="It came together with the client id.")
    blocks = [
        section(TWO_PAIRS),
        section("First the account's pair. It shows your locations."),
        *under(client_id, _below(Field.CLIENT_ID, flaws)),
        *under(key, _below(Field.KEY, flaws)),
        context(NOT_KEPT),
    ]
    return form(ACCOUNT_MODAL, TITLE, blocks, submit="Check", private_metadata=private_metadata)


def choose_account_modal(private_metadata: str, accounts: Mapping[str, Sequence[str]]) -> Block:
    """Where several accounts are known: the one whose next store is connected, or another one."""
    choices = [(f"The account of {', '.join(names)}", account) for account, names in list(accounts.items())[:98]]
    blocks = [
        section("Accounts that are connected need not be asked for again."),
        menu("account", "Which Flowhub account?", [*choices, ("Another account", ANOTHER)]),
    ]
    return form(CHOOSE_ACCOUNT_MODAL, TITLE, blocks, submit="Next", private_metadata=private_metadata)


def store_modal(
    private_metadata: str,
    draft: Draft,
    states: Mapping[str, str],
    groups: Sequence[tuple[str, str]],
    *,
    known: Sequence[str] = (),
    wishes: Wishes | None = None,
    flaws: Flaws | None = None,
) -> Block:
    """The second step: the store. `states` says of a location how it is connected, `known` names the stores of a known
    account, `groups` are names and ids of user groups. Pairs that were proved are not asked for again."""
    flaws, wishes = flaws or {}, wishes or Wishes()
    places = [
        (f"{place.name or place.location_id}{states.get(place.location_id, '')}", place.location_id)
        for place in draft.places
    ]
    blocks = [
        section(_account_words(draft, known)),
        *([actions("account_choice", button("Another account", "another_account", ANOTHER))] if known else []),
        *under(
            menu(Field.LOCATION, "Location", places, initial=wishes.location_id, placeholder="Choose the store"),
            _below(Field.LOCATION, flaws),
        ),
        *_order_ahead(draft, flaws),
        *under(
            channel_picker(
                Field.CHANNEL,
                "Channel",
                initial=wishes.channel,
                hint="Where the orders appear. Private, and with the bot in it: /invite @Order Ahead.",
            ),
            _below(Field.CHANNEL, flaws),
        ),
        *_leafly(draft, flaws),
        time_picker(Field.OPENS, "Opens at", initial=wishes.opens),
        *under(
            time_picker(
                Field.CLOSES, "Closes at", initial=wishes.closes, hint="Clocks of late orders stand still when it is closed."
            ),
            _below(Field.CLOSES, flaws),
        ),
        menu(
            Field.MENTION,
            "Who is called when an order stays late?",
            [("Everybody who is here", "here"), ("The whole channel", "channel"), *groups[:98]],
            initial=wishes.mention,
            optional=True,
            placeholder="Nobody",
        ),
        menu(
            Field.STATE_PROFILE,
            "What may be kept of customers?",
            STATES,
            initial=wishes.state_profile,
            optional=True,
            placeholder="As it was; else all that Flowhub has",
            hint="It holds for the whole Flowhub account: the strictest of its stores counts.",
        ),
    ]  # fmt: skip
    return form(STORE_MODAL, TITLE, blocks, submit="Connect", private_metadata=private_metadata)


def _account_words(draft: Draft, known: Sequence[str]) -> str:
    if known:
        names = ", ".join(plain(name, 60) for name in known[:10])
        return f":white_check_mark: The account of {names} is known; its key is not asked for again."
    count = len(draft.places)
    return f":white_check_mark: The account's pair works: {count} location{'' if count == 1 else 's'}."


def _order_ahead(draft: Draft, flaws: Flaws) -> list[Block]:
    if draft.order_ahead.id:
        return [context(":white_check_mark: The Order Ahead pair works; it need not be typed again.")]
    client_id = typed(
        Field.ORDER_AHEAD_CLIENT_ID, "Order Ahead Client ID", hint="Only the store can request it from Flowhub."
    )
    token = typed(Field.ORDER_AHEAD_TOKEN, "Order Ahead Token", hint="It came together with the Order Ahead Client ID.")
    return [
        *under(client_id, _below(Field.ORDER_AHEAD_CLIENT_ID, flaws)),
        *under(token, _below(Field.ORDER_AHEAD_TOKEN, flaws)),
    ]  # fmt: skip


def _leafly(draft: Draft, flaws: Flaws) -> list[Block]:
    if draft.leafly_key:
        return [context(":white_check_mark: Leafly knows the key; it need not be typed again.")]
    key = typed(
        Field.LEAFLY_KEY, "Leafly key", optional=True, hint="The order integration key of the shop, if it is on Leafly."
    )
    return under(key, _below(Field.LEAFLY_KEY, flaws))


def checking(what: str) -> Block:
    """While the other sides are asked: there is nothing to send."""
    return form(
        "checking", TITLE, [section(f":hourglass_flowing_sand: {what}"), context("A few seconds.")], close="Close"
    )


READING = "Reading the account's locations …"
CHECKING = "Checking everything with Flowhub, Slack and Leafly …"


def connected(store: Store, lines: Sequence[Line]) -> Block:
    blocks = [
        section(f":seedling: *{plain(store.name, 60)} is connected* to <#{store.channel}>, and works from now on."),
        *sections(lines),
        context("The same list is in the channel, with a button to check again."),
    ]
    return form("connected", "Connected", blocks, close="Done")
