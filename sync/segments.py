"""By time alone: a customer lapses though nothing changed, and what a kill left undone is made up for."""

from bot.customers import accounts_of
from bot.giving_way import giving_way
from bot.segments.turns import Evaluations


async def evaluate_segments(evaluations: Evaluations) -> None:
    """Each account that is due. Asked more often than any is: an account is due at its stores' midnights, and each hour."""
    async for account in giving_way(accounts_of(evaluations.desk)):
        await evaluations.if_due(account)
