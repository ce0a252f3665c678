"""dlt: paginated resources, each merged by its primary key into SQLite."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import PageNumberPaginator


def main(url: str, database: str, *stores: str) -> None:
    client = RESTClient(base_url=url, headers={"clientId": "bench", "key": "bench"})

    def pages(path: str, selector: str) -> Iterator[Any]:
        paginator = PageNumberPaginator(base_page=1, page_param="page", total_path=None, stop_after_empty_page=True)
        yield from client.paginate(path, params={"page_size": 500}, paginator=paginator, data_selector=selector)

    def sales() -> Iterator[Any]:
        for store in stores:
            yield from pages(f"/v1/orders/findByLocationId/{store}", "orders")

    merged = {"primary_key": "id", "write_disposition": "merge", "max_table_nesting": 0}
    resources = [dlt.resource(pages("/v1/customers/", "data"), name="customers", **merged)]
    if stores:
        resources.append(dlt.resource(sales(), name="sales", **merged))
    pipeline = dlt.pipeline(
        pipeline_name="bench",
        pipelines_dir=f"{database}-work",
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{database}"),
        dataset_name="main",
    )
    began = time.perf_counter()
    pipeline.run(resources)
    seconds = time.perf_counter() - began
    rows = 0
    with pipeline.sql_client() as sql:
        for resource in resources:
            ((found,),) = sql.execute_sql(f"SELECT count(*) FROM {resource.name}")  # noqa: S608
            rows += found
    print(json.dumps({"rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
