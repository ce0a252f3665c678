"""A process that has everything imported and forks a bot whenever it is told to: a new interpreter for each kill would
spend most of its life importing.

It reads commands from standard input, one a line: `run` starts a bot (`python -m bot run`) and says its process id, `run 3
a delivery is made` one that dies at the third call of that failpoint, `bury` waits until that bot is gone and says its exit
status.
"""

import os
import sys

import alembic.command  # noqa: F401
import asyncpg  # noqa: F401
import pydantic.v1.json  # noqa: F401
import uvicorn.lifespan.on
import uvicorn.protocols.http.httptools_impl  # noqa: F401
import uvloop  # noqa: F401

import bot.__main__
import bot.app
import bot.store.rows
from bot import outgoing
from tests.faults.failpoints import arm
from tests.faults.short_waits import shorten


def main() -> None:
    if "--real-time" not in sys.argv:
        shorten()
    outgoing.tls()
    child = 0
    for command in sys.stdin:
        verb, _, failpoint = command.strip().partition(" ")
        if verb == "run":
            child = os.fork()
            if child == 0:
                os._exit(_be_a_bot(failpoint))
            print(child, flush=True)
        else:
            _, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


def _be_a_bot(failpoint: str) -> int:
    if failpoint:
        call, _, name = failpoint.partition(" ")
        arm(name, int(call))
    sys.argv = ["orderahead", "run"]
    try:
        bot.__main__.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main()
