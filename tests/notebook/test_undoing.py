"""A large step is taken back in several transactions, and nothing is let go between them."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledgernote.domain.entries import Kind
from ledgernote.domain.errors import WouldReveal
from ledgernote.ledger import keep, places, undo
from ledgernote.ledger.writing import Writing
from ledgernote.notebook import undoing
from ledgernote.notebook.changing import move
from ledgernote.notebook.notebook import Notebook


def keep_many(tx: Writing, project: str, number: int, *, private: bool = False) -> None:
    """Notes in a project that is private from the start, or each by itself."""
    place = places.need_project(tx, project)
    if not private:
        keep.mark_private(tx, place)
    thread = places.new_thread(tx, place, "talk")
    for at in range(number):
        text = f"between us {at}".encode()
        new = keep.New(kind=Kind.NOTE, text=text, project=place, thread=thread, private=private)
        keep.keep(tx, new)


class Watching:
    """A clock that looks at the notebook as another terminal sees it, before each transaction."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook, self._clock = notebook, notebook.clock
        self.looks: list[list[bool]] = []
        """Of each entry that stood: was it private?"""

    def __call__(self) -> datetime:
        self.looks.append([entry.private for entry in self._notebook.latest(0)])
        return self._clock()


@pytest.mark.parametrize("private", [True, False])
def test_no_entry_stands_without_its_mark_meanwhile(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, *, private: bool
) -> None:
    monkeypatch.setattr(undo, "CHUNK", 7)
    with notebook.writing() as tx:
        keep_many(tx, "secret", 40, private=private)
    notebook.clock = watching = Watching(notebook)

    assert undoing.take_back(notebook)
    assert undoing.take_back(notebook, redo=True)

    assert len(watching.looks) > 8
    assert all(all(look) for look in watching.looks)
    assert len(notebook.latest(0)) == 40


def test_an_undo_that_nobody_agrees_to_changes_nothing_in_the_end(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "CHUNK", 7)
    notebook.notes([])
    with notebook.writing() as tx:
        place = places.need_project(tx, "secret")
        old = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"old", project=place))
    with notebook.writing() as tx:
        keep_many(tx, "elsewhere", 20, private=True)
        keep.mark_private(tx, place)

    with pytest.raises(WouldReveal):
        undoing.take_back(notebook)

    there = {entry.id: entry.private for entry in notebook.latest(0)}
    assert len(there) == 21
    assert there[old] is True
    assert undoing.take_back(notebook, agreed=True)
    assert [entry.id for entry in notebook.latest(0)] == [old]


def test_a_long_thread_moves_in_one_step(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledgernote.notebook.changing.CHUNK", 7)
    with notebook.writing() as tx:
        places.need_project(tx, "open")
        keep_many(tx, "secret", 30)
    secret = Notebook(notebook.ledger, notebook.settings, project="secret", clock=notebook.clock)

    with pytest.raises(WouldReveal):
        move(secret, ["talk"], "open")
    assert {entry.project for entry in notebook.latest(0)} == {"secret"}

    move(secret, ["talk"], "open", agreed=True)
    assert {entry.project for entry in notebook.latest(0)} == {"open"}
    assert undoing.take_back(notebook, agreed=True)
    assert {entry.project for entry in notebook.latest(0)} == {"secret"}
