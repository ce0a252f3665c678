"""The customers of Green Mesa, read by a real bot, and what people see of them in Slack."""

import json
import re
from typing import Any

from bot.customers import sync
from bot.rules.customer_sync import Plan, Report, RunKind
from bot.sandbox.shop import Customer
from bot.sandbox.slack import Message
from tests.world import World, all_words

ACCOUNT = "green-mesa"
JONAH = "(303) 555-0102"


async def synced(world: World, *, kind: RunKind | None = None) -> Report:
    assert world.bot is not None
    report = await sync(world.bot.desk, ACCOUNT, Plan(), kind=kind, asked_for=True)
    assert report is not None
    assert not report.problem, report.problem
    return report


def in_flowhub(world: World, name: str) -> Customer:
    """The customer as Flowhub has them; a value that tests may change."""
    (one,) = [one for one in world.flowhub.pos.customers.values() if one.name == name]
    return one


async def asked(world: World, person: str, text: str, *, channel: str = "", command: str = "/customer") -> Message:
    """What this person is answered, privately."""
    before = len(world.slack.ephemerals(person))
    answer = await world.slack.command(person, channel or world.channel, command, text)
    assert answer.ok, answer.failure
    await world.until(lambda: len(world.slack.ephemerals(person)) > before, f"an answer to {command} {text}")
    return world.slack.ephemerals(person)[-1]


def words_of_view(view: Any) -> str:
    return "\n".join(re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(view, ensure_ascii=False)))


def record_everything(world: World) -> None:
    """From here on the wire's record shows whole bodies, also those that it would mask."""
    world.slack.wire.mask = lambda body: body.decode("utf-8", "replace")


def everything_slack_saw(world: World) -> str:
    """All requests, all messages whatever became of them, and the views that are open."""
    requests = [f"{entry.request}{entry.response}" for entry in world.slack.wire.entries]
    messages = [
        all_words(one) + json.dumps(one.blocks) + json.dumps(one.metadata) for one in world.slack.all_messages()
    ]
    people = world.sandbox.people.values()
    private = [all_words(one) + json.dumps(one.blocks) for person in people for one in world.slack.ephemerals(person)]
    views = [json.dumps(world.slack.open_views(person), ensure_ascii=False) for person in people]
    return "\n".join([*requests, *messages, *private, *views])
