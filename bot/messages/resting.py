"""Pausing, resuming and removing a store: the modal that asks, and what the channel is told."""

from collections.abc import Sequence

from bot.messages.forms import form, menu, typed
from bot.messages.order_card import headline_text
from bot.messages.parts import Block, Message, actions, button, context, counted, fitting, plain, section
from bot.rules.order_values import Order
from bot.rules.stores import Store

DISCONNECT_MODAL = "disconnect_store"
PAUSE, REMOVE = "pause", "remove"
TITLE = "Disconnect a store"


def disconnect_modal(store: Store, waiting: Sequence[Order], private_metadata: str, *, is_paused: bool) -> Block:
    """Open orders first: they are what somebody still has to do by hand."""
    name = plain(store.name, 60)
    choices = [("Remove it: its credentials are deleted at once", REMOVE)]
    if not is_paused:
        choices.insert(0, ("Pause it: keep the credentials, do nothing", PAUSE))
    blocks = [
        section(_open_orders(name, waiting)),
        menu("what", f"What should happen to {store.name[:60]}?", choices, initial="" if is_paused else PAUSE),
        typed(
            "name",
            "To remove it, type the store's name",
            hint="Personal data of its orders is deleted after the grace period; the orders' history goes with it.",
            optional=True,
            most=80,
        ),
        context(
            "Paused or removed, its cards stay and say so. Nothing changes in Flowhub, on Leafly or in the web shop."
        ),
    ]
    return form(DISCONNECT_MODAL, TITLE, blocks, submit="Do it", private_metadata=private_metadata)


def _open_orders(name: str, waiting: Sequence[Order]) -> str:
    if not waiting:
        return f"No order is open at {name}."
    lines = [f"• {headline_text(order)}" for order in waiting]
    shown = lines[: fitting(lines, 2400)]
    more = f"\n_and {len(lines) - len(shown)} more: `/orders` lists them_" if len(lines) > len(shown) else ""
    title = f"*{counted(len(waiting), 'order')} still open at {name}.* Nobody here will be told how they go on."
    return "\n".join([title, *shown]) + more


def wrong_name(store: Store) -> dict[str, str]:
    return {"name": f"Type {store.name[:60]} to remove it. Its credentials can't be brought back."}


DONE = {
    PAUSE: ":double_vertical_bar: *{} is paused.* `/flowhub resume` lets it work again.",
    REMOVE: ":electric_plug: *{} is removed*, and its credentials are deleted. `/flowhub connect` connects it anew.",
}


def done(store: Store, what: str) -> Block:
    return form("disconnected", TITLE, [section(DONE[what].format(plain(store.name, 60)))], close="Done")


def told(store: Store, what: str, by: str) -> Message:
    """For the channel: `what` is "paused", "resumed" or "removed"."""
    name, who = plain(store.name, 60), plain(by, 60)
    if what == "paused":
        text = f":double_vertical_bar: *{name} is paused* by {who}."
        more = "New orders are not taken in, and open cards stand still. Look in Cashier until it is resumed."
        blocks = [section(f"{text}\n{more}"), actions("resting", button("Resume", "resume_store", store.key))]
    elif what == "removed":
        text = f":electric_plug: *{name} is disconnected* by {who}."
        blocks = [section(f"{text}\nIts credentials are deleted. Orders are only in Cashier from here on.")]
    else:
        text = f":arrow_forward: *{name} works again*, says {who}. Open cards are brought up to date."
        blocks = [section(text)]
    return Message(text=text.replace("*", ""), blocks=blocks)


def nothing_paused() -> Message:
    return Message(text="No store is paused.", blocks=[section("No store is paused.")])


def resumed(store: Store) -> Message:
    text = f"{plain(store.name, 60)} works again."
    return Message(text=text, blocks=[section(text)])


def which_store(stores: Sequence[Store], command: str) -> Message:
    """Where a command could mean several stores: it is typed in the channel of the one that is meant."""
    where = ", ".join(f"<#{store.channel}>" for store in stores[:20])
    text = f"Which store? Type `/flowhub {command}` in its channel: {where}."
    return Message(text=text, blocks=[section(text)])
