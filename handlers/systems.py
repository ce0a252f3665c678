"""All that systems start, one visible line per file."""

from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from slack_bolt.async_app import AsyncApp

from bot import __version__
from handlers import health, leafly, postbacks, requests, slack_http, storefront
from handlers.front import Front


def http_api(front: Front, slack_app: AsyncApp | None) -> FastAPI:
    """The HTTP side of the bot. `slack_app` is None in Socket Mode, where Slack needs no address of ours."""
    api: FastAPI = FastAPIOffline(
        title="Order Ahead",
        version=__version__,
        description="The order desk in Slack for cannabis dispensaries on Flowhub.",
        redoc_url=None,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
        },  # /metrics says it all; looking for it costs time
    )
    requests.install(api)
    api.include_router(storefront.routes(front))
    api.include_router(postbacks.routes(front))
    api.include_router(leafly.routes(front))
    api.include_router(health.routes(front))
    if slack_app is not None:
        api.include_router(slack_http.routes(slack_app, front.slack_signing_secret))
    _document(api)
    return api


def _document(api: FastAPI) -> None:
    plain_openapi = api.openapi

    def openapi() -> dict[str, Any]:
        schema = plain_openapi()
        schema.setdefault("components", {}).setdefault("schemas", {}).update(storefront.schemas())
        return schema

    api.openapi = openapi  # type: ignore[method-assign]
