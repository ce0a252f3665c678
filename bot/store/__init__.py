"""Edge: the database. Rows, SQL and migrations stay inside; values go in and come out.

`Database.write()` and `Database.read()` give a transaction; the modules `orders`, `history`, `deliveries` and `stores`
are the verbs one calls with it.
"""

from bot.store.database import Database, not_sent
from bot.store.transaction import Tx

__all__ = ["Database", "Tx", "not_sent"]
