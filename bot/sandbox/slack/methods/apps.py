"""oauth.v2.access, auth.test, api.test, apps.connections.open and blocks.validate: what an app asks about itself."""

from urllib.parse import urlsplit

from bot.sandbox.slack.blocks import problems_in_message
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.calls import Call, Method, Refused, refused_with
from bot.sandbox.slack.pace import Tier
from bot.sandbox.slack.workspace import Json


def auth_test(core: Core, _: Call) -> Json:
    workspace = core.workspace
    return {
        "url": f"https://{workspace.team_domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.bot.handle,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def api_test(_: Core, call: Call) -> Json:
    if call.text("error"):
        raise Refused(call.text("error"), args=call.arguments)
    return {"args": call.arguments}


def connections_open(core: Core, call: Call) -> Json:
    """A web socket address on this server, good for one connection."""
    ticket = core.new_ticket()
    host = urlsplit(call.origin).netloc
    return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={core.workspace.app_id}"}


def oauth_access(core: Core, call: Call) -> Json:
    """A code from the authorize page, or a refresh token, for an access token. Each works once."""
    client = call.text("client_id"), call.text("client_secret")
    try:
        match call.text("grant_type", "authorization_code"):
            case "authorization_code":
                return core.installs.exchange(*client, call.text("code"), call.text("redirect_uri"))
            case "refresh_token":
                return core.installs.refresh(*client, call.text("refresh_token"))
            case _:
                raise Refused("invalid_grant_type")
    except ValueError as wrong:
        raise Refused(str(wrong)) from None


def blocks_validate(_: Core, call: Call) -> Json:
    blocks = call.parsed("blocks", "invalid_blocks_format")
    if blocks is None:
        raise refused_with("invalid_arguments", ["missing required field: blocks"])
    problems = problems_in_message(blocks)
    if problems:
        raise refused_with("invalid_blocks", problems)
    return {}


METHODS = (
    Method("auth.test", auth_test, Tier.SPECIAL),
    Method("api.test", api_test, Tier.TIER_4, token="any"),
    Method("apps.connections.open", connections_open, Tier.CONNECTIONS, token="app"),
    Method("oauth.v2.access", oauth_access, Tier.TIER_4, token="any"),
    Method("blocks.validate", blocks_validate, Tier.TIER_3),
)
