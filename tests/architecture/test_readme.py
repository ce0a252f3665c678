"""The README tells the truth about settings and statuses, because it is drawn from them."""

import re

import pytest

from bot.rules.orders import LIFE_CYCLE
from bot.settings import Settings
from tests.architecture.drawn import DRAWN, between_the_marks, life_cycle_drawing, readme, settings_table
from tests.architecture.tree import ROOT


@pytest.mark.parametrize("name", DRAWN)
def test_the_readme_shows_what_the_code_says(name: str) -> None:
    drawn = DRAWN[name]()
    assert between_the_marks(readme(ROOT), name) == drawn, (
        f"README.md no longer shows what the code says. Between <!-- {name} --> and <!-- /{name} --> belongs:\n\n{drawn}\n"
    )


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert settings_table().count("ORDERAHEAD_") == len(Settings.model_fields)


def test_the_drawing_has_every_arrow_of_the_table() -> None:
    drawn = set(re.findall(r"(\w+) --> (\w+)", life_cycle_drawing()))
    assert drawn == {(status.value, after.value) for status, stage in LIFE_CYCLE.items() for after in stage.leads_to}


def test_every_file_that_a_document_links_to_is_there() -> None:
    missing = [
        f"{document.name}: {link}"
        for document in sorted(ROOT.glob("*.md"))
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text())
        if not (ROOT / link).exists()
    ]
    assert missing == []
