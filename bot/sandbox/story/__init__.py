"""A dispensary's day as a story: scenes that people can watch, and the same scenes as fast as they go."""

from bot.sandbox.story.scenes import SCENES
from bot.sandbox.story.tally import tally
from bot.sandbox.story.teller import Story

__all__ = ["SCENES", "Story", "tally"]
