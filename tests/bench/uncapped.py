"""The same bot without its budget of posts for the whole workspace, so that one workspace can stand for many."""

from bot.__main__ import main
from bot.deliveries import pace

pace.POSTS_PER_WORKSPACE = (1_000_000, 60.0)

if __name__ == "__main__":
    main()
