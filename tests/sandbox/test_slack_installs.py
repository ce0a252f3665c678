"""Several workspaces on one server, and the app that they install: strict where Slack is strict."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import NotPossible
from bot.sandbox.slack.team import Team
from tests.contracts.slack_office import Office, an_office

BACK = "https://app.example.com/slack/oauth_redirect"


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as made:
        made.slack.installs.redirect_urls = [BACK]
        yield made


@pytest.fixture
def diner(office: Office) -> Team:
    """Another workspace, where nobody has installed the app."""
    return office.slack.add_workspace("Diner")


def page(office: Office, **changed: str) -> str:
    asked = {
        "client_id": office.slack.installs.client_id,
        "redirect_uri": BACK,
        "scope": "chat:write,commands",
        "state": "s",
    }
    return f"{office.slack.url}/oauth/v2/authorize?{urlencode({**asked, **changed})}"


def code_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["code"][0]


async def access(office: Office, **changed: Any) -> dict[str, Any]:
    """oauth.v2.access as the library calls it; what Slack answers, refusals too."""
    app = office.slack.installs
    given = {"client_id": app.client_id, "client_secret": app.client_secret, "redirect_uri": BACK, **changed}
    client = AsyncWebClient(base_url=office.slack.api_url, session=office.http, retry_handlers=[])
    try:
        answer: Any = (await client.oauth_v2_access(**given)).data
        return dict(answer)
    except SlackApiError as refused:
        return dict(refused.response.data)


async def says(office: Office, token: str) -> str:
    client = AsyncWebClient(token=token, base_url=office.slack.api_url, session=office.http, retry_handlers=[])
    try:
        return str((await client.auth_test())["team"])
    except SlackApiError as refused:
        return str(refused.response["error"])


async def test_a_code_becomes_a_token_of_its_own_workspace(office: Office, diner: Team) -> None:
    flo = diner.add_person("Flo Diner")
    answer = await access(office, code=code_of(diner.allow(flo, page(office))))
    assert (answer["team"], answer["authed_user"]) == ({"id": diner.team_id, "name": "Diner"}, {"id": flo})
    assert (answer["scope"], answer["token_type"], answer["app_id"]) == (
        "chat:write,commands",
        "bot",
        office.slack.workspace.app_id,
    )
    assert "expires_in" not in answer
    assert await says(office, answer["access_token"]) == "Diner"
    assert await says(office, "xoxb-snack") == office.slack.workspace.team_name
    assert diner.is_installed


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "guessed"}, "bad_client_secret"),
        ({"code": "guessed"}, "invalid_code"),
        ({"redirect_uri": "https://app.example.com/elsewhere"}, "bad_redirect_uri"),
        ({"redirect_uri": None}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "guessed"}, "invalid_refresh_token"),
    ],
)
async def test_what_does_not_fit_is_refused(office: Office, diner: Team, changed: dict[str, Any], error: str) -> None:
    code = code_of(diner.allow(diner.add_person("Flo"), page(office)))
    assert (await access(office, **{"code": code, **changed}))["error"] == error
    assert not diner.is_installed
    assert (await access(office, code=code))["ok"]


async def test_a_code_works_once_and_ten_minutes(office: Office, diner: Team) -> None:
    flo = diner.add_person("Flo")
    code = code_of(diner.allow(flo, page(office)))
    assert (await access(office, code=code))["ok"]
    assert (await access(office, code=code))["error"] == "code_already_used"
    late = code_of(diner.allow(flo, page(office)))
    office.slack.clock.advance(600)
    assert (await access(office, code=late))["error"] == "invalid_code"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example.com/"}, "bad_redirect_uri"),
        ({"scope": "chat:write,admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"user_scope": "search:read"}, "invalid_scope"),
        ({"state": ""}, "missing_state"),
        ({"team": "T0ELSEWHERE"}, "not the workspace"),
    ],
)
async def test_the_page_refuses_what_the_app_did_not_declare(
    office: Office, diner: Team, changed: dict[str, str], error: str
) -> None:
    with pytest.raises(NotPossible, match=error):
        diner.allow(diner.add_person("Flo"), page(office, **changed))


async def test_guests_install_nothing(office: Office, diner: Team) -> None:
    with pytest.raises(NotPossible, match="guests"):
        diner.allow(diner.add_person("Gus", role="guest"), page(office))


async def test_the_page_works_in_a_browser(office: Office, diner: Team) -> None:
    flo = diner.add_person("Flo <b>")
    async with office.http.get(page(office)) as answer:
        shown = await answer.text()
    assert "Allow as Flo &lt;b&gt;, Diner" in shown
    for user, query in ((flo, "code"), ("", "error")):
        async with office.http.post(page(office), data={"user": user}, allow_redirects=False) as answer:
            assert answer.status == 302
            found = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert set(found) == {query, "state"}
    async with office.http.post(page(office, scope="admin"), data={"user": flo}, allow_redirects=False) as answer:
        assert answer.status == 400


async def test_with_rotation_tokens_end_and_refresh_tokens_work_once(office: Office, diner: Team) -> None:
    office.slack.switches.token_rotation = True
    first = await access(office, code=code_of(diner.allow(diner.add_person("Flo"), page(office))))
    assert (first["expires_in"], first["access_token"][:12], first["refresh_token"][:7]) == (
        43200,
        "xoxe.xoxb-1-",
        "xoxe-1-",
    )
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await access(office, **renew)
    assert (await access(office, **renew))["error"] == "invalid_refresh_token"
    assert [await says(office, one["access_token"]) for one in (first, second)] == ["Diner", "Diner"]
    third = await access(office, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert await says(office, first["access_token"]) == "token_revoked"  # two at a time
    office.slack.clock.advance(43200)
    assert await says(office, third["access_token"]) == "token_expired"


async def test_an_uninstall_ends_all_tokens_of_one_workspace(office: Office, diner: Team) -> None:
    office.slack.switches.token_rotation = True
    flo = diner.add_person("Flo")
    answer = await access(office, code=code_of(diner.allow(flo, page(office))))
    await diner.uninstall()
    assert await says(office, answer["access_token"]) == "token_revoked"
    renewed = await access(office, grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert renewed["error"] == "invalid_refresh_token"
    assert await says(office, "xoxb-snack") == office.slack.workspace.team_name
    counter = diner.add_channel("counter", members=[flo])
    with pytest.raises(NotPossible, match="Snack Cart is not installed in Diner"):
        await diner.command(flo, counter, "/snack", "menu")


async def test_a_token_reaches_its_own_workspace_only(office: Office, diner: Team) -> None:
    flo = diner.add_person("Flo")
    counter = diner.add_channel("counter", members=[flo])
    answer = await access(office, code=code_of(diner.allow(flo, page(office))))
    theirs = AsyncWebClient(
        token=answer["access_token"], base_url=office.slack.api_url, session=office.http, retry_handlers=[]
    )
    await theirs.chat_postMessage(channel=counter, text="Coffee?")
    for channel, client in ((office.kitchen, theirs), (counter, office.client)):
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await client.chat_postMessage(channel=channel, text="Tea?")
    trigger = office.slack.core.triggers.new(office.ana)
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "?"}, "blocks": []}
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await theirs.views_open(trigger_id=trigger, view=modal)
    assert [one.text for one in diner.messages(counter)] == ["Coffee?"]


async def test_a_reset_brings_back_the_first_day(office: Office, diner: Team) -> None:
    await access(office, code=code_of(diner.allow(diner.add_person("Flo"), page(office))))
    await office.slack.uninstall()
    office.slack.reset()
    assert await says(office, "xoxb-snack") == office.slack.workspace.team_name
    assert not diner.is_installed
