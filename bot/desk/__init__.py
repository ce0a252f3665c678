"""The order verbs that people, systems and the clock share. Each module is one verb or one pair of them."""

from bot.desk.desk import Desk, now_utc

__all__ = ["Desk", "now_utc"]
