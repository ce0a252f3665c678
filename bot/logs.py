"""Logging: structlog over the standard library, plain or JSON, and no library may log what people send us."""

import logging
import sys

import structlog

TALKATIVE = ("slack_bolt", "slack_sdk", "aiohttp", "httpx", "httpcore", "apscheduler", "alembic", "uvicorn", "asyncio")


def set_up(level: str = "INFO", form: str = "plain") -> None:
    """Bolt logs the raw body of a wrongly signed request at INFO, and the Slack client whole requests at NOTSET
    (slack.md 2.3): both are held at WARNING by name, whatever our own level is."""
    logging.basicConfig(level=getattr(logging, level), stream=sys.stderr, format="%(message)s", force=True)
    for name in (
        *TALKATIVE,
        "orderahead.slack_sdk",
        *(name for name in logging.root.manager.loggerDict if "slack" in name),
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A job that is still running when its time comes is skipped: that is how it is meant (sync/timetable.py).
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
