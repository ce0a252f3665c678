"""What became of somebody who was forgotten: counts alone, so that the receipt may be kept."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Receipt:
    """`number` names the receipt. `orders` were in this desk's channels, of which `cards` are being rewritten in Slack;
    `sales` stay as numbers; `laid_aside` lay in the queue or among what could not be read."""

    number: str
    orders: int = 0
    cards: int = 0
    sales: int = 0
    laid_aside: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, named: dict[str, Any]) -> "Receipt":
        return cls(**named)


@dataclass(frozen=True)
class Rewriting:
    """How it went with the cards, and with `others`: digests and lists of what was left overnight. Of those that Slack did not
    let us change the channel, a card's short id ("" for another message), and why."""

    rewritten: int
    refused: tuple[tuple[str, str, str], ...] = ()
    others: int = 0
