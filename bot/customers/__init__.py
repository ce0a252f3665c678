"""The verbs of customers that people, the clock and the command line share: sync an account, and what it reports."""

from bot.customers.progress import Progress, Told
from bot.customers.syncing import accounts_of, sync

__all__ = ["Progress", "Told", "accounts_of", "sync"]
