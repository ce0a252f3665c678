"""What /flowhub status says: one section for each store."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.messages.parts import (
    Block,
    Message,
    at_day_and_time,
    context,
    counted,
    divider,
    ended,
    how_long,
    plain,
    section,
)
from bot.rules.status import StoreStatus
from bot.rules.stores import Origin, StoreState

MOST_STORES = 15


def status(stores: Sequence[StoreStatus], now: datetime) -> Message:
    if not stores:
        text = "No store is connected yet. `/flowhub connect` connects the first one."
        return Message(text="No store is connected yet.", blocks=[section(text)])
    blocks: list[Block] = []
    for one in stores[:MOST_STORES]:
        blocks += [*([divider()] if blocks else []), *_store(one, now)]
    if len(stores) > MOST_STORES:
        blocks.append(context(f"and {len(stores) - MOST_STORES} more: `orderahead doctor` knows all of them"))
    return Message(text=f"{counted(len(stores), 'store')} connected", blocks=blocks)


def _store(one: StoreStatus, now: datetime) -> list[Block]:
    name = plain(one.store.name, 60)
    if one.state is StoreState.PAUSED:
        since = f" since {at_day_and_time(one.state_since)}" if one.state_since else ""
        headline = f":double_vertical_bar: *{name}* in <#{one.store.channel}> is paused{since}"
    else:
        mark = ":large_green_circle:" if not one.problems else ":large_yellow_circle:"
        headline = f"{mark} *{name}* in <#{one.store.channel}>   {counted(one.open_orders, 'open order')}"
    told = (
        _when("last postback", one.told_at, now)
        if one.postbacks_reach_us
        else "no postbacks: there is no address of ours (ORDERAHEAD_PUBLIC_URL)"
    )
    facts = [
        f"connected {at_day_and_time(one.connected_at)}, "
        + ("in the settings file" if one.origin is Origin.SETTINGS else "from Slack"),
        _when("data as of", one.data_as_of, now),
        told,
        _when("last poll", one.polled_at, now),
        _when("last sync", one.synced_at, now),
        f"token {how_long(one.token_age)} old" if one.token_age is not None else "no token yet",
    ]
    blocks = [section(headline), context(" · ".join(facts))]
    if one.problems:
        lines = [f":warning: {ended(plain(problem, 200))}" for problem in one.problems]
        blocks.append(section("\n".join(lines)))
    return blocks


def _when(what: str, moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return f"{what}: none since the start"
    return f"{what} {how_long(max(now - moment, timedelta(0)))} ago"
