"""Finding a browser: what is there and starts is used; where there is none, one sentence says what to do."""

from pathlib import Path

import pytest

from tests.browser import chromium


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a browser, without apt-get, and without the internet. Its PATH is the folder that is given."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(chromium, "MAC_APPS", ())
    return tmp_path


def program(path: Path, *, exit_code: int) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_on_the_path_is_used(bare: Path) -> None:
    there = program(bare / "chromium-browser", exit_code=0)
    assert chromium.find_or_install() == there


def test_a_browser_that_does_not_start_is_passed_over(bare: Path) -> None:
    program(bare / "chromium", exit_code=127)
    there = program(bare / "google-chrome", exit_code=0)
    assert chromium.find() == there


def test_playwrights_own_download_is_used_and_the_newest_of_them(bare: Path) -> None:
    program(bare / "downloads/chromium-1001/chrome-linux/chrome", exit_code=0)
    newest = program(bare / "downloads/chromium-1002/chrome-linux64/chrome", exit_code=0)
    assert chromium.find_or_install() == newest


def test_without_any_browser_one_sentence_says_what_to_do(bare: Path) -> None:
    (bare / "downloads").write_text("A file is where Playwright would put its downloads.")
    with pytest.raises(chromium.NoChromium) as problem:
        chromium.find_or_install()
    sentence = str(problem.value)
    assert sentence.endswith("put one of chromium, chromium-browser, google-chrome on the PATH.")
    assert sentence.count(". ") == 0
