"""/v1/customers as a reader, and now and then a writer, meets it."""

from typing import Any

import pytest

from .running import SHOP, Flowhub, flowhub_running

MAYA = {"phone_number": "3035550101"}
WRITTEN = {"birthDate": "1990-05-15", "name": "Otis Plum", "state": "CO", "type": "recCustomer"}


async def maya(flowhub: Flowhub) -> dict[str, Any]:
    answer = await flowhub.read("/v1/customers/findByPhoneNumber", **MAYA)
    return dict(answer.json()["data"])


async def test_a_profile_has_one_name_a_typed_phone_and_consents() -> None:
    async with flowhub_running() as flowhub:
        profile = await maya(flowhub)
        assert (profile["name"], profile["phone"]) == ("Maya Alvarez", "(303) 555-0101")
        assert (profile["type"], profile["birthDate"], profile["state"]) == ("recCustomer", "1991-04-12", "CO")
        assert profile["createdAt"].endswith("Z")
        assert (profile["consentsToPromotionalEmail"], profile["groups"]) == (True, [{"name": "VIP"}])


async def test_the_list_is_the_same_with_the_slash_and_without() -> None:
    async with flowhub_running() as flowhub:
        answers = [(await flowhub.read(path, page_size=5)).json() for path in ("/v1/customers", "/v1/customers/")]
        assert answers[0] == answers[1]
        assert answers[0].keys() == {"data"}
        assert len(answers[0]["data"]) == 5


@pytest.mark.parametrize(
    ("switches", "many", "one"),
    [
        ({}, {"data"}, {"data"}),
        ({"old_customer_envelope": True}, {"customers"}, {"customer"}),
        ({"customers_carry_total": True}, {"data", "total"}, {"data"}),
    ],
)
async def test_envelopes_differ_between_accounts(switches: dict[str, bool], many: set[str], one: set[str]) -> None:
    async with flowhub_running(**switches) as flowhub:
        assert (await flowhub.read("/v1/customers/")).json().keys() == many
        assert (await flowhub.read("/v1/customers/findByPhoneNumber", **MAYA)).json().keys() == one


async def test_there_may_be_no_envelope_at_all() -> None:
    async with flowhub_running(bare_customers=True, underscore_ids=True) as flowhub:
        rows = (await flowhub.read("/v1/customers/")).json()
        assert isinstance(rows, list)
        assert "_id" in rows[0]
        assert (await flowhub.read("/v1/customers/findByPhoneNumber", **MAYA)).json()["name"] == "Maya Alvarez"


async def pages(flowhub: Flowhub, count: int) -> list[list[str]]:
    answers = [await flowhub.read("/v1/customers/", page=page, page_size=100) for page in range(1, count + 1)]
    return [[row["id"] for row in answer.json()["data"]] for answer in answers]


async def test_pages_hold_everybody_once_and_then_are_empty() -> None:
    async with flowhub_running() as flowhub:
        found = await pages(flowhub, 5)
        ids = [customer_id for page in found for customer_id in page]
        assert len(ids) == len(set(ids)) == len(flowhub.stand_in.pos.customers)
        assert found[4] == []


async def test_by_switch_pages_overlap_and_the_last_one_comes_again() -> None:
    async with flowhub_running(repeat_customers=True) as flowhub:
        found = await pages(flowhub, 4)
        assert found[0][-1] == found[1][0]
        assert len({row for page in found for row in page}) == len(flowhub.stand_in.pos.customers)
    async with flowhub_running(last_customer_page_repeats=True) as flowhub:
        found = await pages(flowhub, 6)
        assert found[3] == found[4] == found[5] != []


async def test_dates_are_days_and_a_sale_updates_its_customer() -> None:
    async with flowhub_running() as flowhub:
        assert (await flowhub.read("/v1/customers/", updated_after="2026-11-20T00:00:00Z")).status_code == 404
        flowhub.stand_in.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 1)], shopper="nora")
        today = {"updated_after": "2026-11-20", "updated_before": "2026-11-20"}
        names = [row["name"] for row in (await flowhub.read("/v1/customers/", **today)).json()["data"]]
        assert "Nora Begay" in names
        flowhub.switches.updated_before_is_inclusive = False
        assert (await flowhub.read("/v1/customers/", **today)).json()["data"] == []


async def test_points_are_worth_money_only_at_a_store() -> None:
    async with flowhub_running() as flowhub:
        profile = await maya(flowhub)
        assert "loyaltyPointsInPennies" not in profile
        path = f"/v1/customers/{profile['id']}"
        at_store = (await flowhub.read(path, store_id=SHOP.store("downtown").location_id)).json()["data"]
        assert at_store["loyaltyPointsInPennies"] == profile["loyaltyPoints"] * 5


async def test_the_medical_id_can_be_written_and_not_read() -> None:
    async with flowhub_running() as flowhub:
        path = {"phone_number": "3035550106"}
        profile = (await flowhub.read("/v1/customers/findByPhoneNumber", **path)).json()["data"]
        assert (profile["type"], "medId" in profile) == ("medCustomer", False)
        flowhub.switches.medical_ids_readable = True
        profile = (await flowhub.read("/v1/customers/findByPhoneNumber", **path)).json()["data"]
        assert profile["medId"] == "CO-MED-0106-4471"


async def test_a_profile_is_written_and_replaced() -> None:
    async with flowhub_running() as flowhub:
        url = f"{flowhub.url}/v1/customer"
        body = WRITTEN | {"phone": "3035550198", "groups": [{"groupId": "vip"}]}
        made = (await flowhub.http.post(url, headers=flowhub.keys, json=body)).json()["data"]
        assert (await flowhub.read(f"/v1/customers/{made['id']}")).json()["data"] == made
        assert (await flowhub.read("/v1/customers/", customer_id=made["id"])).json()["data"] == made
        changed = await flowhub.http.put(f"{url}/{made['id']}", headers=flowhub.keys, json=body | {"city": "Aurora"})
        assert changed.json()["data"]["city"] == "Aurora"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": ""}, "name is required"),
        ({"birthDate": "5/15/1990"}, "birthDate must be in format yyyy-mm-dd"),
        ({"state": "Colorado"}, "state must be two letters"),
        ({"type": "rec"}, "type must be one of recCustomer, medCustomer"),
    ],
)
async def test_a_wrong_profile_is_refused(changes: dict[str, str], error: str) -> None:
    async with flowhub_running() as flowhub:
        response = await flowhub.http.post(f"{flowhub.url}/v1/customer", headers=flowhub.keys, json=WRITTEN | changes)
        assert (response.status_code, response.json()) == (422, {"errors": [error]})


async def test_somebody_unknown_is_not_found() -> None:
    async with flowhub_running() as flowhub:
        assert (await flowhub.read("/v1/customers/nobody")).status_code == 404
        assert (await flowhub.read("/v1/customers/findByPhoneNumber")).status_code == 404
        put = await flowhub.http.put(f"{flowhub.url}/v1/customer/nobody", headers=flowhub.keys, json=WRITTEN)
        assert put.status_code == 404
