"""Every hour, and at start: was the app uninstalled while nobody could tell us? Slack says so three times, then never again."""

import structlog

from bot.deliveries import Office
from bot.desk.leaving import workspace_left
from bot.errors import OrderAheadError, Unauthorised
from bot.store import workspaces

log = structlog.get_logger("orderahead.sync")

GONE = {"token_revoked", "account_inactive"}
"""What Slack says to a token of an app that was uninstalled, or of a workspace that was closed."""


async def follow_installs(office: Office) -> None:
    if not office.workspaces.are_many:
        return
    async with office.database.read() as tx:
        installed = await workspaces.all_ids(tx)
    for workspace in installed:
        try:
            await office.slack(workspace).who_are_we()
        except Unauthorised as problem:
            if problem.code in GONE:
                await workspace_left(office.desk, office.workspaces, workspace)
            else:
                log.error("a workspace's token does not work", workspace=workspace, why=problem.sentence)
        except OrderAheadError as problem:
            log.warning("a workspace could not be asked", workspace=workspace, why=problem.sentence)
