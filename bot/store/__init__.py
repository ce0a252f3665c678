"""Edge: the database. Rows, SQL and migrations stay inside; values go in and come out.

`Database.write()` and `Database.read()` give a transaction; the modules `orders`, `history`, `deliveries` and `stores`
are the verbs one calls with it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.store.database import Database, not_sent
    from bot.store.transaction import Tx

__all__ = ["Database", "Tx", "not_sent"]
_WHERE = {"Database": "bot.store.database", "Tx": "bot.store.transaction", "not_sent": "bot.store.database"}


def __getattr__(name: str) -> Any:
    """Loaded when it is asked for: who only makes rows, in a process of its own, has no database."""
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(_WHERE[name]), name)
