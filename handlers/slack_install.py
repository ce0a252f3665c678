"""`/slack/install`, and the way back from Slack: how a workspace gets the app. The library checks the state."""

import aiohttp
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.oauth.async_callback_options import AsyncFailureArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError

log = structlog.get_logger("orderahead.handlers")

OURS = {"invalid_browser", "invalid_state", "missing_code", "invalid_code", "storage_error", "access_denied"}
NO_TRACE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
"""The addresses on this way hold a code and a state: they are nobody else's business."""


def routes(flow: AsyncOAuthFlow) -> APIRouter:
    router = APIRouter()

    async def failed(arguments: AsyncFailureArgs) -> BoltResponse:
        why = arguments.reason if arguments.reason in OURS else "Slack said no"
        log.warning("an install did not succeed", why=why)
        return await flow.default_callback_options.failure(arguments)

    flow.failure_handler = failed

    @router.get(flow.install_path, include_in_schema=False)
    async def install(request: Request) -> Response:
        return _untraced(to_starlette_response(await flow.handle_installation(to_async_bolt_request(request, b""))))

    @router.get(flow.redirect_uri_path, include_in_schema=False)
    async def back_from_slack(request: Request) -> Response:
        try:
            answer = to_starlette_response(await flow.handle_callback(to_async_bolt_request(request, b"")))
        except (SlackClientError, aiohttp.ClientError, TimeoutError):
            answer = _sorry("Slack did not answer. Please begin again.", flow.install_path, 503)
        except ValueError:
            answer = _sorry("Order Ahead is installed in one workspace at a time.", flow.install_path, 400)
        return _untraced(answer)

    return router


def _untraced(answer: Response) -> Response:
    answer.headers.update(NO_TRACE)
    return answer


def _sorry(sentence: str, install_path: str, status: int) -> Response:
    return HTMLResponse(f'<p>{sentence} <a href="{install_path}">Install Order Ahead</a></p>', status_code=status)
