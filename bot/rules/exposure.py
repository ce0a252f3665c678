"""Who besides a store's own people can read its channel, and when an owner must be asked before orders are posted there."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from bot.rules.order_values import Frozen

LOOK_AGAIN_AFTER = timedelta(hours=24)
"""Events tell of most changes at once; that a channel was made public, or a member a guest, no event tells."""


class Risk(StrEnum):
    PUBLIC = "public"
    SHARED = "shared"
    GUESTS = "guests"
    UNSEEN = "unseen"


class Exposure(Frozen):
    """Who can read a channel: everybody in the workspace, the workspaces it is shared with (or will be, once they accept),
    the guests in it. `is_unseen` says that Slack does not let us look.

    The one that an owner signed off and the one that was last seen are both of this kind.
    """

    is_public: bool = False
    shared_with: frozenset[str] = Field(default=frozenset())
    guests: frozenset[str] = Field(default=frozenset())
    is_unseen: bool = False

    @property
    def risks(self) -> tuple[Risk, ...]:
        found = {
            Risk.PUBLIC: self.is_public,
            Risk.SHARED: bool(self.shared_with),
            Risk.GUESTS: bool(self.guests),
            Risk.UNSEEN: self.is_unseen,
        }
        return tuple(risk for risk, is_so in found.items() if is_so)

    @property
    def fingerprint(self) -> str:
        """Tells one exposure from another, for a modal to carry."""
        parts = [self.is_public, sorted(self.shared_with), sorted(self.guests), self.is_unseen]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    def beyond(self, signed: "Exposure") -> "Exposure":
        """What of this an owner has not seen when they signed off: a second guest is another one to be asked about."""
        return Exposure(
            is_public=self.is_public and not signed.is_public,
            shared_with=self.shared_with - signed.shared_with,
            guests=self.guests - signed.guests,
            is_unseen=self.is_unseen and not signed.is_unseen,
        )

    def with_(self, more: "Exposure") -> "Exposure":
        return Exposure(
            is_public=self.is_public or more.is_public,
            shared_with=self.shared_with | more.shared_with,
            guests=self.guests | more.guests,
            is_unseen=self.is_unseen or more.is_unseen,
        )

    def is_covered_by(self, signed: "Exposure") -> bool:
        return not self.beyond(signed).risks


SAFE = Exposure()


class Standing(Frozen):
    """What is known of a channel: how it was last seen, and what an owner signed off. `seen_at` is None before the first
    look."""

    seen: Exposure = SAFE
    seen_at: datetime | None = None
    signed: Exposure = SAFE

    @property
    def may_post(self) -> bool:
        """A channel at which nobody has looked yet may be anything."""
        return self.seen_at is not None and self.seen.is_covered_by(self.signed)

    def is_due(self, now: datetime) -> bool:
        return self.seen_at is None or now - self.seen_at >= LOOK_AGAIN_AFTER


def after_no_answer(known: Standing, now: datetime, *, heard: Exposure, may_never_look: bool) -> Standing:
    """What to go by when Slack could not be asked.

    A channel that was looked at before stays what it was, with what we `heard` of it: a store must not stop because Slack
    is down. It is due for another look. One that nobody has seen waits; where the app may not look at all
    (`may_never_look`), an owner is asked about that.
    """
    if known.seen_at is not None:
        return known.model_copy(update={"seen": known.seen.with_(heard), "seen_at": now - LOOK_AGAIN_AFTER})
    if may_never_look:
        return known.model_copy(update={"seen": Exposure(is_unseen=True), "seen_at": now})
    return known
