"""A Slack workspace on loopback: the Web API, Socket Mode, signed HTTP, the people in it, and a record of it all.

    slack = SlackStandIn(manifest=manifest, bot_token="xoxb-1", app_token="xapp-1", signing_secret="s")
    server = await slack.start()
    maya = slack.add_person("Maya Ortiz", role="owner")
    desk = slack.add_channel("main-street-orders", private=True, members=[maya])
    # Start the app with base URL `slack.api_url`; for signed HTTP set `slack.events_url` to its request URL.
    await slack.await_connected()
    answer = await slack.command(maya, desk, "/orders", "show A01")
    card = await slack.await_until(lambda: slack.cards(desk))
    await slack.press(maya, desk, card[0].ts, "claim")
    await server.close()

It is strict where Slack is strict and imports nothing of ours outside `bot.sandbox`; `coverage.py` lists what it
imitates and what it does not.
"""

from bot.sandbox.slack.control import add_slack_control_routes
from bot.sandbox.slack.outcomes import Commanded, NotPossible, Pressed, Submitted
from bot.sandbox.slack.stand_in import SlackStandIn
from bot.sandbox.slack.switches import Switches
from bot.sandbox.slack.workspace import Channel, Message, Person, Revision

__all__ = [
    "Channel",
    "Commanded",
    "Message",
    "NotPossible",
    "Person",
    "Pressed",
    "Revision",
    "SlackStandIn",
    "Submitted",
    "Switches",
    "add_slack_control_routes",
]
