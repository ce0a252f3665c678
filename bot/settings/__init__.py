"""Everything that comes from the environment (prefix ORDERAHEAD_), and the stores, which come from a file or a variable.

A wrong setting is one sentence that names the variable: `Misconfigured`, which the command line turns into exit code 2.
"""

from bot.settings.book import StoreBook
from bot.settings.environment import PREFIX, Settings, load

__all__ = ["PREFIX", "Settings", "StoreBook", "load"]
