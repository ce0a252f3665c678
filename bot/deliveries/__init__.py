"""The durable queue of what the outside must be told or asked, and the one loop that empties it.

A delivery is a row with a state before it is a call. `RUNNERS` says who makes each kind.
"""

from collections.abc import Mapping
from functools import partial

from bot.automations.orders import run_occasion
from bot.deliveries.automations import run_automation_post, run_automation_webhook
from bot.deliveries.calls import run_escalate, run_nag, run_notice
from bot.deliveries.cards import run_card, run_history
from bot.deliveries.channels import watching
from bot.deliveries.courier import Courier, Runner
from bot.deliveries.digests import run_digest
from bot.deliveries.office import Office
from bot.deliveries.resting import unless_resting
from bot.deliveries.rushes import run_rush
from bot.deliveries.summaries import run_moved, run_summary
from bot.deliveries.syncs import run_sync
from bot.deliveries.tellings import run_acknowledge, run_tell_leafly, run_webhook
from bot.desk.arriving import run_leafly_event
from bot.desk.following import run_ask_status
from bot.desk.placing import run_place
from bot.desk.taking_in import run_fetch, run_take_in
from bot.rules.deliveries import Kind

__all__ = ["Courier", "Office", "runners"]


def runners(office: Office) -> Mapping[Kind, Runner]:
    desk = office.desk
    made: Mapping[Kind, Runner] = {
        Kind.TAKE_IN: partial(run_take_in, desk),
        Kind.FETCH: partial(run_fetch, desk),
        Kind.LEAFLY_EVENT: partial(run_leafly_event, desk),
        Kind.PLACE: partial(run_place, desk),
        Kind.ASK_STATUS: partial(run_ask_status, desk),
        Kind.CARD: partial(watching, office, run_card),
        Kind.HISTORY: partial(watching, office, run_history),
        Kind.ESCALATE: partial(watching, office, run_escalate),
        Kind.NAG: partial(watching, office, run_nag),
        Kind.NOTICE: partial(watching, office, run_notice),
        Kind.RUSH: partial(watching, office, run_rush),
        Kind.SYNC: partial(watching, office, run_sync),
        Kind.DIGEST: partial(watching, office, run_digest),
        Kind.SUMMARY: partial(watching, office, run_summary),
        Kind.MOVED: partial(watching, office, run_moved),
        Kind.ACKNOWLEDGE: partial(run_acknowledge, office),
        Kind.TELL_LEAFLY: partial(run_tell_leafly, office),
        Kind.WEBHOOK: partial(run_webhook, office),
        Kind.OCCASION: partial(run_occasion, desk),
        Kind.AUTOMATION_POST: partial(watching, office, run_automation_post),
        Kind.AUTOMATION_WEBHOOK: partial(run_automation_webhook, office),
    }
    return {kind: partial(unless_resting, office, run) for kind, run in made.items()}
