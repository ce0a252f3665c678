"""The processes in which records are packed, as the system knows them."""

import os
from contextlib import suppress
from pathlib import Path


def packers_of(process: int | None = None) -> list[int]:
    """Those that a process has started; without one, this one."""
    number = process or os.getpid()
    children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    found = []
    for child in map(int, children):
        with suppress(OSError):
            if b"packing_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found
