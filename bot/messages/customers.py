"""What people see of one customer: a masked profile, its details for the one who gave a reason, and what /customer says."""

from collections.abc import Sequence

from bot.messages.forms import form, menu, typed, under
from bot.messages.parts import (
    Block,
    Message,
    actions,
    at_day_and_time,
    button,
    context,
    counted,
    fields,
    money,
    plain,
    section,
)
from bot.rules.customer_views import MOST_NAMES, Details, Shown
from bot.rules.forgetting import Receipt, Rewriting

REVEAL_MODAL, FORGET_MODAL, EXPORT_MODAL = "reveal_customer", "forget_customer", "export_customer"
SURE = "forget"
REASONS = (
    "They are here, or on the phone",
    "A question about an order",
    "A complaint",
    "They asked what we keep",
    "Another reason",
)
TITLE = "Customer"


def customer_help() -> Message:
    lines = [
        "• `/customer +1 303 555 0101`  the profile with this phone, e-mail address or Flowhub id, masked",
        "• `/customer export …`  all that is kept of them, as a file to you (owners)",
        "• `/customer forget …`  erase them here, and keep them from coming back (owners)",
    ]
    note = (
        "Only you see the answers. Who looked, and why, is kept. Birth dates and medical details never come to Slack."
    )
    return Message(text="What /customer can do", blocks=[section("*Customers*\n" + "\n".join(lines)), context(note)])


def not_readable() -> Message:
    """What was typed is not repeated: it may be somebody's."""
    return _said(
        "That is no phone number, e-mail address or Flowhub id. Write one behind the command, like `/customer 303 555 0101`."
    )


def nobody(*, never_synced: bool = False) -> Message:
    if never_synced:
        return _said("No customers are known yet: the first sync has not been made. `/flowhub sync` makes it.")
    return _said(
        "Nobody here has that phone number, e-mail address or id. Somebody new in Flowhub is known after the next sync."
    )


def still_loading() -> Message:
    return _said("The first sync is not complete yet, and they are not among what has been read so far.")


def several(found: Sequence[Shown], store_names: Sequence[str]) -> Message:
    """More than one profile fits: each with the id that tells it from the others."""
    lines = [
        f"• *{plain(one.name, 60)}*  {_orders(one)}  `/customer {plain(one.fh_id, 80)}`" for one in found[:MOST_NAMES]
    ]
    more = f"\n_and {len(found) - len(lines)} more_" if len(found) > len(lines) else ""
    where = f" at {plain(', '.join(store_names), 100)}" if store_names else ""
    title = f"*{counted(len(found), 'profile')} fit*{where}. Which one?"
    return Message(text=f"{len(found)} profiles fit", blocks=[section("\n".join([title, *lines]) + more)])


def profile(one: Shown) -> Message:
    """For one person's eyes, masked."""
    blocks = [
        section(f"*{plain(one.name, 60)}*{_since(one)}"),
        *_facts(one),
        actions("customer", button("Show contact details", "reveal_customer", one.ref)),
        context("Only you see this."),
    ]
    return Message(text="A customer's profile", blocks=blocks)


def reveal_modal(one: Shown, private_metadata: str, *, error: str = "") -> Block:
    blocks = [
        section(f"*{plain(one.name, 60)}*\nOnly you will see the details. That you looked, and why, is kept."),
        *under(menu("reason", "Why do you need them?", [(reason, reason) for reason in REASONS]), error),
        typed("more", "Anything to add?", hint="No personal details, please.", optional=True, most=100),
    ]
    return form(REVEAL_MODAL, "Contact details", blocks, submit="Show me", private_metadata=private_metadata)


def details_view(one: Shown, details: Details) -> Block:
    """For the one person who gave a reason; gone when it is closed."""
    lines = [f"*{plain(details.name or 'No name', 200)}*"]
    lines.append(f":telephone_receiver: {plain(details.mobile, 60)}" if details.mobile else "No phone number is kept.")
    lines.append(f":envelope: {plain(details.email, 200)}" if details.email else "No e-mail address is kept.")
    lines += [f":house: {plain(details.address, 400)}"] if details.address else []
    blocks = [section("\n".join(lines)), *_facts(one)]
    for title, names in (("Bought lately", details.products), ("Of these kinds", details.categories)):
        if names:
            some = ", ".join(plain(name, 60) for name in names[:MOST_NAMES])
            blocks.append(section(f"*{title}*  {some}"))
    blocks.append(context("Only you see this. Please don't copy it into a channel."))
    return form("customer_details", TITLE, blocks, close="Done")


def asks_for_reason() -> dict[str, str]:
    return {"reason": "Please choose a reason."}


def _facts(one: Shown) -> list[Block]:
    bought = [
        f"*Spent*  {money(one.total_spent_cents)}",
        f"*Orders*  {one.total_orders}",
        f"*First order*  {at_day_and_time(one.first_order_at)}" if one.first_order_at else "*First order*  none",
        f"*Last order*  {at_day_and_time(one.last_order_at)}" if one.last_order_at else "*Last order*  none",
    ]
    if one.last_order_type or one.last_order_status:
        last = " · ".join(plain(word, 40) for word in (one.last_order_type, one.last_order_status) if word)
        bought.append(f"*Last one was*  {last}")
    bought += [f"*Served by*  {plain(one.last_budtender, 60)}"] if one.last_budtender else []
    bought += [f"*Home store*  {plain(one.home_store, 60)}"] if one.home_store else []
    known = [
        f"*Phone*  {plain(one.mobile, 40) or 'none'}",
        f"*E-mail*  {plain(one.email, 40) or 'none'}",
        f"*Loyalty*  {counted(one.points, 'point')}" if one.is_loyal else "*Loyalty*  not in the programme",
        f"*May be sent*  {_consent(one)}",
    ]
    known += [f"*State*  {plain(one.state, 20)}"] if one.state else []
    known += [f"*Groups*  {plain(', '.join(one.groups), 300)}"] if one.groups else []
    return [fields(*bought), fields(*known), context(f"Flowhub id {plain(one.fh_id, 80)}")]


def _consent(one: Shown) -> str:
    ways = [way for way, may in (("e-mail", one.consents_email), ("texts", one.consents_sms)) if may]
    return " and ".join(ways) or "nothing"


def _since(one: Shown) -> str:
    return f"  ·  {_orders(one)}"


def _orders(one: Shown) -> str:
    return f"{counted(one.total_orders, 'order')}, {money(one.total_spent_cents)}"


def _said(text: str) -> Message:
    return Message(text=text, blocks=[section(text)])


def forget_modal(one: Shown, private_metadata: str, *, error: str = "") -> Block:
    lines = [
        f"*{plain(one.name, 60)}*  ·  {_orders(one)}  ·  phone {plain(one.mobile, 40) or 'none'}",
        "Their profile, the contact of their orders, and what of theirs waits or was put aside are erased here.",
        "Cards in Slack are rewritten without the name. Sales stay in the store's totals and name nobody.",
        "No sync brings them back. *Nothing changes in Flowhub*: erase them there too.",
    ]
    field = typed("sure", f"Type {SURE} to erase them", most=20)
    note = "This can't be undone. You get a receipt without personal data."
    return form(
        FORGET_MODAL,
        "Forget a customer",
        [section("\n".join(lines)), *under(field, error), context(note)],
        submit="Forget them",
        private_metadata=private_metadata,
    )


NOT_SURE = f"Type {SURE}: it can't be undone."


def forgotten(receipt: Receipt) -> Block:
    cards = f" {counted(receipt.cards, 'card')} in Slack are being rewritten." if receipt.cards > 1 else ""
    cards = " A card in Slack is being rewritten." if receipt.cards == 1 else cards
    text = f":wastebasket: *They are forgotten.*{cards} Your receipt, number {receipt.number}, comes as a message."
    return form("customer_forgotten", "Forget a customer", [section(text)], close="Done")


def forgotten_receipt(receipt: Receipt, cards: Rewriting) -> Message:
    """For the owner's records: counts, and which cards Slack kept as they were."""
    lines = [
        f"*Receipt {receipt.number}*: a customer was forgotten.",
        f"• {counted(receipt.orders, 'order')} without name, note and contact",
        f"• {counted(cards.rewritten, 'card')} in Slack rewritten",
        *([f"• {counted(cards.others, 'digest or list', 'digests and lists')} rewritten"] if cards.others else []),
        f"• {counted(receipt.sales, 'sale')} left in the totals, naming nobody",
        f"• {counted(receipt.laid_aside, 'record')} erased that waited or could not be read",
    ]
    blocks = [section("\n".join(lines))]
    if cards.refused:
        left = [
            f"• *{short_id or 'A message'}* in <#{channel}>: {plain(why, 120)}"
            for channel, short_id, why in cards.refused[:20]
        ]
        more = f"\n_and {len(cards.refused) - 20} more_" if len(cards.refused) > 20 else ""
        what = "card" if all(short_id for _, short_id, _ in cards.refused) else "message"
        title = f":warning: *{counted(len(cards.refused), what)} could not be rewritten.* Delete these by hand:"
        blocks.append(section("\n".join([title, *left]) + more))
    blocks.append(context("Flowhub still has them until they are erased there."))
    return Message(text=f"Receipt {receipt.number}: a customer was forgotten", blocks=blocks)


def export_modal(one: Shown, private_metadata: str, *, error: str = "") -> Block:
    blocks = [
        section(
            f"*{plain(one.name, 60)}*  ·  {_orders(one)}\nAll that is kept of them comes as a file, to you alone, in your "
            "messages with Order Ahead. That you asked, and why, is kept."
        ),
        *under(menu("reason", "Why?", [(reason, reason) for reason in EXPORT_REASONS]), error),
        context("Without birth date and medical details, which never pass through Slack."),
    ]
    return form(EXPORT_MODAL, "Export a customer", blocks, submit="Send it to me", private_metadata=private_metadata)


EXPORT_REASONS = ("They asked for it", "An authority asked for it", "Another reason")


def export_message() -> Message:
    """Goes before the file."""
    text = "The export of a customer that you asked for. Pass it on safely, then delete the file here."
    return Message(text=text, blocks=[section(f":page_facing_up: {text}")])


def exported() -> Block:
    text = ":page_facing_up: It is in your messages with Order Ahead. Delete it there when you have passed it on."
    return form("customer_exported", "Export a customer", [section(text)], close="Done")
