"""The table of commands and the page that describes it agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from shell import Run

from ledgernote.cli.help import GROUPS
from ledgernote.cli.options import COMMANDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_stands_in_the_docs(name: str) -> None:
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8")

    command = COMMANDS[name]

    assert command.summary.endswith(".")
    assert all(option.help.endswith(".") for option in command.options)
    assert f"\n## ledgernote {name}\n" in page


def test_the_overview_lists_every_command_once() -> None:
    listed = [name for names in GROUPS.values() for name in names]

    assert sorted(listed) == sorted(COMMANDS)


def test_help_of_a_command_is_what_the_docs_show(run: Run) -> None:
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8")

    shown = run("help", "find").out

    assert f"```text\n{shown}```" in page
