"""httpx and SQLModel: each page is read, each record merged into a session, each page committed."""

import json
import sys
import time
from datetime import datetime

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


def main(url: str, database: str) -> None:
    engine = create_engine(f"sqlite:///{database}")
    SQLModel.metadata.create_all(engine)
    headers = {"clientId": "bench", "key": "bench"}
    rows, page, began = 0, 1, time.perf_counter()
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client, Session(engine) as session:
        while True:
            answer = client.get("/v1/customers/", params={"page": page, "page_size": 500})
            records = answer.raise_for_status().json()["data"]
            if not records:
                break
            for record in records:
                first, _, last = record["name"].partition(" ")
                session.merge(
                    Customer(
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
                )
            session.commit()
            rows, page = rows + len(records), page + 1
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
