"""dlt: a paginated resource, merged by its primary key into SQLite."""

import json
import sys
import time

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import PageNumberPaginator


def main(url: str, database: str) -> None:
    client = RESTClient(
        base_url=url,
        headers={"clientId": "bench", "key": "bench"},
        paginator=PageNumberPaginator(base_page=1, page_param="page", total_path=None, stop_after_empty_page=True),
        data_selector="data",
    )
    customers = dlt.resource(
        client.paginate("/v1/customers/", params={"page_size": 500}),
        name="customers",
        primary_key="id",
        write_disposition="merge",
        max_table_nesting=0,
    )
    pipeline = dlt.pipeline(
        pipeline_name="bench",
        pipelines_dir=f"{database}-work",
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{database}"),
        dataset_name="main",
    )
    began = time.perf_counter()
    pipeline.run(customers)
    seconds = time.perf_counter() - began
    with pipeline.sql_client() as sql:
        ((rows,),) = sql.execute_sql("SELECT count(*) FROM customers")
    print(json.dumps({"rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
