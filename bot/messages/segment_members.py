"""Who is in a segment, masked; the file of those whom a message may reach; and what /segments can do."""

from collections.abc import Sequence

from bot.messages.forms import form, menu, under
from bot.messages.parts import Block, Message, actions, button, chunks, context, counted, money, plain, section
from bot.rules.customer_views import Shown

FILE_MODAL = "segment_file"
FILE_REASONS = ("A message to them", "To work with the figures", "Another reason")
COLLECTING = "Collecting them …"


def segments_help() -> Message:
    lines = [
        "• `/segments`  every segment: its size, what changed since yesterday, whom a message reaches, what they spent",
        "• `/segments show NAME`  one of them, store by store, and what it asks for",
        "• `/segments new`  make one: conditions over everything that is known, and who it would be, before it is saved",
        "• `/segments edit NAME`, `pause NAME`, `resume NAME`, `copy NAME`, `archive NAME`",
        "• `/segments members NAME`  who is in it, masked; a file of those whom a message may reach (owners)",
    ]
    note = "Only you see the answers. Segments are counted after each sync, and at midnight."
    return Message(text="What /segments can do", blocks=[section("*Segments*\n" + "\n".join(lines)), context(note)])


def which_segment(names: Sequence[str], verb: str) -> Message:
    """Several fit, or none; then `names` are those that there are."""
    some = "\n".join(f"• `/segments {verb} {plain(name, 60)}`" for name in names[:20])
    return _said(f"Which one?\n{some}" if names else "There is no segment of that name. `/segments` lists them all.")


def several_accounts(store_names: Sequence[str]) -> Message:
    some = ", ".join(plain(name, 40) for name in store_names[:10])
    return _said(f"Several Flowhub accounts are connected ({some} …). Ask in the channel of one of their stores.")


def segment_done(name: str, what: str) -> Message:
    """`what` is a key of the sentences below."""
    sentences = {
        "pause": "is paused: its members stay as they are, and nobody is told of a move.",
        "resume": "goes on. It is counted anew, which tells nobody of a move.",
        "copy": "is a copy, and is being counted. Change it with `/segments edit`.",
        "archive": "is archived. A copy can be made of it: `/segments copy`.",
    }
    return _said(f"*{plain(name, 60)}* {sentences[what]}")


def members(name: str, count: int, some: Sequence[Shown], ref: str) -> Message:
    """For one person's eyes, masked."""
    title = f"*{plain(name, 60)}* has {counted(count, 'member')}."
    lines = [
        f"• *{plain(one.name, 60) or 'No name'}*  {counted(one.total_orders, 'order')}, {money(one.total_spent_cents)}"
        f"  ·  {plain(one.mobile, 20) or 'no phone'}  ·  {plain(one.email, 20) or 'no e-mail'}"
        for one in some
    ]
    more = f"and {count - len(some):,} more · " if count > len(some) else ""
    file = [actions("segment_members", button("As a file", "segment_file", ref))] if count else []
    blocks = [section(title), *[section(chunk) for chunk in chunks(lines, 2_900)], *file]
    return Message(
        text=f"Members of {plain(name, 60)}",
        blocks=[*blocks, context(f"{more}Only you see this. That you looked is kept.")],
    )


def file_modal(name: str, private_metadata: str, *, error: str = "") -> Block:
    blocks = [
        section(
            f"*{plain(name, 60)}*\nEverybody in it whom a text or an e-mail may reach comes as a file, to you alone, in your "
            "messages with Order Ahead. That you asked, and why, is kept."
        ),
        *under(menu("reason", "Why?", [(reason, reason) for reason in FILE_REASONS]), error),
        context(
            "Who agreed to neither is left out, and so is an address that somebody did not agree to be reached by."
        ),
    ]
    return form(FILE_MODAL, "Members as a file", blocks, submit="Send it to me", private_metadata=private_metadata)


def file_message(name: str, listed: int, withheld: int) -> Message:
    """Goes before the file."""
    left_out = f" {counted(withheld, 'member')} can't be reached and are not in it." if withheld else ""
    text = f"The members of {plain(name, 60)}: {listed:,}.{left_out} Pass it on safely, then delete the file here."
    return Message(text=text, blocks=[section(f":page_facing_up: {text}")])


def file_sent(listed: int, withheld: int) -> Block:
    left_out = f" {withheld:,} were left out, because nothing may reach them." if withheld else ""
    text = f":page_facing_up: {counted(listed, 'member')} in the file.{left_out}"
    return form(
        "segment_file_sent",
        "Members as a file",
        [
            section(text),
            context("It is in your messages with Order Ahead. Delete it there when you have passed it on."),
        ],
        close="Done",
    )


def _said(text: str) -> Message:
    return Message(text=text, blocks=[section(text)])
