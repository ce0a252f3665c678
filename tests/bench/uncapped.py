"""The same bot without its budget of posts for the whole workspace, so that one workspace can stand for many; and without
rush mode, which the edits of so many stores in one workspace would bring about."""

from datetime import timedelta

from bot.__main__ import main
from bot.deliveries import pace
from bot.rules import rush

pace.POSTS_PER_WORKSPACE = (1_000_000, 60.0)
rush.BOUND = timedelta(days=1)

if __name__ == "__main__":
    main()
