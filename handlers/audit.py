"""`/flowhub audit`: the last entries of the audit log, for owners' eyes."""

from bot.messages.audit import audit_log
from bot.messages.parts import Message
from bot.rules.permissions import Act
from bot.store import audit
from handlers.front import Command, Front

MOST_SHOWN = 25


async def audit_command(front: Front, command: Command) -> Message:
    await front.permitted(command, Act.AUDIT)
    async with front.desk.database.read() as tx:
        entries = await audit.newest(tx, command.workspace, most=MOST_SHOWN)
    return audit_log(entries, {store.key: store for store in front.stores(command)})
