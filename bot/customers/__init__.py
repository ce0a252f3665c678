"""The verbs of customers that people, the clock and the command line share: sync an account, and what it reports."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.customers.progress import Progress, Told
    from bot.customers.syncing import accounts_of, sync

__all__ = ["Progress", "Told", "accounts_of", "sync"]
_WHERE = {
    "Progress": "bot.customers.progress",
    "Told": "bot.customers.progress",
    "accounts_of": "bot.customers.syncing",
    "sync": "bot.customers.syncing",
}


def __getattr__(name: str) -> Any:
    """Loaded when it is asked for: who only packs records, in a process of its own, syncs nothing."""
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(_WHERE[name]), name)
