"""Edge: the point of sale. Payloads stay inside; see shared names and oddities in `payloads`, calls in `client`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.flowhub.client import FlowhubAccount, Flowhubs, OrderAhead

__all__ = ["FlowhubAccount", "Flowhubs", "OrderAhead"]
_WHERE = {"FlowhubAccount": "bot.flowhub.client", "Flowhubs": "bot.flowhub.client", "OrderAhead": "bot.flowhub.client"}


def __getattr__(name: str) -> Any:
    """Loaded when it is asked for: who only reads records, in a process of its own, makes no calls."""
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(_WHERE[name]), name)
