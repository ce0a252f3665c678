"""What people do: write, command, press, choose, submit, close. Each verb returns what that person then sees."""

from typing import Any

from bot.sandbox.slack import finding, payloads
from bot.sandbox.slack.answers import Answers
from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.outcomes import Commanded, NotPossible, Pressed, Submitted
from bot.sandbox.slack.state import FIELDS, field_errors, fields_of, initial_values
from bot.sandbox.slack.triggers import ResponseUrl
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Json, Message

NOT_RESPONDING = "This app is not responding. Try again."
TROUBLE_CONNECTING = "We had some trouble connecting. Try again?"


class Verbs:
    def __init__(self, core: Core, delivery: Delivery, events: Events) -> None:
        self._core, self._delivery, self._events = core, delivery, events
        self._answers = Answers(core)
        self.begin_again()

    def begin_again(self) -> None:
        self._chosen: dict[tuple[str, str, str], dict[str, Json]] = {}

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Message:
        where = finding.place(self._core, user, channel)
        if where.archived:
            raise NotPossible(f"#{where.name} is archived")
        if where.is_im and self._core.manifest["features"].get("app_home", {}).get("messages_tab_read_only_enabled"):
            raise NotPossible(f"sending messages to {self._core.workspace.bot.name} has been turned off")
        message = Message(
            ts=self._core.workspace.new_ts(),
            channel=where.id,
            user=user,
            text=finding.escaped(text),
            thread_ts=thread_ts,
        )
        self._core.post(message, through="say")
        await self._events.said(message, where)
        return message

    async def command(self, user: str, channel: str, name: str, text: str = "") -> Commanded:
        where = finding.place(self._core, user, channel)
        declared = {each["command"]: each for each in self._core.manifest["features"].get("slash_commands", [])}
        if name not in declared:
            return Commanded(ok=False, failure=f"{name} is not a valid command.")
        response = ResponseUrl("commands", where.id, user, 0)
        url = self._response_url(response)
        text = finding.escaped(text)
        if declared[name].get("should_escape"):
            text = finding.with_references(self._core, text)
        payload = payloads.command(self._core, user, where, name, text, url)
        answer = await self._delivery.send("slash_commands", payload)
        if not answer.ok:
            return Commanded(ok=False, failure=f'{name} failed with the error "dispatch_failed"')
        try:
            reply = self._answers.to_command(response, answer.payload)
        except ValueError:
            return Commanded(ok=False, failure=f'{name} failed with the error "invalid_command_response"')
        return Commanded(ok=True, reply=reply)

    async def press(
        self, user: str, channel: str, ts: str, action_id: str, value: str | None = None, block_id: str | None = None
    ) -> Pressed:
        """Press a button, or pick the entry `value` of an overflow or select menu, on a message."""
        return await self.act(user, channel, ts, action_id, value, block_id)

    async def select(
        self, user: str, channel: str, ts: str, action_id: str, chosen: Any, block_id: str | None = None
    ) -> Pressed:
        """Choose in a menu or picker on a message: an option's value, several, a person, a date, or a state entry."""
        return await self.act(user, channel, ts, action_id, chosen, block_id)

    async def act(
        self, user: str, channel: str, ts: str, action_id: str, given: Any, block_id: str | None = None
    ) -> Pressed:
        finding.place(self._core, user, channel)
        message = finding.message_seen(self._core, user, channel, ts)
        blocks = [*message.every_block()]
        block, element = finding.control(blocks, action_id, given, block_id)
        values = self._values_in_message(user, message)
        entry = finding.entry(element, given)
        if element["type"] in FIELDS:
            values[block["block_id"]][element["action_id"]] = entry
        shown = payloads.action(self._core, block["block_id"], element, entry)
        response = ResponseUrl("actions", channel, user, 0, message.thread_ts, message)
        url = self._response_url(response)
        payload = payloads.action_in_message(self._core, user, message, shown, values, url)
        answer = await self._delivery.send("interactive", payload)
        return Pressed(ok=True) if answer.ok else Pressed(ok=False, failure=NOT_RESPONDING)

    async def press_in_view(
        self, user: str, view_id: str, action_id: str, value: Any = None, block_id: str | None = None
    ) -> Pressed:
        """Press or choose inside a modal or a Home tab."""
        view = finding.view_open(self._core, user, view_id)
        block, element = finding.control(view.body["blocks"], action_id, value, block_id)
        entry = finding.entry(element, value)
        if element["type"] in FIELDS:
            view.values[block["block_id"]][element["action_id"]] = entry
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Pressed(ok=True)
        shown = payloads.action(self._core, block["block_id"], element, entry)
        answer = await self._delivery.send("interactive", payloads.action_in_view(self._core, view, shown))
        return Pressed(ok=True) if answer.ok else Pressed(ok=False, failure=NOT_RESPONDING)

    def keep(self, user: str, view_id: str, values: dict[str, Any]) -> None:
        """What stands in a view's fields while something else is pressed; unknown fields are passed over."""
        view = finding.view_open(self._core, user, view_id)
        known = {block_id: given for block_id, given in values.items() if block_id in view.values}
        finding.fill(view, known)

    async def submit(self, user: str, view_id: str, values: dict[str, Any] | None = None) -> Submitted:
        """Fill the fields and submit. `values` by block id: a bare value, or {action id: value or state entry}."""
        view = finding.view_open(self._core, user, view_id)
        if view.kind != "modal":
            raise NotPossible("only a modal can be submitted")
        finding.fill(view, values or {})
        errors = field_errors(view.body["blocks"], view.values)
        if errors:
            return Submitted(ok=False, errors=errors, view=self._core.views.to_json(view))
        urls = self._urls_asked_for(view)
        answer = await self._delivery.send("interactive", payloads.submission(self._core, view, urls))
        if not answer.ok:
            return Submitted(ok=False, failure=TROUBLE_CONNECTING)
        try:
            return self._answers.to_submission(view, answer.payload)
        except ValueError:
            return Submitted(ok=False, failure=TROUBLE_CONNECTING)

    async def close_view(self, user: str, view_id: str) -> None:
        """The modal's cross or its close button; with `clear_on_close` the whole stack goes."""
        view = finding.view_open(self._core, user, view_id)
        stack = self._core.views.stacks[user]
        closing = list(stack) if view.body.get("clear_on_close") else [view]
        for each in reversed(closing):
            self._core.views.close(each)
            self._core.changes.tell(Change("view_closed", view=self._core.views.to_json(each), user=user))
        for each in reversed(closing):
            if each.body.get("notify_on_close"):
                cleared = len(closing) > 1
                await self._delivery.send("interactive", payloads.closing(self._core, each, is_cleared=cleared))

    async def suggest(
        self, user: str, action_id: str, query: str, *, view_id: str | None = None, channel: str = "", ts: str = ""
    ) -> list[Json]:
        """Type into an external menu; the options that the app offers."""
        if view_id is not None:
            view = finding.view_open(self._core, user, view_id)
            blocks, where = view.body["blocks"], {"view": self._core.views.to_json(view)}
            where["container"] = {"type": "view", "view_id": view.id}
        else:
            message = finding.message_seen(self._core, user, channel, ts)
            blocks, where = [*message.every_block()], {"message": self._core.message_json(message)}
            where["container"] = {"type": "message", "message_ts": ts, "channel_id": channel}
        block, element = finding.control(blocks, action_id, None, None)
        payload = payloads.suggestion(self._core, user, block["block_id"], element, query, where)
        answer = await self._delivery.send("interactive", payload)
        found = answer.payload or {}
        groups = [option for group in found.get("option_groups", []) for option in group["options"]]
        return [*found.get("options", []), *groups]

    async def open_home(self, user: str) -> Json | None:
        """Look at the app's Home tab; the view that is published after the app was told."""
        await self._events.home_opened(user, self._core.workspace.direct_channel(user))
        home = self._core.views.homes.get(user)
        return self._core.views.to_json(home) if home else None

    async def message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Pressed:
        self._declared_shortcut(callback_id, "message")
        message = finding.message_seen(self._core, user, channel, ts)
        url = self._response_url(ResponseUrl("actions", channel, user, 0, message.thread_ts, message))
        payload = payloads.message_shortcut(self._core, user, message, callback_id, url)
        answer = await self._delivery.send("interactive", payload)
        return Pressed(ok=True) if answer.ok else Pressed(ok=False, failure=NOT_RESPONDING)

    async def global_shortcut(self, user: str, callback_id: str) -> Pressed:
        self._declared_shortcut(callback_id, "global")
        answer = await self._delivery.send("interactive", payloads.global_shortcut(self._core, user, callback_id))
        return Pressed(ok=True) if answer.ok else Pressed(ok=False, failure=NOT_RESPONDING)

    def _values_in_message(self, user: str, message: Message) -> dict[str, Json]:
        """What this person has chosen on that message so far; edited blocks begin with their initial values."""
        blocks = [*message.every_block()]
        values = initial_values(blocks)
        known = self._chosen.setdefault((user, message.channel, message.ts), values)
        for block_id, actions in values.items():
            for action_id, untouched in actions.items():
                before = known.get(block_id, {}).get(action_id)
                actions[action_id] = before if before and before["type"] == untouched["type"] else untouched
        self._chosen[user, message.channel, message.ts] = values
        return values

    def _response_url(self, response: ResponseUrl) -> str:
        return self._core.own_url + self._core.triggers.response_path(response)

    def _urls_asked_for(self, view: View) -> list[Json]:
        """A response URL for each channel chosen in a field with `response_url_enabled`."""
        urls = []
        for block, element in fields_of(view.body["blocks"]):
            if not element.get("response_url_enabled"):
                continue
            channel = view.values[block["block_id"]][element["action_id"]].get(FIELDS[element["type"]][0])
            if channel:
                url = self._response_url(ResponseUrl("actions", channel, view.user, 0))
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": url,
                    }
                )
        return urls

    def _declared_shortcut(self, callback_id: str, kind: str) -> None:
        declared = self._core.manifest["features"].get("shortcuts", [])
        if not any(each["callback_id"] == callback_id and each["type"] == kind for each in declared):
            raise NotPossible(f"the manifest declares no {kind} shortcut {callback_id}")
