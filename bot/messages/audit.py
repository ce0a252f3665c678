"""The audit log, for owners: who did what to what, and when."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.messages.parts import Message, at_day_and_time, chunks, context, plain, section
from bot.messages.private import sentence
from bot.rules.audit import Deed
from bot.rules.stores import Store

DEEDS: Mapping[str, str] = {
    Deed.CLAIM: "claimed an order",
    Deed.RELEASE: "released an order",
    Deed.FIND: "looked an order up",
    Deed.REVEAL: "saw contact details",
    Deed.CANCEL: "asked to cancel an order",
    Deed.ITS_THERE: "said that an order is in Flowhub",
    Deed.SEND_AGAIN: "had an order sent to Flowhub again",
    Deed.POST_AGAIN: "had a card posted again",
    Deed.CONNECT: "connected a store",
    Deed.PAUSE: "paused a store",
    Deed.RESUME: "let a store work again",
    Deed.REMOVE: "removed a store",
    Deed.ROTATE: "changed credentials",
    Deed.WEB_SHOP: "set up a web shop",
    Deed.SAY_ENABLED: "said that Order Ahead is switched on",
    Deed.GIVE_ROLE: "gave a role",
    Deed.TAKE_ROLE: "took a role away",
    Deed.SIGN_OFF: "signed off a channel",
    Deed.INSTALL: "installed the app",
    Deed.UNINSTALL: "the app was uninstalled",
    Deed.LOOK_UP_CUSTOMER: "looked a customer up",
    Deed.REVEAL_CUSTOMER: "saw a customer's details",
    Deed.FORGET_CUSTOMER: "forgot a customer",
    Deed.EXPORT_CUSTOMER: "exported a customer",
    Deed.MAKE_SEGMENT: "made a segment",
    Deed.EDIT_SEGMENT: "changed a segment",
    Deed.PAUSE_SEGMENT: "paused a segment",
    Deed.RESUME_SEGMENT: "let a segment go on",
    Deed.COPY_SEGMENT: "copied a segment",
    Deed.ARCHIVE_SEGMENT: "archived a segment",
    Deed.SEE_MEMBERS: "saw who is in a segment",
    Deed.EXPORT_MEMBERS: "took a segment's members as a file",
    Deed.SYNC_NOW: "started a sync",
    Deed.SYNC_ANYWAY: "let a stopped sync go on",
    Deed.DIGEST_NOW: "had a digest made",
    Deed.DIGEST_SETTINGS: "changed what a store is told",
    Deed.CHANGE_AUTOMATION: "changed an automation",
    Deed.SWITCH_ON: "switched an automation on",
    Deed.SWITCH_OFF: "switched an automation off",
    Deed.ARCHIVE_AUTOMATION: "archived an automation",
    Deed.AUTOMATION_FIRED: "an automation acted",
    Deed.AUTOMATION_REHEARSED: "an automation would have acted (dry run)",
}


class Entry(Protocol):
    """A line of the log; see `bot.store.audit`."""

    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def store_key(self) -> str: ...
    @property
    def reason(self) -> str: ...


def audit_log(entries: Sequence[Entry], stores: Mapping[str, Store]) -> Message:
    """The last entries, the newest first."""
    if not entries:
        return sentence("Nobody has done anything yet.")
    blocks = [section(text) for text in chunks([_line(entry, stores) for entry in entries], 2800)[:3]]
    note = "Entries can't be changed or deleted. `orderahead audit verify` proves that none was."
    return Message(text="The audit log", blocks=[section("*The audit log*, newest first"), *blocks, context(note)])


def _line(entry: Entry, stores: Mapping[str, Store]) -> str:
    deed = DEEDS.get(entry.action) or plain(entry.action.replace("_", " "), 60)
    store = stores.get(entry.store_key)
    where = f" at {plain(store.name, 40)}" if store is not None else ""
    why = f": {plain(entry.reason, 120)}" if entry.reason else ""
    who = f"<@{entry.who}> " if entry.who else ""
    return f"• {at_day_and_time(entry.at)} {who}{deed}{_about(entry)}{where}{why}"


SLACK_ID = re.compile(r"[UWSCG][A-Z0-9]{5,}")


def _about(entry: Entry) -> str:
    """People, groups and channels are shown; an order's key tells nobody anything."""
    marks = {"U": "<@{}>", "W": "<@{}>", "S": "<!subteam^{}>", "C": "<#{}>", "G": "<#{}>"}
    return f" {marks[entry.what[0]].format(entry.what)}" if SLACK_ID.fullmatch(entry.what) else ""
