"""The environment of the program when it runs as a process of its own."""

import os
from typing import Any

from bot.sandbox import Sandbox


def settings_of(sandbox: Sandbox, **changed: Any) -> dict[str, Any]:
    """Settings for a bot between the stand-ins. `stores` may be a function that changes the book, or a text in its place."""
    text = changed.pop("stores") if isinstance(changed.get("stores"), str) else None
    values = sandbox.environment(**changed)
    return values if text is None else {**values, "stores": text}


def environment_of(sandbox: Sandbox, **changed: Any) -> dict[str, str]:
    """This process's environment, and the settings that point the program at the stand-ins; None takes one away."""
    values = settings_of(sandbox, **changed)
    ours = {f"ORDERAHEAD_{name.upper()}": str(value) for name, value in values.items() if value is not None}
    return {**os.environ, **ours}
