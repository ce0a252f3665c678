"""The book of accounts and stores, as an owner writes it down in TOML or JSON."""

import base64
from datetime import time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from bot.rules.addresses import is_web_address
from bot.rules.hours import OpenHours, StoreHours
from bot.rules.lateness import Limits
from bot.rules.state_profiles import StateProfile
from bot.rules.stores import Credentials, Store

MOST_MINUTES = 60 * 24 * 14
SHORTEST_SECRET, LONGEST_SECRET = 24, 64
"""Bytes of a signing secret, as the Standard Webhooks specification asks for."""
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
    workspace: str = Field(default="", pattern=r"^(|T[A-Z0-9]{2,})$")
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
    state_profile: StateProfile = StateProfile.NONE

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
        """The library takes nearly anything, and signs with what is left of it: a mistyped secret would never match."""
        text = value.get_secret_value().removeprefix("whsec_")
        if value.get_secret_value():
            try:
                secret = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
            except ValueError:
                secret = b""
            if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
                raise ValueError("must be a Standard Webhooks secret: whsec_ and base64 of 24 to 64 bytes")
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
            workspace=self.workspace,
            account=self.account,
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
            state_profile=self.state_profile,
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
