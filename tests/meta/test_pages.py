"""The pages name what there is, all of it, and lead nowhere that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from forms import FORMS

from ledgernote.domain import errors

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"LEDGERNOTE_[A-Z]+")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_to_a_file_that_is_there(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))

    near = [link.partition("#")[0] for link in links if "://" not in link]

    assert [link for link in near if not (page.parent / link).exists()] == []


def test_every_decision_stands_in_the_list_of_decisions() -> None:
    listed = LINK.findall(read("docs/decisions/README.md"))

    there = {page.name for page in ROOT.glob("docs/decisions/*.md")} - {"README.md"}

    assert set(listed) == there


def test_every_field_of_the_json_forms_is_explained() -> None:
    page = read("docs/json.md")

    named = set(re.findall(r'[`"](\w+)[`"]', page))

    assert {field for form in FORMS.values() for field in form} <= named


def test_every_variable_that_is_read_is_in_the_settings_page() -> None:
    sources = (path.read_text(encoding="utf-8") for path in ROOT.glob("src/**/*.py"))

    used = {name for source in sources for name in VARIABLE.findall(source)}

    assert used == set(VARIABLE.findall(read("docs/config.md")))


def test_every_error_has_a_code_that_the_page_lists() -> None:
    page = read("docs/exit-codes.md")
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    for kind in kinds:
        if issubclass(kind, errors.LedgernoteError) and kind is not errors.LedgernoteError:
            row = next(
                line for line in page.splitlines() if line.startswith(f"| {kind.exit_code} ")
            )
            assert f"`{kind.__name__}`" in row
