"""A process that has everything imported and forks the program for each environment that it is told: a new interpreter for
each would spend most of its life importing, and a limit in seconds would measure that.

Standard input has one JSON object of variables a line; the answer is a line as well, `[exit code, all that the program said]`.
"""

import json
import os
import sys
import tempfile
import traceback

import asyncpg  # noqa: F401
import uvloop  # noqa: F401

import bot.__main__
import bot.app
from bot import outgoing


def main() -> None:
    outgoing.tls()
    for line in sys.stdin:
        with tempfile.TemporaryFile() as said:
            child = os.fork()
            if child == 0:
                os._exit(_be_the_program(json.loads(line), said.fileno()))
            _, status = os.waitpid(child, 0)
            said.seek(0)
            print(json.dumps([os.waitstatus_to_exitcode(status), said.read().decode()]), flush=True)


def _be_the_program(environment: dict[str, str], says: int) -> int:
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(says, sys.stdout.fileno())
    os.dup2(says, sys.stderr.fileno())
    sys.argv = ["orderahead", "run"]
    try:
        bot.__main__.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main()
