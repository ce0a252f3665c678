"""The stand-in for Flowhub: the API that partners see, and a cashier whom no API reaches."""

from bot.sandbox.flowhub.pos import PosOrder
from bot.sandbox.flowhub.postbacks import Postback
from bot.sandbox.flowhub.stand_in import FlowhubStandIn
from bot.sandbox.flowhub.switches import Switches

__all__ = ["FlowhubStandIn", "PosOrder", "Postback", "Switches"]
