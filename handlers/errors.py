"""How errors reach a person. Bolt only logs what a lazy listener raises (slack.md 2.3), so every one is wrapped here."""

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import NotAllowed, OrderAheadError, OutOfStep, Refused, Unavailable
from bot.messages import private
from bot.messages.parts import Message

log = structlog.get_logger("orderahead.handlers")


async def telling(work: Awaitable[Message | None], tell: Callable[[Message], Awaitable[object]]) -> None:
    """Await `work` and tell the person what it answers, or what went wrong, in words."""
    try:
        answer = await work
    except NotAllowed as problem:
        answer = private.sentence(problem.sentence)
    except (OutOfStep, Refused) as problem:
        answer = _no(problem)
    except Unavailable as problem:
        answer = private.try_again_soon(problem.sentence)
    except OrderAheadError as problem:
        answer = private.refusal(problem.sentence)
    except (SQLAlchemyError, OSError):
        log.error("the database is not answering")
        answer = private.try_again_soon("The order desk's database is not answering.")
    except Exception as surprise:  # its words may hold personal data, so only its name is logged
        log.error("a person's act failed", error=type(surprise).__name__)
        answer = private.something_broke()
    if answer is not None:
        try:
            await tell(answer)
        except Exception as surprise:
            log.warning("a person could not be told", error=type(surprise).__name__)


def _no(problem: OrderAheadError) -> Message:
    if isinstance(problem, Refused) and problem.code in {"expired_trigger_id", "exchanged_trigger_id"}:
        return private.too_slow()
    return private.refusal(problem.sentence)
