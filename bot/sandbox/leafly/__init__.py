"""The stand-in for Leafly: its Order API, its webhooks, and the shoppers who order there."""

from bot.sandbox.leafly.orders import CartItem, LeaflyOrder, Told
from bot.sandbox.leafly.stand_in import LeaflyStandIn
from bot.sandbox.leafly.switches import Switches
from bot.sandbox.leafly.webhooks import Attempt

__all__ = ["Attempt", "CartItem", "LeaflyOrder", "LeaflyStandIn", "Switches", "Told"]
