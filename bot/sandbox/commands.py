"""`orderahead sandbox`: only the stand-ins, for people who develop against Flowhub, which offers no sandbox of its own."""

import json
from collections.abc import Awaitable, Callable

from bot.sandbox.sandbox import Sandbox


async def run_sandbox(*, port: int, as_json: bool, until_stopped: Callable[[], Awaitable[None]]) -> int:
    """Serve until stopped; the first thing printed is where everything is. Returns the exit code."""
    try:
        sandbox = await Sandbox.start(port=port)
    except OSError as problem:
        print(f"Ports {port} to {port + 5} can't all be listened on ({problem.strerror}).")
        return 1
    if as_json:
        print(json.dumps(sandbox.description()), flush=True)
    else:
        print(_in_words(sandbox), flush=True)
    await until_stopped()
    await sandbox.close()
    return 0


def _in_words(sandbox: Sandbox) -> str:
    about = sandbox.description()
    flowhub, leafly, slack = about["flowhub"], about["leafly"], about["slack"]
    lines = [
        "Stand-ins for Flowhub, Leafly and Slack are running. Stop them with Ctrl-C.",
        "",
        f"Flowhub   {flowhub['url']}   tokens: {flowhub['auth_url']}/oauth/token",
        f"          clientId {flowhub['client_id']}",
        f"          key      {flowhub['key']}",
    ]
    for store in flowhub["stores"]:
        lines.append(f"          {store['name']}: location {store['location_id']}, import id {store['import_id']}")
        lines.append(f"            Order Ahead {store['order_ahead_client_id']} / {store['order_ahead_token']}")
    lines += [
        f"Leafly    {leafly['url']}   tokens: {leafly['auth_url']}/token",
        f"          {leafly['client_id']} / {leafly['client_secret']}   HMAC key {leafly['hmac_key']}",
        f"Slack     {slack['api_url']}   page: {slack['console_url']}",
        f"          {slack['bot_token']} · {slack['app_token']} · signing secret {slack['signing_secret']}",
        f"Control   {about['control_url']}/world",
    ]
    return "\n".join(lines)
