"""The shortcuts' modals: find an order, and an order's history."""

from collections.abc import Sequence

from bot.messages.history import history_text
from bot.messages.order_card import order_card
from bot.messages.parts import Block, Message, option, plain, section, select_input
from bot.rules.history import Event
from bot.rules.order_values import Order
from bot.rules.stores import Store

FIND_MODAL = "find_order"


def find_modal(stores: Sequence[Store]) -> Block:
    """Asks for a short id, and for the store where there are several."""
    ask: Block = {
        "type": "input",
        "block_id": "short_id",
        "label": {"type": "plain_text", "text": "Which order?"},
        "hint": {"type": "plain_text", "text": "Its short id, like A07: it is on the card and easy to say."},
        "element": {
            "type": "plain_text_input",
            "action_id": "words",
            "max_length": 12,
            "placeholder": {"type": "plain_text", "text": "A07"},
        },
    }
    blocks = [ask]
    if len(stores) > 1:
        options = [option(store.name, store.key) for store in stores[:100]]
        blocks.append(select_input("store", "At which store?", options, placeholder="Choose a store"))
    return {**_frame("Find an order", blocks), "callback_id": FIND_MODAL, "submit": _plain("Find")}


def found(order: Order, store: Store, events: Sequence[Event]) -> Block:
    """The order whole: what its card says, and its history. Buttons belong to the card and the board."""
    card = order_card(order, store)
    body = [*card.blocks, *(block for attachment in card.attachments for block in attachment["blocks"])]
    shown = [block for block in body if block["type"] != "actions"]
    return _frame(f"Order {order.short_id}", [*shown, section(history_text(events) or "Nothing has happened yet.")])


def told(message: Message) -> Block:
    """A sentence, where there is no channel to say it in."""
    return _frame("Order Ahead", message.blocks or [section(plain(message.text))])


def wrong_id(text: str) -> dict[str, str]:
    return {"short_id": f"“{text[:40]}” is no order's id. Ids look like A07."}


def _frame(title: str, blocks: list[Block]) -> Block:
    return {"type": "modal", "title": _plain(title[:24]), "close": _plain("Close"), "blocks": blocks}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
