"""From happenings to what follows: decided, recorded once for each occasion, and wanted as a delivery, in one transaction."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

import structlog

from bot import templates
from bot.customers.finding import by_sales_id
from bot.desk import Desk
from bot.desk.recording import automation_post, card
from bot.errors import Refused
from bot.rules.audit import Deed
from bot.rules.automations import Action, Automation, Decision, Happening, decide, occasion_key
from bot.rules.deliveries import Kind, Wanted
from bot.rules.occasions import is_news, needs_facts, where_to_post
from bot.rules.order_values import Order
from bot.rules.profiles import Profile
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.stores import Store
from bot.store import Tx, audit, automations, deliveries, firings
from bot.store import customers as kept_customers
from bot.store.automations import Kept
from bot.store.firings import Firing

log = structlog.get_logger("orderahead.automations")


class Occurred(NamedTuple):
    """A happening, and the order that it is about, if it is one."""

    happening: Happening
    order: Order | None = None


async def fire(tx: Tx, desk: Desk, account: str, occurred: Sequence[Occurred], *, now: datetime) -> int:
    """Whatever the account's automations do about these; returns how many occasions were recorded.

    The last thing in a transaction: it leaves lines in the audit log.
    """
    kinds = {one.happening.happened for one in occurred}
    waiting = await automations.working(tx, account, kinds, lock=True) if occurred else []
    if not waiting:
        return 0
    work = _Work(tx, desk, account, now)
    for one in occurred:
        for kept in waiting:
            await work.try_one(kept, one)
    await work.note()
    return work.done.total()


@dataclass
class _Work:
    """`done` counts what was recorded, by automation."""

    tx: Tx
    desk: Desk
    account: str
    now: datetime
    done: Counter[Kept] = field(default_factory=Counter)
    _today: dict[tuple[int, date], int] = field(default_factory=dict)
    _people: dict[str, kept_customers.Kept | None] = field(default_factory=dict)

    async def try_one(self, kept: Kept, one: Occurred) -> None:
        happening, automation = one.happening, kept.automation
        if not is_news(happening, kept.since):
            return
        occasion = occasion_key(automation, happening)
        decision = decide(
            automation,
            happening,
            done_before=await firings.is_recorded(self.tx, kept.id, occasion),
            fired_today=await self._fired_on(kept, happening.day),
        )
        if decision not in {Decision.FIRE, Decision.REHEARSE}:
            return
        person = await self._person(happening.fh_id)
        stores = [store for store in self.desk.stores.values() if (store.workspace, store.account) == _home_of(kept)]
        if person is None or not stores:
            return
        facts = facts_of_kept(person)
        if needs_facts(happening) and not is_news(happening, kept.since, facts):
            return
        store = where_to_post(
            stores,
            chosen="" if automation.action is Action.CARD_LINE else automation.post_at,
            order_store=one.order.store_key if one.order is not None else "",
            home_store_id=facts.home_store_id,
        )
        if store is None or (one.order is not None and one.order.store_key not in {each.key for each in stores}):
            return
        firing = Firing(
            key=uuid.uuid4().hex,
            automation_id=kept.id,
            account=self.account,
            fh_id=happening.fh_id,
            happened=happening.happened,
            action=automation.action,
            at=happening.at,
            day=happening.day,
            is_dry=decision is Decision.REHEARSE,
            store_key=store.key,
            order_key=happening.order_key,
        )
        if decision is Decision.FIRE:
            text = text_for(automation, person, stores, Asof(self.now, store.hours.zone))
            if not text:
                return
            firing = replace(firing, text=text)
        if not await firings.add(self.tx, firing, occasion):
            return
        self._today[kept.id, happening.day] += 1
        self.done[kept] += 1
        if decision is Decision.FIRE:
            await deliveries.want(self.tx, _what_follows(firing, kept, store, one.order, self.now))

    async def note(self) -> None:
        """What was done stands in the audit log, without anybody's name."""
        for kept, count in sorted(self.done.items(), key=lambda pair: pair[0].id):
            deed = Deed.AUTOMATION_REHEARSED if kept.automation.dry_run else Deed.AUTOMATION_FIRED
            customers = "1 customer" if count == 1 else f"{count} customers"
            entry = audit.Entry(self.now, "", deed.value, kept.automation.key, kept.workspace, reason=customers)
            await audit.add(self.tx, entry)

    async def _fired_on(self, kept: Kept, day: date) -> int:
        if (kept.id, day) not in self._today:
            dry = kept.automation.dry_run
            self._today[kept.id, day] = await firings.count_on_day(self.tx, kept.id, day, is_dry=dry)
        return self._today[kept.id, day]

    async def _person(self, fh_id: str) -> kept_customers.Kept | None:
        """None for somebody who vanished or was forgotten meanwhile."""
        if fh_id not in self._people:
            found = await kept_customers.find(self.tx, self.account, fh_id=fh_id) if fh_id else []
            self._people[fh_id] = found[0] if found else None
        return self._people[fh_id]


def text_for(automation: Automation, person: kept_customers.Kept, stores: Sequence[Store], asof: Asof) -> str:
    """What is said; "" when the template can't be made for this customer. What leaves for a tool names nobody."""
    facts, personal = facts_of_kept(person), person.personal
    named = {} if automation.action is Action.WEBHOOK else _names(personal.first_name, personal.last_name)
    home = by_sales_id(stores).get(facts.home_store_id)
    try:
        customer = templates.shown(facts, asof, home_store=home.name if home is not None else "", **named)
        return templates.render(automation.template, customer)
    except Refused as problem:
        log.warning("an automation's text could not be made", automation=automation.key, why=problem.sentence)
        return ""


def _names(first: str, last: str) -> Mapping[str, str]:
    return {"first_name": first, "last_name": last}


def facts_of_kept(one: kept_customers.Kept) -> Facts:
    bought = one.profile or Profile()
    return Facts(
        fh_id=one.fh_id,
        city=one.city,
        state=one.state,
        postal_code=one.postal_code,
        latitude=one.latitude,
        longitude=one.longitude,
        has_email=bool(one.personal.email),
        has_mobile=bool(one.personal.mobile),
        is_loyal=one.is_loyal,
        points=one.points,
        groups=one.groups,
        consents_email=one.consents_email,
        consents_sms=one.consents_sms,
        **bought._asdict(),
    )


def _home_of(kept: Kept) -> tuple[str, str]:
    return kept.workspace, kept.account


def _what_follows(firing: Firing, kept: Kept, store: Store, order: Order | None, now: datetime) -> Wanted:
    match firing.action:
        case Action.CARD_LINE:
            assert order is not None  # `decide` lets no line pass without an order
            return card(store, order, now)
        case Action.CHANNEL_POST:
            return automation_post(store, firing.key, now)
        case Action.WEBHOOK:
            # A lane of its own: an address that does not answer holds up nobody else's.
            return Wanted(
                Kind.AUTOMATION_WEBHOOK,
                firing.key,
                f"tool:{kept.id}",
                now,
                store_key=store.key,
                payload={"firing": firing.key},
            )
