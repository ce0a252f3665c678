"""The page on which somebody lets the app into their workspace, as far as a browser and a test need it."""

from html import escape
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.installs import Installs, Mismatch
from bot.sandbox.slack.workspace import Person

GUESTS = {"guest", "single_channel_guest"}


class Authorize:
    def __init__(self, installs: Installs) -> None:
        self._installs = installs

    async def page(self, request: web.Request) -> web.Response:
        """GET: who is signed in where is the reader's choice here; Slack knows it from their browser."""
        asked = dict(request.query)
        try:
            scopes = self._installs.check_request(asked)
        except Mismatch as wrong:
            return _error(str(wrong))
        people = [(core, person) for core in self._installs.cores for person in core.workspace.people.values()]
        buttons = "".join(
            f'<p><button name="user" value="{escape(person.id)}">Allow as {escape(person.name)}, '
            f"{escape(core.workspace.team_name)}</button></p>"
            for core, person in people
            if _may_install(person) and asked.get("team", core.workspace.team_id) == core.workspace.team_id
        )
        return _html(
            f"<h1>{escape(self._installs.cores[0].workspace.bot.name)} is requesting permission</h1>"
            f"<p>{escape(', '.join(scopes))}</p>"
            f'<form method="post" action="?{escape(urlencode(asked))}">{buttons}<p><button name="user" value="">'
            "Cancel</button></p></form>"
        )

    async def decide(self, request: web.Request) -> web.Response:
        """POST: `user` is who allows it, empty for nobody."""
        asked, user = dict(request.query), str((await request.post()).get("user", ""))
        try:
            self._installs.check_request(asked)
            if not user:
                return _back(asked, error="access_denied")
            core = self._core_of(user)
            if core is None:
                return _error("user_not_found")
            return _back(asked, code=self._installs.allow(core, user, asked))
        except Mismatch as wrong:
            return _error(str(wrong))

    def _core_of(self, user: str) -> Core | None:
        return next(
            (
                one
                for one in self._installs.cores
                if user in one.workspace.people and _may_install(one.workspace.people[user])
            ),
            None,
        )


def _may_install(person: Person) -> bool:
    return not person.is_bot and person.role not in GUESTS and not person.team


def _back(asked: dict[str, str], **found: str) -> web.Response:
    query = urlencode({**found, "state": asked["state"]})
    return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{query}"})


def _error(why: str) -> web.Response:
    return _html(f"<h1>Something went wrong</h1><p>{escape(why)}</p>", status=400)


def _html(body: str, *, status: int = 200) -> web.Response:
    return web.Response(text=f"<!doctype html><title>Slack</title>{body}", content_type="text/html", status=status)
