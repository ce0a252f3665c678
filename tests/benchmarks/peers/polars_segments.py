"""Polars: the segments from the sales in memory, one lazy group-by, and who moved since the time before.

Reads commands from its standard input, a JSON object on each line, and answers each with one.
"""

import hashlib
import json
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

KEYS = ("lapsed_60", "new_30", "more_than_once", "spent_100", "own")


def sales_in(folder: Path) -> pl.DataFrame:
    ids = pl.Series(np.load(folder / "ids.npy"))
    made = {name: np.load(folder / f"{name}.npy") for name in ("who", "at", "cents", "is_voided")}
    return pl.DataFrame(
        {
            "customer_id": ids.gather(made["who"]),
            "at": made["at"].astype("datetime64[us]"),
            "cents": made["cents"],
            "is_voided": made["is_voided"],
        }
    )


def evaluated(
    sales: pl.DataFrame, before: pl.DataFrame, days: dict[str, datetime]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everybody's bits, and of those who moved the bits before and after."""
    orders, spent = pl.col("orders"), pl.col("spent")
    first, last = pl.col("first"), pl.col("last")
    tests = (
        (orders >= 1) & (last < days["lapsed"]),
        first >= days["new"],
        orders > 1,
        spent > 100_00,
        (spent >= 250_00) & (orders >= 5) & (last < days["own"]),
    )
    bits = pl.sum_horizontal(test.cast(pl.Int64) * (1 << number) for number, test in enumerate(tests))
    now = (
        sales.lazy()
        .filter(~pl.col("is_voided"))
        .group_by("customer_id")
        .agg(orders=pl.len(), spent=pl.col("cents").sum(), first=pl.col("at").min(), last=pl.col("at").max())
        .select("customer_id", bits=bits)
    )
    moved = (
        now.join(before.lazy(), on="customer_id", how="full", suffix="_before", coalesce=True)
        .with_columns(pl.col("bits", "bits_before").fill_null(0))
        .filter(pl.col("bits") != pl.col("bits_before"))
    )
    both = pl.collect_all([now, moved])
    return both[0], both[1]


def main() -> None:
    sales = before = pl.DataFrame()
    for line in sys.stdin:
        asked = json.loads(line)
        if "load" in asked:
            sales = sales_in(Path(asked["load"]))
            before = pl.DataFrame({"customer_id": [], "bits": []}, schema={"customer_id": pl.String, "bits": pl.Int64})
            answer: dict[str, object] = {"rows": len(sales)}
        elif "append" in asked:
            sales = pl.concat([sales, sales_in(Path(asked["append"]))], rechunk=True)
            answer = {"rows": len(sales)}
        else:
            days = {name: datetime.fromisoformat(text) for name, text in asked["days"].items()}
            began, computed = time.perf_counter(), time.process_time()
            before, moved = evaluated(sales, before, days)
            seconds, cpu = time.perf_counter() - began, time.process_time() - computed
            answer = {"seconds": seconds, "cpu": cpu, **told(before, moved)}
        print(json.dumps(answer), flush=True)


def told(now: pl.DataFrame, moved: pl.DataFrame) -> dict[str, object]:
    members, entered, left = {}, {}, {}
    for number, key in enumerate(KEYS):
        flag = 1 << number
        ids = now.filter(pl.col("bits") & flag != 0)["customer_id"].sort()
        members[key] = hashlib.sha256("\n".join(ids).encode()).hexdigest()
        is_in, was_in = pl.col("bits") & flag != 0, pl.col("bits_before") & flag != 0
        entered[key] = moved.filter(is_in & ~was_in).height
        left[key] = moved.filter(~is_in & was_in).height
    return {"members": members, "entered": entered, "left": left}


if __name__ == "__main__":
    main()
