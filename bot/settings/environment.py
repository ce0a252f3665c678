"""The environment: one field for each variable, and the sentences for what is wrong with one."""

import json
import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import Misconfigured
from bot.rules.addresses import is_web_address
from bot.rules.customer_sync import Plan
from bot.rules.digests import AT
from bot.rules.retention import Retention
from bot.rules.telling import Often, Quiet, Telling
from bot.settings.book import StoreBook

PREFIX = "ORDERAHEAD_"
MOST_SECONDS = 3600 * 24
MOST_KEPT_HOURS = 24 * 90


class Settings(BaseSettings):
    """The environment. Every field is the variable ORDERAHEAD_<NAME>; the README's table is made from this class."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr = Field(
        SecretStr(""), description="the bot's token, xoxb-…; needed unless workspaces install the app themselves"
    )
    slack_app_token: SecretStr = Field(
        SecretStr(""), description="the app-level token, xapp-…; when set, Slack is reached by Socket Mode"
    )
    slack_signing_secret: SecretStr = Field(
        SecretStr(""), description="needed without an app token: Slack then calls /slack/events"
    )
    slack_client_id: str = Field("", description="the app's client id: any number of workspaces install it themselves")
    slack_client_secret: SecretStr = Field(SecretStr(""), description="the app's client secret, which belongs to it")
    secret_keys: SecretStr | None = Field(
        None,
        description="keys that encrypt secrets and personal data, newest first, separated by commas; "
        "needed with PostgreSQL, else a file with one is made beside the database",
    )
    stores: str = Field("", description="accounts and stores as JSON, instead of a file")
    stores_file: Path | None = Field(None, description="accounts and stores as TOML, as in the example, or in a .json")
    database_url: str = Field("sqlite:///orderahead.db", description="sqlite:///… or postgresql://…")
    public_url: str = Field("", description="our address as Flowhub, Leafly and a web shop see it")
    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="the port to listen on; 0 takes a free one")

    leafly_client_id: str = Field("", description="the integrator's client id at Leafly")
    leafly_client_secret: SecretStr = Field(SecretStr(""), description="the integrator's client secret at Leafly")
    leafly_hmac_key: SecretStr = Field(SecretStr(""), description="the key with which Leafly signs its webhooks")

    order_poll_seconds: float = Field(
        30, gt=0, le=MOST_SECONDS, description="how often open orders are checked in Flowhub"
    )
    pos_watch_seconds: float = Field(
        120, gt=0, le=MOST_SECONDS, description="how often the point of sale is watched for other orders"
    )
    inventory_seconds: float = Field(
        300, gt=0, le=MOST_SECONDS, description="how old a store's inventory may be when items are matched"
    )
    removed_stores_kept_hours: float = Field(
        48,
        ge=0,
        le=MOST_KEPT_HOURS,
        description="how long the orders of a removed store are kept before they are erased; with the last store of a Flowhub "
        "account go its customers",
    )
    flowhub_requests_per_second: float = Field(15, gt=0, le=17, description="pace of calls per Flowhub account")
    sync_every: float = Field(
        3600, ge=0, le=MOST_SECONDS, description="seconds between two syncs of customers and sales; 0 for none"
    )
    sync_lookback_days: int = Field(1, ge=1, le=90, description="days that a sync looks back, beyond the last good one")
    sync_nightly_days: int = Field(14, ge=1, le=365, description="days of sales that a night's sync reads again")
    sync_nightly_hour: int = Field(3, ge=0, le=23, description="the hour from which on the night's sync is due")
    sync_pages_per_second: float = Field(3, gt=0, le=17, description="pace of a sync, within the account's pace")
    digest_at: str = Field(
        "08:00",
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$|^off$",
        description="when a store's morning digest is posted, on its own clock, or off",
    )
    summary: Often = Field(
        Often.EACH_SYNC,
        description="the summary of a store's segments: each_sync (one a day, kept up to date), daily or never",
    )
    quiet_hours: str = Field(
        "22:00-07:00",
        pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])?$",
        description="hours on a store's own clock in which no summary is posted; empty for none",
    )
    keep_unread_hours: float = Field(
        24, gt=0, le=24 * 90, description="hours that records which could not be read are kept, sealed"
    )
    keep_contacts_days: float = Field(
        7, gt=0, le=365, description="days that an order's contact is kept after it closed"
    )
    keep_customers_days: float = Field(
        30, gt=0, le=365, description="days that a customer is kept after Flowhub has them no more"
    )
    webhooks_to_private_addresses: bool = Field(
        False, description="allow storefront webhooks to addresses inside your own network"
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR")
    log_format: str = Field("plain", pattern="^(plain|json)$", description="plain or json")

    flowhub_url: str = Field("https://api.flowhub.co", description="Flowhub's API")
    flowhub_auth_url: str = Field("https://flowhub.auth0.com", description="Flowhub's token issuer")
    leafly_url: str = Field(
        "https://reservations-api.leafly.com/v1/order_integration", description="Leafly's Order API"
    )
    leafly_auth_url: str = Field("https://sso.leafly.com", description="Leafly's token issuer")
    slack_api_url: str = Field("https://slack.com/api/", description="Slack's Web API")

    @field_validator("public_url", "flowhub_url", "flowhub_auth_url", "leafly_url", "leafly_auth_url", "slack_api_url")
    @classmethod
    def _absolute(cls, value: str, field: ValidationInfo) -> str:
        if not is_web_address(value) and (value or field.field_name != "public_url"):
            raise ValueError("must be an http or https address")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _reachable_by_slack(self) -> "Settings":
        if not self.slack_app_token.get_secret_value() and not self.slack_signing_secret.get_secret_value():
            raise ValueError("set ORDERAHEAD_SLACK_APP_TOKEN (Socket Mode) or ORDERAHEAD_SLACK_SIGNING_SECRET (HTTP)")
        return self

    @model_validator(mode="after")
    def _one_workspace_or_many(self) -> "Settings":
        token, secret = self.slack_bot_token.get_secret_value(), self.slack_client_secret.get_secret_value()
        if bool(self.slack_client_id) != bool(secret):
            missing = "SLACK_CLIENT_SECRET" if self.slack_client_id else "SLACK_CLIENT_ID"
            raise ValueError(f"{PREFIX}{missing} must be set too, or neither of the two")
        if not token and not secret:
            raise ValueError(f"{PREFIX}SLACK_BOT_TOKEN: is missing")
        if token and secret:
            raise ValueError(
                f"set {PREFIX}SLACK_BOT_TOKEN for one workspace, or {PREFIX}SLACK_CLIENT_ID and _SECRET for many, not both"
            )
        if secret and not self.public_url:
            raise ValueError(f"{PREFIX}PUBLIC_URL: is missing; Slack must find the way back to us after an install")
        return self

    @model_validator(mode="after")
    def _whole_leafly(self) -> "Settings":
        leafly = {
            "LEAFLY_CLIENT_ID": self.leafly_client_id,
            "LEAFLY_CLIENT_SECRET": self.leafly_client_secret.get_secret_value(),
            "LEAFLY_HMAC_KEY": self.leafly_hmac_key.get_secret_value(),
        }
        missing = [f"{PREFIX}{name}" for name, value in leafly.items() if not value]
        if missing and len(missing) < len(leafly):
            raise ValueError(f"{' and '.join(missing)} must be set too, or nothing of Leafly's")
        return self

    @property
    def has_many_workspaces(self) -> bool:
        return bool(self.slack_client_id)

    @property
    def uses_socket_mode(self) -> bool:
        return bool(self.slack_app_token.get_secret_value())

    @property
    def vault_keys(self) -> list[str]:
        """The keys of the settings; `bot.keyring` knows where else they come from."""
        keys = self.secret_keys.get_secret_value() if self.secret_keys else ""
        return [key.strip() for key in keys.split(",") if key.strip()]

    def sync_plan(self) -> Plan:
        return Plan(
            every=timedelta(seconds=self.sync_every or Plan.every.total_seconds()),
            lookback_days=self.sync_lookback_days,
            nightly_days=self.sync_nightly_days,
            nightly_hour=self.sync_nightly_hour,
        )

    def telling(self) -> Telling:
        begins, _, ends = self.quiet_hours.partition("-")
        quiet = Quiet(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends)) if ends else None
        is_off = self.digest_at == "off"
        at = AT if is_off else time.fromisoformat(self.digest_at)
        return Telling(digest=not is_off, at=at, summary=self.summary, quiet=quiet)

    def retention(self) -> Retention:
        return Retention(
            unread=timedelta(hours=self.keep_unread_hours),
            contacts=timedelta(days=self.keep_contacts_days),
            customers=timedelta(days=self.keep_customers_days),
        )

    def store_book(self) -> StoreBook:
        """Raises Misconfigured with a sentence that names the variable and the field."""
        if self.stores and self.stores_file:
            raise Misconfigured("Set ORDERAHEAD_STORES or ORDERAHEAD_STORES_FILE, not both.")
        variable = "ORDERAHEAD_STORES_FILE" if self.stores_file else "ORDERAHEAD_STORES"
        is_toml = self.stores_file is not None and self.stores_file.suffix != ".json"
        try:
            text = self.stores_file.read_text() if self.stores_file else self.stores
            data = tomllib.loads(text) if is_toml else json.loads(text or "{}")
        except OSError as problem:
            raise Misconfigured(f"{variable}: {self.stores_file} can't be read ({problem.strerror}).") from None
        except ValueError as problem:
            raise Misconfigured(f"{variable} is not {'TOML' if is_toml else 'JSON'}: {problem}.") from None
        try:
            book = StoreBook.model_validate(data)
        except ValidationError as problem:
            raise Misconfigured(_sentence(problem, lambda path: f"{variable}, {path}" if path else variable)) from None
        for key, store in book.stores.items():
            if bool(store.workspace) != self.has_many_workspaces:
                what = (
                    "is missing: the id of its Slack workspace, T…"
                    if self.has_many_workspaces
                    else "is for many workspaces only"
                )
                raise Misconfigured(f"{variable}, stores.{key}.workspace: {what}.")
        return book


def load(environment: Mapping[str, Any] | None = None) -> Settings:
    """The settings, from `environment` (names without the prefix) or the process's own. Raises Misconfigured."""
    try:
        return Settings(**(environment or {}))
    except ValidationError as problem:
        raise Misconfigured(_sentence(problem, lambda path: f"{PREFIX}{path.upper()}" if path else "")) from None


def _sentence(problem: ValidationError, place: Any) -> str:
    first = problem.errors(include_url=False, include_input=False)[0]
    where = place(".".join(str(part) for part in first["loc"]))
    what = "is missing" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
    more = f" ({problem.error_count() - 1} more)" if problem.error_count() > 1 else ""
    return f"{where}: {what}{more}." if where else f"{what[0].upper()}{what[1:]}{more}."
