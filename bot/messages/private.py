"""Sentences for one person: answers to what they did, and what they see in modals."""

from collections.abc import Sequence

from bot.messages.order_card import headline_text
from bot.messages.parts import Block, Message, any_of, context, modal, option, plain, section, select_input, text_input
from bot.messages.words import REASONS
from bot.rules.order_values import Contact, Order
from bot.rules.permissions import Act, Role, WhoCould
from bot.rules.stores import Store

CANCEL_MODAL = "cancel_order"
REVEAL_MODAL = "reveal_contact"
REVEAL_REASONS = (
    "A question about the order",
    "Something is missing",
    "It is ready and not picked up",
    "Delivery",
    "Another reason",
)


def sentence(text: str) -> Message:
    return Message(text=text, blocks=[section(text)])


def refusal(words: str) -> Message:
    """What an error says, which may quote somebody's name or another system's answer."""
    return sentence(plain(words, 500) or "That is not possible.")


def not_an_order_desk(stores: Sequence[Store]) -> Message:
    desks = ", ".join(f"<#{store.channel}>" for store in stores[:20])
    where = f" Order desks are in {desks}." if desks else ""
    return sentence(f"This channel is no order desk.{where}")


def not_an_id(text: str) -> Message:
    return sentence(f"“{plain(text, 40)}” is no order's id. Ids look like *A07*; `/orders` lists the open ones.")


def which_order() -> Message:
    return sentence("Which order? Write its id behind it, like *A07*; `/orders` lists the open ones.")


def no_such_order(short_id: str, store: Store, open_ids: Sequence[str]) -> Message:
    known = f" Open now: {', '.join(open_ids[:15])}." if open_ids else " No order is open now."
    return sentence(f"There is no order *{short_id}* at {plain(store.name, 60)}.{known}")


ROLE_WORDS = {
    Role.GUEST: "no access",
    Role.STAFF: "somebody on staff",
    Role.LEAD: "a lead",
    Role.MANAGER: "a manager",
    Role.OWNER: "an owner",
}


def not_allowed(act: Act, could: WhoCould, *, store: Store | None = None, is_outsider: bool = False) -> Message:
    """Says who could: by name where people were given the role, always by role."""
    where = f" at {plain(store.name, 60)}" if store is not None else ""
    why = "guests and people of other workspaces can't" if is_outsider else f"that takes {ROLE_WORDS[could.role]}"
    named = [f"<@{who}>" for who in could.people[:5]] + [f"<!subteam^{group}>" for group in could.groups[:3]]
    last = "an owner of this workspace" if named or could.role is Role.OWNER else ROLE_WORDS[could.role]
    return sentence(f":lock: You may not {act.value}{where}: {why}. Ask {any_of([*named, last])}.")


def unknown_reason(text: str) -> Message:
    known = ", ".join(f"`{reason.value}`" for reason in REASONS)
    return sentence(f"“{plain(text, 40)}” is no reason I know. Known ones: {known}. Or leave it out, and I'll ask.")


def cancel_asked(order: Order) -> Message:
    return sentence(
        f"Asked to cancel *{order.short_id}*. Now remove it in Cashier › Order Ahead: the card closes when Flowhub shows it."
    )


def something_broke() -> Message:
    return sentence(":warning: That did not work, and it is our fault. Please try again; the order itself is safe.")


def too_slow() -> Message:
    return sentence("That took too long for Slack. Please try it again.")


def try_again_soon(why: str) -> Message:
    return sentence(f":hourglass_flowing_sand: {plain(why, 200)} Please try again in a minute.")


def cancel_modal(order: Order, private_metadata: str) -> Block:
    options = [option(words, reason.value) for reason, words in REASONS.items()]
    return modal(
        CANCEL_MODAL,
        f"Cancel {order.short_id}?",
        "Ask to cancel",
        [
            section(f"*{headline_text(order)}*"),
            select_input("reason", "Why?", options, placeholder="Choose a reason"),
            context(
                "Leafly or the web shop is told at once. Only Cashier can remove the order: the card asks for that."
            ),
        ],
        private_metadata=private_metadata,
    )


def reveal_modal(order: Order, private_metadata: str) -> Block:
    options = [option(words, words) for words in REVEAL_REASONS]
    return modal(
        REVEAL_MODAL,
        f"Contact for {order.short_id}",
        "Show me",
        [
            section("Only you will see the contact details. That you looked, and why, is kept."),
            select_input("reason", "Why do you need them?", options, placeholder="Choose a reason"),
            text_input("more", "Anything to add?", hint="No personal details, please.", most=100),
        ],
        private_metadata=private_metadata,
    )


def contact_details(order: Order, contact: Contact) -> Message:
    """For the one person who asked. Birth date and medical details are not among them, for anybody."""
    name = plain(f"{contact.first_name} {contact.last_name}".strip() or "Guest", 120)
    lines = [f"*{name}*  ({order.short_id})"]
    lines.append(f":telephone_receiver: {plain(contact.phone, 40)}" if contact.phone else "No phone number was given.")
    if contact.email:
        lines.append(f":envelope: {plain(contact.email, 100)}")
    if contact.address is not None:
        place = contact.address
        street = f"{place.street1} {place.street2}".strip()
        lines.append(f":house: {plain(f'{street}, {place.city}, {place.state} {place.zip}', 200)}")
    note = "Only you see this. Please don't copy it into the channel."
    return Message(text=f"Contact details for {order.short_id}", blocks=[section("\n".join(lines)), context(note)])


def asks_for_reason() -> dict[str, str]:
    return {"reason": "Please choose a reason."}
