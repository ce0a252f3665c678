"""Connecting a store: what a person types, what can be wrong with each value, and the store that comes of it."""

import re
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from zoneinfo import ZoneInfo

import pydantic

from bot.rules.checklist import Why
from bot.rules.hours import OpenHours, StoreHours
from bot.rules.order_values import Frozen
from bot.rules.state_profiles import StateProfile
from bot.rules.stores import Store


class Field(StrEnum):
    """The fields of the modals, by block id."""

    CLIENT_ID = "client_id"
    KEY = "key"
    LOCATION = "location"
    ORDER_AHEAD_CLIENT_ID = "order_ahead_client_id"
    ORDER_AHEAD_TOKEN = "order_ahead_token"  # noqa: S105  (a field's name)
    CHANNEL = "channel"
    LEAFLY_KEY = "leafly_key"
    OPENS = "opens"
    CLOSES = "closes"
    MENTION = "mention"
    STATE_PROFILE = "state_profile"


class Flaw(Frozen):
    """What is wrong with one value. `detail` is a name that belongs into the sentence."""

    why: Why
    detail: str = ""


Flaws = Mapping[Field, Flaw]


class Pair(Frozen):
    """Two values that belong together: a client id, and the secret for it."""

    id: str = ""
    secret: str = pydantic.Field(default="", repr=False)

    @property
    def turned(self) -> "Pair":
        return Pair(id=self.secret, secret=self.id)


class Place(Frozen):
    """A location of a Flowhub account."""

    location_id: str
    import_id: str = ""
    name: str = ""
    time_zone: str = ""


class Wishes(Frozen):
    """What a person chose for the store, besides the pairs. Times are "21:00" or empty; `state_profile` is a StateProfile's
    value, `NO_STATE`, or empty where nothing was chosen."""

    location_id: str = ""
    channel: str = ""
    leafly_key: str = pydantic.Field(default="", repr=False)
    opens: str = ""
    closes: str = ""
    mention: str = ""
    state_profile: str = ""


NO_STATE = "none"
"""No state's profile, as a choice of its own: an empty one leaves a store as it was."""


class Draft(Frozen):
    """What is known between the steps. It rests sealed, for a short while, and never goes back to Slack.

    `account` is the name of a known account, whose pair is not asked for again; else `pair` is the one that was proved.
    `order_ahead` and `leafly_key` are kept when they were proved and something else was wrong.
    """

    workspace: str = ""
    user_id: str
    channel: str = ""
    account: str = ""
    pair: Pair = Pair()
    places: tuple[Place, ...] = ()
    order_ahead: Pair = Pair()
    leafly_key: str = pydantic.Field(default="", repr=False)

    def place(self, location_id: str) -> Place | None:
        return next((place for place in self.places if place.location_id == location_id), None)


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OLD_CLIENT_ID = re.compile(r"\d{3,4}")


def looks_like_client_id(text: str) -> bool:
    """A UUID, or the three or four digits of an old account (apis.md 1.2)."""
    return bool(_UUID.fullmatch(text) or _OLD_CLIENT_ID.fullmatch(text))


def looks_like_key(text: str) -> bool:
    return bool(_UUID.fullmatch(text))


def account_flaws(why: Why, pair: Pair, known_client_ids: Mapping[str, str]) -> dict[Field, Flaw]:
    """Which of the account's two values is wrong, as far as one can tell. `known_client_ids` maps those that work here to
    a name.

    Flowhub itself only ever says that the two don't go together.
    """
    if why is Why.WORKS:
        return {}
    if why in {Why.ORDER_AHEAD_PAIR, Why.WRONG_WAY_ROUND}:
        return {Field.CLIENT_ID: Flaw(why=why), Field.KEY: Flaw(why=why)}
    if why is Why.REFUSED:
        odd = {
            field: Flaw(why=Why.ODD)
            for field, is_good in (
                (Field.CLIENT_ID, looks_like_client_id(pair.id)),
                (Field.KEY, looks_like_key(pair.secret)),
            )
            if not is_good
        }
        if odd:
            return odd
        if pair.id in known_client_ids:
            return {Field.KEY: Flaw(why=Why.ONLY_THIS, detail=known_client_ids[pair.id])}
        return {Field.CLIENT_ID: Flaw(why=Why.REFUSED), Field.KEY: Flaw(why=Why.REFUSED)}
    if why is Why.BLOCKED:
        return {Field.KEY: Flaw(why=why)}
    return {Field.CLIENT_ID: Flaw(why=why)}


def order_ahead_flaws(why: Why, pair: Pair, known_client_ids: Mapping[str, str]) -> dict[Field, Flaw]:
    """The same for a store's Order Ahead pair."""
    both = (Field.ORDER_AHEAD_CLIENT_ID, Field.ORDER_AHEAD_TOKEN)
    if why is Why.WORKS and pair.id in known_client_ids:
        return {field: Flaw(why=Why.OTHER_STORE, detail=known_client_ids[pair.id]) for field in both}
    if why is Why.WORKS:
        return {}
    if why is Why.REFUSED and pair.id in known_client_ids:
        return {Field.ORDER_AHEAD_TOKEN: Flaw(why=Why.ONLY_THIS, detail=known_client_ids[pair.id])}
    if why in {Why.ACCOUNT_PAIR, Why.WRONG_WAY_ROUND, Why.REFUSED}:
        return {field: Flaw(why=why) for field in both}
    return {Field.ORDER_AHEAD_CLIENT_ID: Flaw(why=why)}


def hours_flaws(wishes: Wishes) -> dict[Field, Flaw]:
    """Opening alone says nothing; closing alone is enough, because orders are looked at from eight on."""
    if wishes.opens and not wishes.closes:
        return {Field.CLOSES: Flaw(why=Why.MISSING)}
    if wishes.opens and wishes.opens == wishes.closes:
        return {Field.CLOSES: Flaw(why=Why.ODD)}
    return {}


OPENS_AT = time(8)


def hours_of(wishes: Wishes, zone: str) -> StoreHours:
    """Every day alike, which is what can be asked in one field; without a closing time the store never closes."""
    if not wishes.closes:
        return StoreHours(zone=known_zone(zone))
    opens = time.fromisoformat(wishes.opens) if wishes.opens else OPENS_AT
    day = OpenHours(opens=opens, closes=time.fromisoformat(wishes.closes))
    return StoreHours(zone=known_zone(zone), days=(day,) * 7)


def known_zone(name: str) -> str:
    """The zone that Flowhub names for a location, or UTC when nobody knows it."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return "UTC"
    return name


def store_key(name: str, chance: str) -> str:
    """Like `uptown-7f3a`: readable in addresses and logs, and not to be guessed from another store's."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24].strip("-")
    return f"{slug or 'store'}-{chance}"


def store_of(draft: Draft, wishes: Wishes, key: str, *, account: str, before: Store | None = None) -> Store:
    """The store as it was asked for. What the modal does not ask for stays as it was `before`."""
    place = draft.place(wishes.location_id) or Place(location_id=wishes.location_id)
    hours = hours_of(wishes, place.time_zone)
    if before is not None and hours.always_open and not before.hours.always_open:
        hours = before.hours
    told: dict[str, object] = {
        "workspace": draft.workspace,
        "account": account,
        "name": (place.name or place.location_id)[:60],
        "channel": wishes.channel,
        "import_id": place.import_id or place.location_id,
        "leafly_key": wishes.leafly_key or draft.leafly_key or (before.leafly_key if before else ""),
        "mention": wishes.mention or (before.mention if before else ""),
        "hours": hours,
        "location_id": place.location_id,
        "state_profile": _state_profile(wishes, before),
    }
    if before is not None:
        return before.model_copy(update=told)
    return Store(key=key, managers=(draft.user_id,), **told)


def _state_profile(wishes: Wishes, before: Store | None) -> StateProfile:
    if not wishes.state_profile:
        return before.state_profile if before else StateProfile.NONE
    return StateProfile.NONE if wishes.state_profile == NO_STATE else StateProfile(wishes.state_profile)
