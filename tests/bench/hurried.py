"""The same bot in a world whose Slack counts faster: its own pace towards Slack is as many times faster. Nothing else is."""

import os

from bot.__main__ import main
from bot.deliveries import pace

TIMES = float(os.environ["ORDERAHEAD_BENCH_TIMES"])

pace.POSTS_PER_CHANNEL = (pace.POSTS_PER_CHANNEL[0], pace.POSTS_PER_CHANNEL[1] / TIMES)
pace.POSTS_PER_WORKSPACE = (pace.POSTS_PER_WORKSPACE[0], pace.POSTS_PER_WORKSPACE[1] / TIMES)
pace.EDITS_PER_WORKSPACE = (pace.EDITS_PER_WORKSPACE[0], pace.EDITS_PER_WORKSPACE[1] / TIMES)

if __name__ == "__main__":
    main()
