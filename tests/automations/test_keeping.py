"""What is kept of what automations did, for how long, and what somebody who asks is shown of it."""

import json
from datetime import timedelta

from bot.customers.exporting import export
from bot.rules.automations import WIN_BACK
from bot.rules.retention import BY_DEFAULT
from bot.rules.state_profiles import StateProfile
from bot.store import erasing, firings, forgetting, stores
from bot.store.segments import Moved
from sync.housekeeping import forget
from tests.automations.conftest import FIRINGS, WANTED, Shop
from tests.automations.test_once import moves
from tests.customers.shop_floor import ACCOUNT


async def fired(shop: Shop, **more: object) -> str:
    """Somebody has lapsed, and it was said."""
    maya = shop.named("Maya").customer_id
    await shop.switch_on(WIN_BACK, **more)
    await moves(shop, Moved("lapsed_60", maya, shop.floor.desk.now() + timedelta(milliseconds=1), True, ""))
    await shop.look()
    return maya


async def test_texts_go_after_a_week_and_records_after_their_time(shop: Shop) -> None:
    await fired(shop)
    desk, now = shop.floor.desk, shop.floor.desk.now()
    await forget(desk)
    assert await shop.rows("SELECT count(*) FROM firings WHERE sealed <> ''") == [(1,)]
    desk.now = lambda: now + BY_DEFAULT.contacts + timedelta(hours=1)
    await forget(desk)
    assert await shop.rows("SELECT count(*) FROM firings WHERE sealed <> ''") == [(0,)]
    assert len(await shop.rows(FIRINGS)) == 1
    desk.now = lambda: now + BY_DEFAULT.occasions + timedelta(hours=1)
    await forget(desk)
    assert await shop.rows(FIRINGS) == []


async def test_an_export_tells_what_was_said(shop: Shop) -> None:
    maya = await fired(shop)
    (told,) = json.loads(await export(shop.floor.desk, ACCOUNT, maya))["automations"]
    assert (told["automation"], told["because"], told["what"]) == ("win_back", "entered", "channel_post")
    assert told["said"].startswith("Maya last ordered on")


async def test_whoever_is_erased_is_no_longer_named_and_not_posted_about(shop: Shop) -> None:
    maya = await fired(shop)
    desk = shop.floor.desk
    async with desk.database.write() as tx:
        await forgetting.erase_customers(tx, ACCOUNT, [maya], at=desk.now())
    assert await shop.rows("SELECT fh_id, sealed FROM firings") == [("", "")]
    assert maya not in str(await shop.rows("SELECT occasion FROM firings"))
    assert len(await shop.rows(WANTED)) == 1, "the delivery finds nothing to say"
    async with desk.database.read() as tx:
        assert maya not in await firings.everybody(tx, ACCOUNT)


async def test_a_removed_store_takes_with_it_what_was_said_there(shop: Shop) -> None:
    await fired(shop, post_at="downtown")
    async with shop.floor.desk.database.write() as tx:
        await erasing.erase(tx, shop.floor.desk.store("downtown"))
    assert await shop.rows(FIRINGS) == []
    assert await shop.rows(WANTED) == []
    assert len(await shop.rows("SELECT key FROM automations")) == 1, "the account has other stores"
    async with shop.floor.desk.database.write() as tx:
        await stores.remove_others(tx, [], now=shop.floor.desk.now())
        await erasing.erase(tx, shop.floor.desk.store("downtown"))
    assert await shop.rows("SELECT key FROM automations") == []


async def test_where_the_state_allows_no_names_a_text_has_none(new_shop: Shop) -> None:
    desk = new_shop.floor.desk
    async with desk.database.write() as tx:
        for known in await stores.known(tx):
            limited = known.store.model_copy(update={"state_profile": StateProfile.WASHINGTON})
            assert known.credentials is not None
            await stores.put(tx, limited, known.credentials, now=desk.now())
    await desk.load_stores()
    maya = new_shop.named("Maya").customer_id
    await new_shop.floor.run()
    await new_shop.switch_on(WIN_BACK)
    await moves(new_shop, Moved("lapsed_60", maya, desk.now() + timedelta(milliseconds=1), True, ""))
    await new_shop.look()
    async with desk.database.read() as tx:
        ((one, _),) = await firings.of_customer(tx, ACCOUNT, maya)
    assert one.text.startswith("Somebody last ordered on")
