"""A store: one Flowhub location, bound to one Slack channel."""

from enum import StrEnum

from pydantic import Field

from bot.rules.hours import StoreHours
from bot.rules.lateness import Limits
from bot.rules.order_values import Frozen
from bot.rules.state_profiles import StateProfile


class Origin(StrEnum):
    """Who set a store up: the bot's settings, or a person with /flowhub connect."""

    SETTINGS = "settings"
    SLACK = "slack"


class StoreState(StrEnum):
    """A paused store keeps its credentials and does nothing; a removed one has none any more."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


class Store(Frozen):
    """`workspace` is the Slack workspace's id, "" for the one of the settings. `account` names the Flowhub organisation, and
    stores of one account share its credentials.

    `location_id` and `import_id` are Flowhub's two ids of a location (apis.md 3.1); they are often equal.

    `mention` is a Slack user group's id ("S…"), "here" or "channel": who is called when an order stays late.
    `state_profile` limits what is kept of its customers.
    """

    key: str
    workspace: str = ""
    account: str = ""
    name: str
    channel: str
    location_id: str
    import_id: str = ""
    leafly_key: str = ""
    webhook_url: str = ""
    mention: str = ""
    managers: tuple[str, ...] = ()
    reveal_for_managers_only: bool = False
    hours: StoreHours = StoreHours()
    limits: Limits = Limits()
    nag_minutes: float = 10
    watch_pos: bool = True
    state_profile: StateProfile = StateProfile.NONE


class Credentials(Frozen):
    """A store's secrets: they rest sealed, and `repr` never shows them."""

    flowhub_client_id: str = Field(default="", repr=False)
    flowhub_key: str = Field(default="", repr=False)
    order_ahead_client_id: str = Field(default="", repr=False)
    order_ahead_token: str = Field(default="", repr=False)
    storefront_secret: str = Field(default="", repr=False)
    storefront_webhook_secret: str = Field(default="", repr=False)
