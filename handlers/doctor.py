"""`/flowhub status` and `/flowhub doctor`."""

from bot.activation.examining import examine
from bot.activation.reporting import statuses
from bot.messages.checklist import findings
from bot.messages.parts import Message
from bot.messages.status import status
from bot.rules.permissions import Act
from handlers.front import Command, Front


async def status_command(front: Front, command: Command) -> Message:
    await front.permitted(command, Act.STATUS)
    return status(await statuses(front.desk, command.workspace), front.desk.now())


async def doctor_command(front: Front, command: Command) -> Message:
    """The stores of this workspace only; what is true of the whole bot is told to whoever may ask."""
    await front.permitted(command, Act.DOCTOR)
    return findings(await examine(front.office, [command.workspace]), front.stores(command))
