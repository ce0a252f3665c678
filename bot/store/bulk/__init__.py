"""Writing many rows without stopping the bot: what is known by its print is left alone, the rest is written in batches.

A `Bulk` is one account's way in, with a connection of its own. Rows of a first load are put where they belong at once, with
how far it has come; those of a later run are staged beside it, and published when it is known that the run may write.
"""

from bot.store.bulk.opening import open_bulk
from bot.store.bulk.tables import CUSTOMERS, SALES
from bot.store.bulk.way_in import Bulk, Fresh
from bot.store.bulk_table import BulkTable

__all__ = ["CUSTOMERS", "SALES", "Bulk", "BulkTable", "Fresh", "open_bulk"]
