"""What an app's acknowledgement or response URL makes of the workspace: a reply, a changed message, the next view."""

from typing import Any

from bot.sandbox.slack.blocks import problems_in_message, problems_in_view
from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.outcomes import Submitted
from bot.sandbox.slack.triggers import ResponseUrl
from bot.sandbox.slack.views import View, ViewRefused
from bot.sandbox.slack.workspace import Json, Message


class Answers:
    def __init__(self, core: Core) -> None:
        self._core = core

    def to_command(self, response: ResponseUrl, payload: Json | None) -> Message | None:
        """The reply that an acknowledgement carries. Raises ValueError where Slack could not show it."""
        if not payload or not (payload.get("text") or payload.get("blocks") or payload.get("attachments")):
            return None
        return self._said(response, payload, through="command acknowledgement")

    def to_response_url(self, response: ResponseUrl, payload: Json) -> Message | None:
        """A POST to a response URL. Raises ValueError with Slack's error code."""
        if payload.get("delete_original"):
            if response.original is not None and not response.original.deleted:
                self._core.delete(response.original, through="response_url")
            return None
        original = response.original
        if payload.get("replace_original") and original is not None and not original.deleted:
            text, blocks, attachments = _parts(payload)
            return self._core.edit(
                original,
                text=text,
                blocks=blocks,
                attachments=attachments,
                metadata=payload.get("metadata"),
                through="response_url",
            )
        return self._said(response, payload, through="response_url")

    def to_submission(self, view: View, payload: Json | None) -> Submitted:
        """Close, clear, show errors, update or push. Raises ValueError where Slack would not understand the answer."""
        match (payload or {}).get("response_action"):
            case None:
                self._close(view)
                return Submitted(ok=True, closed=True)
            case "clear":
                for each in reversed(list(self._core.views.stacks[view.user])):
                    self._close(each)
                return Submitted(ok=True, closed=True)
            case "errors":
                errors = (payload or {}).get("errors")
                known = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
                if not isinstance(errors, dict) or not errors or not errors.keys() <= known:
                    raise ValueError("errors must name input blocks of the view")
                return Submitted(ok=False, errors=errors, view=self._core.views.to_json(view))
            case "update" | "push" as verb:
                return self._next_view(view, verb, (payload or {}).get("view"))
            case other:
                raise ValueError(f"unknown response_action {other}")

    def _next_view(self, view: View, verb: str, body: Any) -> Submitted:
        problems = problems_in_view(body)
        if problems or body["type"] != "modal":
            raise ValueError("; ".join(problems) or "not a modal")
        try:
            if verb == "update":
                shown = self._core.views.to_json(self._core.views.update(view, body))
                self._core.changes.tell(Change("view_updated", view=shown, user=view.user))
            else:
                shown = self._core.views.to_json(self._core.views.push(view.user, body))
                self._core.changes.tell(Change("view_opened", view=shown, user=view.user))
        except ViewRefused as refused:
            raise ValueError(str(refused)) from None
        return Submitted(ok=True, view=shown)

    def _close(self, view: View) -> None:
        # The app may have opened another stack while it was thinking.
        if view in self._core.views.stacks[view.user]:
            self._core.views.close(view)
        self._core.changes.tell(Change("view_closed", view=self._core.views.to_json(view), user=view.user))

    def _said(self, response: ResponseUrl, payload: Json, through: str) -> Message:
        text, blocks, attachments = _parts(payload)
        in_channel = payload.get("response_type") == "in_channel"
        message = Message(
            ts=self._core.workspace.new_ts(),
            channel=response.channel,
            user=self._core.workspace.bot.id,
            is_bot=True,
            text=text,
            blocks=blocks,
            attachments=attachments or [],
            metadata=payload.get("metadata"),
            thread_ts=payload.get("thread_ts") or (None if in_channel else response.thread_ts),
            ephemeral_to=None if in_channel else response.user,
        )
        self._core.post(message, through=through)
        if response.original is None:
            response.original = message
        return message


def _parts(payload: Json) -> tuple[str, list[Json], list[Json] | None]:
    text, blocks, attachments = payload.get("text") or "", payload.get("blocks") or [], payload.get("attachments")
    if not isinstance(text, str) or not isinstance(blocks, list):
        raise ValueError("invalid_payload")
    if not text.strip() and not blocks and not attachments:
        raise ValueError("no_text")
    problems = problems_in_message(blocks)
    for attachment in attachments or []:
        problems += problems_in_message(attachment.get("blocks", []))
    if problems:
        raise ValueError("invalid_blocks")
    return text, blocks, attachments
