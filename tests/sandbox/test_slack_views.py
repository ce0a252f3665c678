"""Modals and Home tabs: triggers that expire, stacks that end, hashes that conflict, what stays in a field."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


def modal(**more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Cancel"},
        "submit": {"type": "plain_text", "text": "Ask"},
        "blocks": [
            {
                "type": "input",
                "block_id": "reason",
                "label": {"type": "plain_text", "text": "Why"},
                "element": {"type": "plain_text_input", "action_id": "words", "min_length": 3},
            }
        ],
        **more,
    }


def trigger(office: Office) -> str:
    return office.slack.core.triggers.new(office.ana)


async def test_a_trigger_opens_one_view(office: Office) -> None:
    trigger_id = trigger(office)
    opened = await office.client.views_open(trigger_id=trigger_id, view=modal(private_metadata="A01"))
    view = opened["view"]
    assert view["id"].startswith("V")
    assert (view["private_metadata"], view["app_id"]) == ("A01", office.slack.workspace.app_id)
    assert view["state"]["values"] == {"reason": {"words": {"type": "plain_text_input", "value": None}}}
    again = await office.refusal("views.open", trigger_id=trigger_id, view=modal())
    assert again["error"] == "exchanged_trigger_id"


async def test_a_trigger_is_worth_three_seconds(office: Office) -> None:
    trigger_id = trigger(office)
    office.slack.clock.advance(3.1)
    assert (await office.refusal("views.open", trigger_id=trigger_id, view=modal()))["error"] == "expired_trigger_id"


async def test_a_made_up_trigger_is_refused(office: Office) -> None:
    assert (await office.refusal("views.open", trigger_id="1.2.3", view=modal()))["error"] == "invalid_trigger_id"


async def test_a_wrong_view_does_not_spend_the_trigger(office: Office) -> None:
    trigger_id = trigger(office)
    answer = await office.refusal("views.open", trigger_id=trigger_id, view=modal(title={}))
    assert answer["error"] == "invalid_arguments"
    assert (await office.client.views_open(trigger_id=trigger_id, view=modal()))["ok"]


async def test_three_views_are_the_most_on_a_stack(office: Office) -> None:
    await office.client.views_open(trigger_id=trigger(office), view=modal())
    for _ in range(2):
        await office.client.views_push(trigger_id=trigger(office), view=modal())
    answer = await office.refusal("views.push", trigger_id=trigger(office), view=modal())
    assert answer["error"] == "push_limit_reached"


async def test_an_external_id_is_taken_until_its_view_is_closed(office: Office) -> None:
    opened = await office.client.views_open(trigger_id=trigger(office), view=modal(external_id="cancel-A01"))
    answer = await office.refusal("views.push", trigger_id=trigger(office), view=modal(external_id="cancel-A01"))
    assert answer["error"] == "duplicate_external_id"
    assert (await office.client.views_update(external_id="cancel-A01", view=modal()))["view"]["id"] == opened["view"][
        "id"
    ]


async def test_an_old_hash_loses_the_race(office: Office) -> None:
    opened = await office.client.views_open(trigger_id=trigger(office), view=modal())
    view_id, first = opened["view"]["id"], opened["view"]["hash"]
    await office.client.views_update(view_id=view_id, view=modal(), hash=first)
    answer = await office.refusal("views.update", view_id=view_id, view=modal(), hash=first)
    assert answer["error"] == "hash_conflict"


async def test_what_was_typed_survives_an_update_under_the_same_ids(office: Office) -> None:
    opened = await office.client.views_open(trigger_id=trigger(office), view=modal())
    view_id = opened["view"]["id"]
    office.slack.keep(office.ana, view_id, {"reason": "out of stock"})
    updated = await office.client.views_update(view_id=view_id, view=modal(callback_id="again"))
    assert updated["view"]["state"]["values"]["reason"]["words"]["value"] == "out of stock"


async def test_slacks_client_checks_a_field_before_it_asks_the_app(office: Office) -> None:
    opened = await office.client.views_open(trigger_id=trigger(office), view=modal())
    answer = await office.slack.submit(office.ana, opened["view"]["id"], {"reason": "no"})
    assert answer.errors == {"reason": "Please enter at least 3 characters."}


async def test_without_an_app_a_submission_has_trouble_connecting(office: Office) -> None:
    opened = await office.client.views_open(trigger_id=trigger(office), view=modal())
    answer = await office.slack.submit(office.ana, opened["view"]["id"], {"reason": "no stock"})
    assert answer.failure == "We had some trouble connecting. Try again?"
    assert len(office.slack.open_views(office.ana)) == 1


async def test_a_home_tab_belongs_to_one_person_and_is_replaced_by_the_next(office: Office) -> None:
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await office.client.views_publish(user_id=office.ana, view=view)
    second = await office.client.views_publish(user_id=office.ana, view={"type": "home", "blocks": []})
    assert first["view"]["id"] == second["view"]["id"]
    assert office.slack.home(office.ben) is None
