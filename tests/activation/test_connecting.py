"""/flowhub connect, from the two pairs to the first card."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import text

from bot.messages.flowhub import SUBCOMMANDS
from bot.rules.state_profiles import StateProfile
from bot.sandbox.wire import Fault
from handlers.flowhub import VERBS
from sync.housekeeping import forget
from tests.activation.desk_clerk import Clerk, fields_of, words_of
from tests.architecture.tree import ROOT
from tests.world import all_words


async def test_a_first_store_is_connected_and_its_first_order_becomes_a_card(any_clerk: Clerk) -> None:
    clerk = any_clerk
    await clerk.open()
    await clerk.types("connect")
    view = await clerk.sees("two pairs")
    assert fields_of(view) == ["client_id", "key"]
    assert await clerk.sends(view, clerk.account_values()) == {}
    view = await clerk.sees("works: 4 locations")
    leafly = clerk.sandbox.shop.store("uptown").leafly_key
    values = clerk.store_values(leafly_key=leafly, closes="21:00", mention=clerk.sandbox.crew)
    assert await clerk.sends(view, values) == {}
    await clerk.sees("Uptown is connected")
    uptown = clerk.sandbox.channels["uptown"]
    welcome = await clerk.said("Uptown is connected", channel=uptown)
    for line in ("Account key", "Order Ahead token", "items are in stock", "Postbacks", "may post", "Leafly knows"):
        assert line in all_words(welcome)
    clerk.leafly.place_order("uptown", shopper="tessa", items=[("Ginger Mints", 2)])
    await clerk.card("Tessa O.", "Claim", channel=uptown)
    assert (await clerk.in_pos("Tessa")).store.key == "uptown"


async def test_a_second_store_of_a_known_account_asks_only_what_is_new(clerk: Clerk) -> None:
    await clerk.open("downtown")
    await clerk.types("connect")
    view = await clerk.sees("The account of Downtown is known")
    assert not {"client_id", "key"} & set(fields_of(view))
    assert await clerk.sends(view, clerk.store_values()) == {}
    await clerk.sees("Uptown is connected")
    assert clerk.sandbox.shop.key not in words_of(view)


async def test_what_no_api_tells_is_asked_of_a_person_and_stays_answered(clerk: Clerk) -> None:
    await clerk.open("downtown")
    key = await clerk.connects("uptown", state_profile="OR")
    assert (await clerk.known(key)).store.state_profile is StateProfile.OREGON
    uptown = clerk.sandbox.channels["uptown"]
    card = await clerk.said("Order Ahead enabled", "No API can tell", channel=uptown)
    await clerk.press(clerk.owner, card, "order_ahead_is_on")
    await clerk.said("Order Ahead enabled", "Somebody checked it", channel=uptown)
    assert (await clerk.known(key)).enabled_at is not None
    clerk.flowhub.switches.order_ahead_enabled = False
    await clerk.press(clerk.budtender, card, "check_again")
    assert len([one for one in clerk.slack.messages(uptown) if "Order Ahead enabled" in all_words(one)]) == 1


UUID = "11111111-2222-4333-8444-555555555555"


async def test_the_accounts_pair_is_told_from_what_it_is_taken_for(clerk: Clerk) -> None:
    await clerk.open()
    shop, uptown = clerk.sandbox.shop, clerk.sandbox.shop.store("uptown")
    await clerk.types("connect")
    view = await clerk.asked("client_id")
    for values, wrong in (
        ({"client_id": uptown.order_ahead_client_id, "key": uptown.order_ahead_token}, "This is an Order Ahead"),
        ({"client_id": shop.key, "key": shop.client_id}, "wrong way round"),
        ({"client_id": shop.client_id, "key": UUID}, "does not accept these two"),
        ({"client_id": shop.client_id, "key": "hunter2"}, "A key looks otherwise"),
    ):
        errors = await clerk.sends(view, values)
        assert any(wrong in sentence for sentence in errors.values()), (wrong, errors)
        assert not any(value in str(errors) for value in values.values())
    clerk.flowhub.wire.add(Fault("html_403", path="/v0/clients*"))
    assert "HTTP 403" in (await clerk.sends(view, clerk.account_values()))["key"]
    assert await clerk.sends(view, clerk.account_values()) == {}


async def test_each_wrong_value_of_the_store_stands_under_its_own_field(clerk: Clerk) -> None:
    await clerk.open("downtown")
    shop, channels = clerk.sandbox.shop, clerk.sandbox.channels
    uptown, downtown = shop.store("uptown"), shop.store("downtown")
    await clerk.types("connect")
    view = await clerk.asked("location")
    rows = (
        ({"order_ahead_token": "old"}, "order_ahead_token", "issues no token"),
        (
            {"order_ahead_client_id": shop.client_id, "order_ahead_token": shop.key},
            "order_ahead_token",
            "account's pair",
        ),
        (
            {"order_ahead_client_id": uptown.order_ahead_token, "order_ahead_token": uptown.order_ahead_client_id},
            "order_ahead_client_id",
            "wrong way round",
        ),
        (
            {"order_ahead_client_id": downtown.order_ahead_client_id},
            "order_ahead_token",
            "it is the Token that is wrong",
        ),
        (
            {
                "order_ahead_client_id": downtown.order_ahead_client_id,
                "order_ahead_token": downtown.order_ahead_token,
            },
            "order_ahead_client_id",
            "that of Downtown",
        ),
        ({"channel": channels["downtown"]}, "channel", "order desk of Downtown"),
        ({"channel": clerk.sandbox.general}, "channel", "/invite @Order Ahead"),
        ({"leafly_key": "nobody"}, "leafly_key", "knows no shop"),
        ({"leafly_key": downtown.leafly_key}, "leafly_key", "in use already"),
        ({"opens": "09:00"}, "closes", "When does it close?"),
        ({"location": downtown.location_id}, "location", "set up in the settings file"),
    )
    empty = {"leafly_key": None, "opens": None}
    for changed, field, wrong in rows:
        errors = await clerk.sends(view, {**clerk.store_values(), **empty, **changed})
        assert wrong in errors.get(field, ""), (changed, errors)
    assert await clerk.sends(view, {**clerk.store_values(), **empty}) == {}


async def test_a_check_that_takes_longer_than_slack_waits_goes_on_in_the_open_modal(clerk: Clerk) -> None:
    await clerk.open("downtown")
    leafly = clerk.sandbox.shop.store("uptown").leafly_key
    await clerk.types("connect")
    view = await clerk.asked("location")
    clerk.flowhub.wire.add(Fault("delay", path="/oauth/token", seconds=2.5))
    values = clerk.store_values(channel=clerk.sandbox.general, leafly_key=leafly, closes="21:00")
    assert await clerk.sends(view, values) == {}
    assert "Checking everything" in words_of(clerk.slack.open_views(clerk.owner)[-1])
    again = await clerk.asked("location")
    assert "/invite @Order Ahead" in words_of(again)
    # What was proved is kept here, and never sent back.
    assert fields_of(again) == ["location", "channel", "opens", "closes", "mention", "state_profile"]
    assert not any(secret in str(again) for secret in (values["order_ahead_token"], leafly))
    entries = again["state"]["values"]
    assert entries["location"]["choice"]["selected_option"]["value"] == values["location"]
    assert entries["closes"]["choice"]["selected_time"] == "21:00"
    # It stops working meanwhile: then it is asked for again.
    clerk.flowhub.wire.add(Fault("error", path="/oauth/token", status=401))
    uptown = {"channel": clerk.sandbox.channels["uptown"]}
    assert await clerk.sends(again, uptown) == {}
    once_more = await clerk.asked("order_ahead_token")
    assert "issues no token" in words_of(once_more)
    assert await clerk.sends(once_more, {**clerk.store_values(), **uptown}) == {}
    await clerk.sees("Uptown is connected")


def whole(folder: Path) -> bytes:
    """All that rests on the disk."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_what_was_typed_rests_sealed_and_only_for_a_while(clerk: Clerk, tmp_path: Path) -> None:
    bot = await clerk.open()
    await clerk.types("connect")
    await clerk.sends(await clerk.asked("client_id"), clerk.account_values())
    view = await clerk.asked("location")
    assert clerk.sandbox.shop.key.encode() not in whole(tmp_path)
    assert clerk.sandbox.shop.key not in str(view)
    real = bot.desk.now
    bot.desk.now = lambda: real() + timedelta(minutes=31)
    await clerk.sends(view, clerk.store_values())
    assert "took longer than half an hour" in words_of(await clerk.sees("half an hour"))
    await forget(bot.desk)
    async with bot.database.read() as tx:
        assert (await tx.connection.execute(text("SELECT count(*) FROM drafts"))).scalar() == 0


async def test_where_several_accounts_are_known_the_account_is_asked_for(clerk: Clerk) -> None:
    def two_accounts(book: dict[str, Any]) -> None:
        stores = book["stores"]
        book["accounts"]["second"] = book["accounts"]["green-mesa"]
        book["stores"] = {"downtown": stores["downtown"], "riverside": {**stores["riverside"], "account": "second"}}

    await clerk.start_bot(stores=two_accounts)
    await clerk.types("connect")
    view = await clerk.asked("account")
    await clerk.sends(view, {"account": "second"})
    view = await clerk.asked("location")
    assert "The account of Riverside is known" in words_of(view)
    answer = await clerk.slack.press_in_view(clerk.owner, str(view["id"]), "another_account")
    assert answer.ok
    assert fields_of(await clerk.asked("client_id")) == ["client_id", "key"]


async def test_whoever_may_not_connect_is_told_who_could(clerk: Clerk) -> None:
    await clerk.open("downtown")
    for person in (clerk.budtender, clerk.guest):
        await clerk.types("connect", person=person, channel=clerk.sandbox.general)
        await clerk.told("You may not connect" if person == clerk.budtender else "You may not", person=person)
        assert clerk.slack.open_views(person) == []


async def test_a_word_that_is_no_command_gets_the_nearest_one(clerk: Clerk) -> None:
    await clerk.open("downtown")
    for typed, words in (
        ("conect", "Did you mean `/flowhub connect`?"),
        ("Statsu", "Did you mean `/flowhub status`?"),
        ("xyzzy", "`/flowhub help` lists"),
        ("help", "`/flowhub doctor`"),
        ("", "`/flowhub rotate`"),
    ):
        await clerk.types(typed)
        await clerk.told(words)
    await clerk.types("11111111-2222-4333-8444-555555555555")
    assert "11111111" not in await clerk.told("That is nothing that /flowhub does")


async def test_status_tells_how_each_store_goes(clerk: Clerk) -> None:
    await clerk.open("downtown")
    await clerk.connects("uptown", leafly_key=clerk.sandbox.shop.store("uptown").leafly_key)
    clerk.leafly.place_order("uptown", shopper="tessa", items=[("Ginger Mints", 2)])
    await clerk.card("Tessa O.", "Claim", channel=clerk.sandbox.channels["uptown"])
    await clerk.in_pos("Tessa")
    await clerk.types("status", person=clerk.budtender)
    told = await clerk.told("Uptown", person=clerk.budtender)
    assert "*Downtown*" in told
    assert "1 open order" in told
    for fact in (
        "from Slack",
        "in the settings file",
        "data as of",
        "last postback",
        "last poll",
        "last sync",
        "token",
    ):
        assert fact in told


async def test_a_channel_that_others_can_read_is_connected_with_a_warning_and_owners_are_asked(clerk: Clerk) -> None:
    await clerk.open("downtown")
    crew = [clerk.owner, clerk.manager, clerk.budtender]
    town_square = clerk.slack.add_channel("town-square", private=False, members=crew)
    await clerk.connects("uptown", channel=town_square)
    await clerk.said("Others can read", "sign it off", channel=town_square)
    await clerk.until(lambda: _asked_to_sign(clerk), "an owner being asked")


def _asked_to_sign(clerk: Clerk) -> bool:
    private = clerk.slack.workspace.direct_channel(clerk.owner).id
    return any("town-square" in str(one.blocks) or "<#" in all_words(one) for one in clerk.slack.messages(private))


async def test_over_signed_http_a_slow_step_is_shown_in_the_open_modal_too(clerk: Clerk) -> None:
    await clerk.open("downtown", slack_app_token="")
    try:
        await clerk.types("connect")
        view = await clerk.asked("location")
        clerk.flowhub.wire.add(Fault("delay", path="/oauth/token", seconds=2.2))
        assert await clerk.sends(view, clerk.store_values()) == {}
        assert "Checking everything" in words_of(clerk.slack.open_views(clerk.owner)[-1])
        await clerk.sees("Uptown is connected")
    finally:
        clerk.slack.events_url = None


async def test_a_manager_of_one_store_does_not_change_another_by_connecting_it_again(clerk: Clerk) -> None:
    def of_nobody(book: dict[str, Any]) -> None:
        stores = book["stores"]
        book["stores"] = {"downtown": stores["downtown"], "riverside": {**stores["riverside"], "managers": []}}

    await clerk.start_bot(stores=of_nobody)
    key = await clerk.connects("uptown")  # by the owner, whose store it is
    await clerk.types("connect", person=clerk.manager)
    view = await clerk.asked("location", person=clerk.manager)
    other = clerk.slack.add_channel("elsewhere", private=True, members=[clerk.manager])
    await clerk.sends(view, clerk.store_values(channel=other), person=clerk.manager)
    await clerk.sees("You may not connect", person=clerk.manager)
    assert (await clerk.known(key)).store.channel == clerk.sandbox.channels["uptown"]


def test_help_lists_what_there_is_and_the_manifest_hints_at_it() -> None:
    assert set(SUBCOMMANDS) == set(VERBS)
    commands = yaml.safe_load((ROOT / "manifest.yml").read_text())["features"]["slash_commands"]
    (hint,) = [one["usage_hint"] for one in commands if one["command"] == "/flowhub"]
    assert set(hint.strip("[]").split(" | ")) == set(VERBS)
