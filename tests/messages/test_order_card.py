"""The card in each state: exactly what it says, its colour, and its buttons."""

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.messages.order_card import order_card
from bot.messages.words import BLUE, GREEN, GREY, LOOKS, PURPLE, RED, YELLOW
from bot.rules.orders import Status
from tests.messages.cards import STATES
from tests.messages.reading import all_blocks, as_read, buttons, what_slack_would_refuse
from tests.named_orders import DOWNTOWN, JONAH, now_in


@pytest.mark.parametrize("state", STATES)
def test_the_card_says(state: str, snapshot: SnapshotAssertion) -> None:
    card = order_card(STATES[state], DOWNTOWN)
    assert what_slack_would_refuse(card) == []
    assert as_read(card) == snapshot


CLAIM, RELEASE, REVEAL, CANCEL = "Claim", "Release", "Reveal contact", "Ask to cancel"
ITS_THERE, AGAIN = "It's there", "Send again"
BUTTONS: dict[str, list[str]] = {
    "sending to Flowhub": [CLAIM, REVEAL, CANCEL],
    "Flowhub can't be reached yet": [CLAIM, REVEAL, CANCEL],
    "did it arrive": [ITS_THERE, AGAIN, CLAIM, REVEAL, CANCEL],
    "refused by Flowhub": [ITS_THERE, AGAIN, CLAIM, REVEAL, CANCEL],
    "entered by hand": [RELEASE, REVEAL, CANCEL],
    "new": [CLAIM, REVEAL, CANCEL],
    "new and claimed": [RELEASE, REVEAL, CANCEL],
    "new and late": [CLAIM, REVEAL, CANCEL],
    "in progress": [RELEASE, REVEAL, CANCEL],
    "in progress and late": [RELEASE, REVEAL, CANCEL],
    "ready": [RELEASE, REVEAL, CANCEL],
    "ready and left": [CLAIM, REVEAL, CANCEL],
    "picked up": [],
    "picked up, seen by nobody": [],
    "delivery for later, with a deal and an unknown item": [CLAIM, REVEAL, CANCEL],
    "delivery ready": [CLAIM, REVEAL, CANCEL],
    "delivery waiting for a driver, late": [CLAIM, REVEAL, CANCEL],
    "delivery on the road": [CLAIM, REVEAL, CANCEL],
    "delivered": [],
    "delivery failed": [],
    "ID check failed": [],
    "cancel asked": [RELEASE, REVEAL],
    "cancel asked before it was in Flowhub": [CLAIM, REVEAL],
    "cancelled": [],
    "cancelled before it was in Flowhub": [],
    "cancelled in Cashier": [],
    "cancelled too late": [],
    "cancel asked, then the delivery failed": [],
    "re-opened": [CLAIM, REVEAL, CANCEL],
    "re-opened after its cancel": [CLAIM, REVEAL, CANCEL],
    "gone from Flowhub": [CLAIM, REVEAL, CANCEL],
    "a status that nobody documented": [CLAIM, REVEAL, CANCEL],
    "from another system": [CLAIM],
    "from another system, claimed and late": [RELEASE],
    "from another system, paid": [],
    "thirty items": [CLAIM, REVEAL, CANCEL],
    "a name with marks": [CLAIM, REVEAL, CANCEL],
}


@pytest.mark.parametrize("state", STATES)
def test_only_the_buttons_that_make_sense(state: str) -> None:
    assert buttons(order_card(STATES[state], DOWNTOWN)) == BUTTONS[state]


@pytest.mark.parametrize("state", STATES)
def test_there_is_one_button_to_press_first_and_one_to_think_about(state: str) -> None:
    elements = [
        element
        for block in all_blocks(order_card(STATES[state], DOWNTOWN))
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    styles = [element["style"] for element in elements if "style" in element]
    assert styles.count("primary") <= 1
    assert [element["text"]["text"] for element in elements if element.get("style") == "danger"] in ([], [CANCEL])
    assert {element["value"] for element in elements} <= {STATES[state].key}


COLOURS = {
    "new": BLUE,
    "started": YELLOW,
    "ready": GREEN,
    "inQueue": PURPLE,
    "inTransit": PURPLE,
    "delivered": GREY,
    "unableToComplete": RED,
    "unableToVerify": RED,
    "deleted": GREY,
    "sold": GREY,
    "weighing": GREY,
}


@pytest.mark.parametrize("status", COLOURS)
def test_the_bar_has_the_colour_of_the_state(status: str) -> None:
    assert order_card(now_in(status), DOWNTOWN).attachments[0]["color"] == COLOURS[status]


@pytest.mark.parametrize(
    "state",
    ["new and late", "cancel asked", "did it arrive", "refused by Flowhub", "gone from Flowhub", "ready and left"],
)
def test_what_waits_for_a_person_is_red_and_says_so_beside_the_state(state: str) -> None:
    card = order_card(STATES[state], DOWNTOWN)
    assert card.attachments[0]["color"] == RED
    headline = card.blocks[0]["text"]["text"]
    assert headline.count("*") == 6, "the short id, the state and what is to be done, each in bold"


def test_every_status_has_a_look_of_its_own() -> None:
    assert set(LOOKS) == set(Status)
    assert len({look.word for look in LOOKS.values()}) == len(LOOKS)
    open_looks = [look for status, look in LOOKS.items() if COLOURS[status.value] not in {GREY, RED}]
    assert len({look.emoji for look in open_looks}) == len(open_looks)


def test_the_headline_is_one_block_above_one_coloured_attachment() -> None:
    card = order_card(JONAH, DOWNTOWN)
    assert [block["type"] for block in card.blocks] == ["section"]
    assert len(card.attachments) == 1
