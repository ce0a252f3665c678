"""A workspace uninstalled the app, or Slack took its tokens: nothing of it may work from this moment on."""

import structlog

from bot.desk.desk import Desk
from bot.rules.audit import Deed
from bot.rules.stores import StoreState
from bot.store import Tx, audit, rows_of_a_store, stores, workspaces
from bot.workspaces import Workspaces

log = structlog.get_logger("orderahead.desk")


async def workspace_left(desk: Desk, holder: Workspaces, workspace: str) -> None:
    """Its tokens go at once, and its stores are removed: their credentials with them, and personal data by the rules of
    any removed store. Slack tells it once, so a database that is down is waited for."""
    now = desk.now()

    async def write(tx: Tx) -> int:
        if not await workspaces.leave(tx, workspace, now=now):
            return 0
        gone = [one.store.key for one in await stores.known(tx) if one.store.workspace == workspace]
        for key in gone:
            await stores.set_state(tx, key, StoreState.REMOVED, now=now)
            await rows_of_a_store.give_up(tx, key, but=())
        await workspaces.forget_people(tx, workspace)
        await audit.add(tx, audit.Entry(now, "", Deed.UNINSTALL.value, workspace, workspace))
        return len(gone)

    removed = await desk.database.outlast(write)
    holder.forget(workspace)
    if removed:
        await desk.load_stores()
    log.warning("the app was uninstalled in a workspace", workspace=workspace, stores=removed)
