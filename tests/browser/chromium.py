"""Chromium for the tests and the screenshots: found on this machine, or installed. It knows nothing of the page."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
PLAYWRIGHT_FOLDERS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
PLAYWRIGHT_FILES = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium_headless_shell-*/chrome-*/headless_shell",
    "chromium_headless_shell-*/chrome-*/chrome-headless-shell",
)
PACKAGES = ("chromium", "fonts-noto-color-emoji", "fonts-lato")
INSTALLING_SECONDS = 600


class NoChromium(Exception):
    """There is no Chromium on this machine, and none could be installed."""


def find_or_install() -> str:
    """The path of a Chromium that starts. Raises NoChromium with one sentence."""
    if found := find():
        return found
    for install in (_with_playwright, _with_apt):
        if install() and (found := find()):
            return found
    raise NoChromium(
        "The browser tests need Chromium, and neither Playwright's installer nor apt-get could install it: "
        f"put one of {', '.join(NAMES[:3])} on the PATH."
    )


def find() -> str | None:
    """The first that starts, of those on the PATH and those that Playwright downloaded."""
    return next((path for path in _candidates() if _starts(path)), None)


def _candidates() -> Iterator[str]:
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    for app in MAC_APPS:
        yield str(Path("/Applications") / app)
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    for folder in [Path(chosen)] if chosen else [Path.home() / folder for folder in PLAYWRIGHT_FOLDERS]:
        for pattern in PLAYWRIGHT_FILES:
            yield from sorted(map(str, folder.glob(pattern)), reverse=True)


def _starts(path: str) -> bool:
    """A download without the system's libraries is there, but does not start."""
    return Path(path).is_file() and _runs(path, "--version", seconds=30)


def _with_playwright() -> bool:
    return _runs(sys.executable, "-m", "playwright", "install", "chromium")


def _with_apt() -> bool:
    if shutil.which("apt-get") is None:
        return False
    leave = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
    return _runs(*leave, *quietly, "update") and _runs(
        *leave, *quietly, "install", "--yes", "--no-install-recommends", *PACKAGES
    )


def _runs(*command: str, seconds: float = INSTALLING_SECONDS) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
