"""Messages and modals about automations: Slack takes each, whatever somebody wrote, and nobody is called by one."""

from collections.abc import Iterator
from dataclasses import replace
from inspect import getmembers, isfunction

import pytest

from bot.messages import automation_form, automations
from bot.messages.order_card import order_card
from bot.messages.parts import Block, Message, escaped, unmarked
from bot.rules.automation_form import Field, Typed, typed_of
from bot.rules.automations import READY_MADE, WELCOME, WIN_BACK, Action, Automation, Happened, Measure, Trigger
from bot.templates import TOKENS
from tests.messages.reading import mentions, mentions_in, what_slack_would_refuse, what_slack_would_refuse_to_open
from tests.messages.test_every_message import NASTY
from tests.named_orders import DOWNTOWN, JONAH

WORDS_ALONE = {
    "described", "trigger_words", "threshold_words", "archive_confirm", "switched", "archived",
}  # fmt: skip
"""Parts of other messages."""


def named(words: str) -> list[Automation]:
    triggers = [
        *(Trigger(happened, "lapsed_60") for happened in Happened if happened is not Happened.REACHED),
        *(Trigger(Happened.REACHED, measure=measure, threshold=1) for measure in Measure),
    ]
    return [
        replace(WELCOME, key=f"k{number}", name=words, trigger=trigger, is_on=True, dry_run=bool(number % 2))
        for number, trigger in enumerate(triggers * 4)
    ]


def messages(words: str) -> Iterator[tuple[str, Message]]:
    text = escaped(unmarked(words)) or "x"  # as a text is rendered: an empty one is not said
    listed = [automations.Listed(f"green-mesa/{one.key}", one, automations.Lately(1, 2, 3)) for one in named(words)]
    yield "automation_list", automations.automation_list(listed, {"lapsed_60": words}, place=words, done="Done.")
    yield "automation_list", automations.automation_list([], {})
    yield "post", automations.post(words, text)
    yield "forgotten_post", automations.forgotten_post()
    note = automations.POINTS_HAVE_NO_PAST
    yield "tried", automations.tried(replace(WELCOME, name=words), {}, 4000, [text] * 9, note=note)
    yield "tried", automations.tried(WELCOME, {}, 0, [])
    yield "automations_help", automations.automations_help()
    yield "no_such_automation", automations.no_such_automation(words, [words] * 40)
    yield "several_accounts", automations.several_accounts()
    yield "order_card", order_card(JONAH, DOWNTOWN, lines=[text] * 5)


def views(words: str) -> Iterator[tuple[str, Block]]:
    wrong = dict.fromkeys(Field, "Something is wrong with it.")
    typed = Typed(name=words, template=words, url=words, threshold=words, cap=words)
    some = [(words or "x", f"s{number}") for number in range(120)]
    for made in (typed, *(typed_of(one) for one in READY_MADE)):
        yield (
            "automation_modal",
            automation_form.automation_modal(
                "green-mesa/welcome C0",
                made,
                is_new=False,
                segments=some,
                stores=some,
                tokens=TOKENS,
                ref="green-mesa/welcome",
                has_secret=True,
                preview=escaped(unmarked(words)),
                wrong=wrong,
            ),
        )
    hook = replace(WIN_BACK, name=words, action=Action.WEBHOOK)
    yield "saved_view", automation_form.saved_view(hook, secret="whsec_" + "x" * 44)
    yield "saved_view", automation_form.saved_view(hook)
    yield "archived_view", automation_form.archived_view(hook)


@pytest.mark.parametrize("words", [*NASTY, "Jonah Reed"], ids=lambda words: repr(words[:12]))
def test_slack_takes_them_whatever_somebody_wrote(words: str) -> None:
    for name, message in messages(words):
        assert (name, what_slack_would_refuse(message)) == (name, [])
        assert (name, mentions(message)) == (name, [])
    for name, view in views(words):
        assert (name, what_slack_would_refuse_to_open(view)) == (name, [])
        assert (name, mentions_in(view)) == (name, [])


def test_every_message_about_automations_is_in_these_tests() -> None:
    here = {name for name, _ in [*messages("x"), *views("x")]} - {"order_card"}
    made = {
        name
        for module in (automations, automation_form)
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert made - WORDS_ALONE == here


def test_what_is_listed_says_what_starts_it_and_what_it_does() -> None:
    said = [automations.described(one, {"lapsed_60": "Lapsed", "more_than_once": "Regulars"}) for one in READY_MADE]
    assert said == [
        "When a customer reaches 1 order: a post in the store's channel",
        "When a customer comes to “Lapsed”: a post in the store's channel",
        "When somebody in “Regulars” orders: a line on the order's card",
    ]
