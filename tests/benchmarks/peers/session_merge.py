"""httpx and SQLModel: each page is read, each record merged into a session, each page committed."""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from sqlmodel import Field, Session, SQLModel, create_engine


class Customer(SQLModel, table=True):
    id: str = Field(primary_key=True)
    created_at: datetime
    updated_at: datetime
    customer_type: str
    first_name: str
    last_name: str
    state: str
    birth_date: str
    is_loyal: bool
    points: int
    phone: str = Field(index=True)
    email: str = Field(index=True)
    address: str
    city: str
    postal_code: str
    consents_email: bool
    consents_sms: bool
    groups: str


class Sale(SQLModel, table=True):
    id: str = Field(primary_key=True)
    order_id: str
    customer_id: str = Field(index=True)
    created_at: datetime
    completed_at: datetime
    order_type: str
    status: str
    budtender: str
    is_voided: bool
    total_cents: int
    lines: str


def customer(record: dict[str, Any]) -> Customer:
    first, _, last = record["name"].partition(" ")
    return Customer(
        id=record["id"],
        created_at=datetime.fromisoformat(record["createdAt"]),
        updated_at=datetime.fromisoformat(record["updatedAt"]),
        customer_type=record["type"],
        first_name=first,
        last_name=last,
        state=record["state"],
        birth_date=record["birthDate"],
        is_loyal=record["isLoyal"],
        points=record["loyaltyPoints"],
        phone=record["phone"],
        email=record["email"],
        address=record["streetAddress1"],
        city=record["city"],
        postal_code=record["zip"],
        consents_email=record["consentsToPromotionalEmail"],
        consents_sms=record["consentsToPromotionalSMS"],
        groups=json.dumps(record["groups"]),
    )


def sale(record: dict[str, Any]) -> Sale:
    return Sale(
        id=record["id"],
        order_id=record["orderId"],
        customer_id=record["customerId"],
        created_at=datetime.fromisoformat(record["createdAt"]),
        completed_at=datetime.fromisoformat(record["completedOn"]),
        order_type=record["orderType"],
        status=record["orderStatus"],
        budtender=record["budtender"],
        is_voided=record["voided"],
        total_cents=round(100 * record["totals"]["finalTotal"]),
        lines=json.dumps(record["itemsInCart"]),
    )


def merged(client: httpx.Client, session: Session, path: str, key: str, made: Callable[[dict[str, Any]], Any]) -> int:
    rows, page = 0, 1
    while True:
        answer = client.get(path, params={"page": page, "page_size": 500})
        records = answer.raise_for_status().json()[key]
        if not records:
            return rows
        for record in records:
            session.merge(made(record))
        session.commit()
        rows, page = rows + len(records), page + 1


def main(url: str, database: str, *stores: str) -> None:
    engine = create_engine(f"sqlite:///{database}")
    SQLModel.metadata.create_all(engine)
    headers = {"clientId": "bench", "key": "bench"}
    began = time.perf_counter()
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client, Session(engine) as session:
        rows = merged(client, session, "/v1/customers/", "data", customer)
        for store in stores:
            rows += merged(client, session, f"/v1/orders/findByLocationId/{store}", "orders", sale)
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
