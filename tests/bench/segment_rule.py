"""What is evaluated: the four starters and a rule of one's own; and the days on which they turn, for who knows no rules."""

from datetime import timedelta

from bot.rules.segments.catalogue import made, starters
from bot.rules.segments.days import Asof
from bot.rules.segments.trees import AllOf, Condition
from bot.rules.segments.trees import Operator as Op

ZONE = "America/Denver"
OWN = made(
    "own",
    "Good customers who stay away",
    AllOf(
        (
            Condition("fh_total_spent", Op.AT_LEAST, 250_00),
            Condition("fh_total_orders", Op.AT_LEAST, 5),
            Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, 30),
        )
    ),
    starters(),
)


def days(asof: Asof) -> dict[str, str]:
    """UTC moments as SQLite has them: no order since `lapsed`, first order since `new`, no order since `own`."""
    back = {"lapsed": 59, "new": 29, "own": 29}
    moments = {name: asof.start(asof.today - timedelta(days=number)) for name, number in back.items()}
    return {name: moment.isoformat(" ", "microseconds")[:26] for name, moment in moments.items()}
