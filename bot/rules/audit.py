"""What may stand in the audit log: who, what and why, and nothing about a shopper."""

import re
from enum import StrEnum


class Deed(StrEnum):
    """What people do, as the log calls it."""

    CLAIM = "claim_order"
    RELEASE = "release_order"
    FIND = "find_order"
    REVEAL = "reveal_contact"
    CANCEL = "ask_to_cancel"
    ITS_THERE = "its_there"
    SEND_AGAIN = "send_again"
    POST_AGAIN = "post_card_again"
    CONNECT = "connect_store"
    PAUSE = "pause_store"
    RESUME = "resume_store"
    REMOVE = "remove_store"
    ROTATE = "rotate_credentials"
    WEB_SHOP = "set_up_web_shop"
    SAY_ENABLED = "say_order_ahead_is_on"
    GIVE_ROLE = "give_role"
    TAKE_ROLE = "take_role"
    SIGN_OFF = "sign_off_channel"
    INSTALL = "install_app"
    UNINSTALL = "uninstall_app"
    LOOK_UP_CUSTOMER = "look_up_customer"
    REVEAL_CUSTOMER = "reveal_customer"
    FORGET_CUSTOMER = "forget_customer"
    EXPORT_CUSTOMER = "export_customer"
    MAKE_SEGMENT = "make_segment"
    EDIT_SEGMENT = "edit_segment"
    PAUSE_SEGMENT = "pause_segment"
    RESUME_SEGMENT = "resume_segment"
    COPY_SEGMENT = "copy_segment"
    ARCHIVE_SEGMENT = "archive_segment"
    SEE_MEMBERS = "see_members"
    EXPORT_MEMBERS = "export_members"
    SYNC_NOW = "sync_customers"
    SYNC_ANYWAY = "let_sync_go_on"
    DIGEST_NOW = "make_digest"
    DIGEST_SETTINGS = "set_digest"
    CHANGE_AUTOMATION = "change_automation"
    SWITCH_ON = "switch_automation_on"
    SWITCH_OFF = "switch_automation_off"
    ARCHIVE_AUTOMATION = "archive_automation"
    AUTOMATION_FIRED = "automation_fired"
    AUTOMATION_REHEARSED = "automation_rehearsed"


_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
_NUMBER = re.compile(r"\+?\d[\d\s()./-]{4,}\d")
LEFT_OUT = "…"


def without_details(words: str) -> str:
    """Somebody's own words without what looks like a phone number, a date, an id or an e-mail address."""
    return _NUMBER.sub(LEFT_OUT, _ADDRESS.sub(LEFT_OUT, words))
