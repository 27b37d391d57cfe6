"""The script for strangers judges a ledger as the program does."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from verify import check

from ledgernote.ledger import integrity
from ledgernote.notebook.notebook import NewNote, Notebook

TRIGGERS = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
FIRST = "CAST(body AS TEXT) LIKE 'No cut%'"


def keep_some(notebook: Notebook) -> None:
    notebook.note(NewNote(text="No cut before September.", tags=("rates",), title="Fed"))
    notebook.note(NewNote(text=b"caf\xe9 \x00 \xf0\x9f\x93\x88"))
    long = " ".join(map(str, range(10_000)))
    notebook.note(NewNote(text=long, source="stdin"))


def meddle(path: Path, *statements: str) -> None:
    """Change a ledger as someone does who takes the triggers away first."""
    with sqlite3.connect(path) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
    db.close()


def test_a_sound_ledger_has_no_fault(notebook: Notebook) -> None:
    keep_some(notebook)

    faults = check(str(notebook.ledger.path))

    assert faults == []
    assert notebook.verify().faults == ()


def test_erased_words_are_no_fault(notebook: Notebook) -> None:
    keep_some(notebook)
    first = notebook.latest(0)[0]

    with notebook.writing() as tx:
        integrity.purge(tx, first.id)

    assert notebook.verify().erased > 0
    assert check(str(notebook.ledger.path)) == []


@pytest.mark.parametrize(
    "harm",
    [
        [f"UPDATE payload SET body = CAST('Cut in July.' AS BLOB) WHERE {FIRST}"],
        [f"DELETE FROM payload WHERE {FIRST}"],
        [
            "UPDATE payload SET part = -part WHERE part IN (1, 2)",
            "UPDATE payload SET part = 3 + part WHERE part < 0",
        ],
        ["UPDATE event SET offset = offset + 60 WHERE rseq = 3"],
        ["UPDATE event SET actor = NULL WHERE rseq = 3"],
        ["DELETE FROM event WHERE rseq = 3"],
    ],
    ids=["other words", "no words", "parts exchanged", "other offset", "no actor", "no event"],
)
def test_the_script_names_what_the_program_names(notebook: Notebook, harm: list[str]) -> None:
    keep_some(notebook)
    path = notebook.ledger.path

    meddle(path, *harm)

    assert check(str(path))
    assert notebook.verify().faults
