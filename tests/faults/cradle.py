"""A process that has everything imported and forks a bot whenever it is told to: a second process for each kill would
spend most of its life importing.

It reads commands from standard input, one a line: `run` starts a bot (`python -m bot run`) and says its process id, `bury`
waits until that bot is gone and says its exit status.
"""

import os
import signal
import sys

import aiosqlite  # noqa: F401
import alembic.command
import asyncpg  # noqa: F401
import uvloop  # noqa: F401

import bot.__main__
import bot.app  # noqa: F401
import bot.store.rows  # noqa: F401


def main() -> None:
    child = 0
    for command in sys.stdin:
        if command.strip() == "run":
            child = os.fork()
            if child == 0:
                _be_a_bot()
            print(child, flush=True)
        else:
            _, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


def _be_a_bot() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.argv = ["orderahead", "run"]
    try:
        bot.__main__.main()
    finally:
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
