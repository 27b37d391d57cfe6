"""What was typed or piped into a talk and cannot be kept there is not lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from repl.people import Person

from ledgernote.config import Settings

SitDown = Callable[..., Person]


def unusable(ledger: Path) -> None:
    """From now on nothing can be written to it by this version of the program."""
    other = sqlite3.connect(ledger)
    other.execute("PRAGMA user_version = 999")
    other.close()


def saved(screen: str) -> str:
    found = re.search(r"Your text is safe in\s+(\S+)", screen)
    assert found, screen
    return Path(found[1]).read_text()


@pytest.mark.parametrize("command", ["", "/note "])
def test_what_is_typed_and_cannot_be_kept_is_saved(
    command: str, person: SitDown, settings: Settings, tmp_path: Path
) -> None:
    ann = person(TMPDIR=tmp_path, columns=200)
    ann.sees(">")
    unusable(settings.ledger)
    ann.types(f"{command}precious words\r")

    assert saved(ann.sees("Your text is safe in")) == "precious words"
