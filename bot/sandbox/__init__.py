"""Stand-ins for Flowhub, Leafly and Slack, spoken to only over the wire.

They are part of the product: strict where the real systems are strict, documented, and free of our own code, because a
stand-in that shared our parser would agree with our mistakes.
"""

from bot.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]
