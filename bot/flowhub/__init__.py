"""Edge: the point of sale. Payloads stay inside; see shared names and oddities in `payloads`, calls in `client`."""

from bot.flowhub.client import FlowhubAccount, Flowhubs, OrderAhead

__all__ = ["FlowhubAccount", "Flowhubs", "OrderAhead"]
