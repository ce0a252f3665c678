"""Everything that comes from the environment (prefix ORDERAHEAD_), and the stores, which come from a file or a variable.

A wrong setting is one sentence that names the variable: `Misconfigured`, which the command line turns into exit code 2.
"""

import json
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from bot.errors import Misconfigured
from bot.rules.addresses import is_web_address
from bot.rules.hours import OpenHours, StoreHours
from bot.rules.lateness import Limits
from bot.rules.stores import Credentials, Store

PREFIX = "ORDERAHEAD_"
MOST_SECONDS = 3600 * 24
MOST_MINUTES = 60 * 24 * 14
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class AccountSettings(BaseModel):
    """One Flowhub organisation: the pair that reads locations, inventory and sales of all its shops."""

    model_config = ConfigDict(extra="forbid")

    client_id: str = Field(min_length=1)
    key: SecretStr = Field(min_length=1)


class StoreSettings(BaseModel):
    """One store, as its owner writes it down. `hours` maps weekdays ("mon" … "sun") to "09:00-21:00" or "closed"."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    channel: str = Field(pattern=r"^[CGD][A-Z0-9]{2,}$")
    account: str
    location_id: str = Field(min_length=1)
    import_id: str = ""
    order_ahead_client_id: str = Field(min_length=1)
    order_ahead_token: SecretStr = Field(min_length=1)
    leafly_key: str = ""
    storefront_secret: SecretStr = SecretStr("")
    storefront_webhook_url: str = ""
    storefront_webhook_secret: SecretStr = SecretStr("")
    mention: str = Field(default="", pattern=r"^(|here|channel|S[A-Z0-9]{2,})$")
    managers: tuple[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")], ...] = ()
    reveal_for_managers_only: bool = False
    time_zone: str = "UTC"
    hours: dict[str, str] = Field(default_factory=dict)
    limits: Limits = Limits()
    nag_minutes: float = Field(default=10, gt=0, le=MOST_MINUTES)
    watch_pos: bool = True

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError):
            raise ValueError(f"'{value}' is not a time zone; write it like America/Denver") from None
        return value

    @field_validator("hours")
    @classmethod
    def _readable_hours(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := set(value) - set(WEEKDAYS):
            raise ValueError(f"'{sorted(unknown)[0]}' is not a weekday; use {', '.join(WEEKDAYS)}")
        for day, hours in value.items():
            _open_hours(day, hours)
        return value

    @field_validator("storefront_secret", "storefront_webhook_secret")
    @classmethod
    def _usable_secret(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            try:
                Webhook(value.get_secret_value())
            except (ValueError, RuntimeError, EmptyWebhookSecretError):
                raise ValueError("must be a Standard Webhooks secret: whsec_ and base64") from None
        return value

    @field_validator("storefront_webhook_url")
    @classmethod
    def _absolute_url(cls, value: str) -> str:
        if value and not is_web_address(value):
            raise ValueError("must be an http or https address")
        return value

    @field_validator("limits", mode="before")
    @classmethod
    def _known_limits(cls, value: Any) -> Any:
        for name, minutes in value.items() if isinstance(value, dict) else ():
            if name not in Limits.model_fields:
                raise ValueError(f"'{name}' is no limit; there are {', '.join(Limits.model_fields)}")
            if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= MOST_MINUTES:
                raise ValueError(f"'{name}' must be a number of minutes above 0")
        return value

    @model_validator(mode="after")
    def _can_sign(self) -> "StoreSettings":
        secrets = (self.storefront_webhook_secret, self.storefront_secret)
        if self.storefront_webhook_url and not any(secret.get_secret_value() for secret in secrets):
            raise ValueError("storefront_webhook_url needs storefront_webhook_secret to sign with")
        return self

    def as_store(self, key: str) -> Store:
        days = tuple(_open_hours(day, self.hours.get(day, "closed")) for day in WEEKDAYS) if self.hours else ()
        return Store(
            key=key,
            name=self.name,
            channel=self.channel,
            location_id=self.location_id,
            import_id=self.import_id or self.location_id,
            leafly_key=self.leafly_key,
            webhook_url=self.storefront_webhook_url,
            mention=self.mention,
            managers=self.managers,
            reveal_for_managers_only=self.reveal_for_managers_only,
            hours=StoreHours(zone=self.time_zone, days=days),
            limits=self.limits,
            nag_minutes=self.nag_minutes,
            watch_pos=self.watch_pos,
        )


def _open_hours(day: str, text: str) -> OpenHours | None:
    if text.strip().lower() == "closed":
        return None
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ValueError(f"hours of {day}: '{text}' must look like 09:00-21:00, or be 'closed'") from None
    return OpenHours(opens=opens, closes=closes)


class StoreBook(BaseModel):
    """All accounts and stores."""

    model_config = ConfigDict(extra="forbid")

    accounts: dict[str, AccountSettings] = Field(default_factory=dict)
    stores: dict[str, StoreSettings] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _belongs_together(self) -> "StoreBook":
        for attribute in ("channel", "leafly_key", "order_ahead_client_id"):
            taken: dict[str, str] = {}
            for key, store in self.stores.items():
                value = getattr(store, attribute)
                if value and value in taken:
                    raise ValueError(f"stores {taken[value]} and {key} have the same {attribute}")
                taken[value] = key
        for key, store in self.stores.items():
            if not key.replace("-", "").isalnum() or key != key.lower():
                raise ValueError(f"the store key '{key}' may have small letters, digits and hyphens only")
            if store.account not in self.accounts:
                raise ValueError(f"store {key} names the account '{store.account}', which is not there")
        return self

    def values(self) -> list[tuple[Store, Credentials]]:
        return [(store.as_store(key), self._credentials(store)) for key, store in self.stores.items()]

    def _credentials(self, store: StoreSettings) -> Credentials:
        account = self.accounts[store.account]
        return Credentials(
            flowhub_client_id=account.client_id,
            flowhub_key=account.key.get_secret_value(),
            order_ahead_client_id=store.order_ahead_client_id,
            order_ahead_token=store.order_ahead_token.get_secret_value(),
            storefront_secret=store.storefront_secret.get_secret_value(),
            storefront_webhook_secret=store.storefront_webhook_secret.get_secret_value()
            or store.storefront_secret.get_secret_value(),
        )


class Settings(BaseSettings):
    """The environment. Every field is the variable ORDERAHEAD_<NAME>; the README's table is made from this class."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr = Field(description="the bot's token, xoxb-…")
    slack_app_token: SecretStr = Field(
        SecretStr(""), description="the app-level token, xapp-…; when set, Slack is reached by Socket Mode"
    )
    slack_signing_secret: SecretStr = Field(
        SecretStr(""), description="needed without an app token: Slack then calls /slack/events"
    )
    secret_keys: SecretStr = Field(
        description="keys that encrypt secrets and personal data, newest first, separated by commas"
    )
    stores: str = Field("", description="accounts and stores as JSON, instead of a file")
    stores_file: Path | None = Field(None, description="accounts and stores as TOML (see below)")
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
    flowhub_requests_per_second: float = Field(15, gt=0, le=17, description="pace of calls per Flowhub account")
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
    def uses_socket_mode(self) -> bool:
        return bool(self.slack_app_token.get_secret_value())

    @property
    def vault_keys(self) -> list[str]:
        return [key.strip() for key in self.secret_keys.get_secret_value().split(",") if key.strip()]

    def store_book(self) -> StoreBook:
        """Raises Misconfigured with a sentence that names the variable and the field."""
        if self.stores and self.stores_file:
            raise Misconfigured("Set ORDERAHEAD_STORES or ORDERAHEAD_STORES_FILE, not both.")
        variable = "ORDERAHEAD_STORES_FILE" if self.stores_file else "ORDERAHEAD_STORES"
        try:
            data = tomllib.loads(self.stores_file.read_text()) if self.stores_file else json.loads(self.stores or "{}")
        except OSError as problem:
            raise Misconfigured(f"{variable}: {self.stores_file} can't be read ({problem.strerror}).") from None
        except ValueError as problem:
            raise Misconfigured(f"{variable} is not {'TOML' if self.stores_file else 'JSON'}: {problem}.") from None
        try:
            return StoreBook.model_validate(data)
        except ValidationError as problem:
            raise Misconfigured(_sentence(problem, lambda path: f"{variable}, {path}" if path else variable)) from None


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
