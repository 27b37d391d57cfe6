"""The quotes that a shell took from a filter are put back where the query means something by it."""

from __future__ import annotations

import pytest

from ledgernote.domain.frozen import replace
from ledgernote.ledger.places import need_project, new_thread
from ledgernote.notebook.alone import quoted
from ledgernote.notebook.notebook import NewNote, Notebook


@pytest.fixture
def named(notebook: Notebook) -> Notebook:
    """A notebook with a tag, a project, a thread and a writer of two words."""
    ann = replace(notebook.settings, actor="ann lee")
    other = Notebook(notebook.ledger, ann, project="deep sea")
    with other.writing() as tx:
        new_thread(tx, need_project(tx, "deep sea"), "what is the stop")
    other.note(NewNote(text="gold", tags=("hard landing",), thread="what is the stop"))
    return notebook


@pytest.mark.parametrize(
    "typed",
    [
        *('on:"7 may"', 'since:"3 months ago"', '-on:"last friday"', 'not:until:"1 may 2026"'),
        *('thread:"what is the stop"', 'tag:"hard landing"', 'actor:"ann lee"'),
        'project:"deep sea"',
    ],
)
def test_a_filter_takes_what_follows_where_that_is_a_time_or_a_name(
    named: Notebook, typed: str
) -> None:
    shell = typed.replace('"', "")

    read = quoted(named.ledger, shell)

    assert read == typed


@pytest.mark.parametrize(
    "typed",
    [
        *("on:7 may gold", "thread:what is gold", "tag:hard gold", "actor:ann gold"),
        *("since:7d gold", "gold on:7 may", 'on:"7 may" gold', "kind:note gold", "on: 7 may"),
    ],
)
def test_other_queries_stay_as_they_were_typed(named: Notebook, typed: str) -> None:
    read = quoted(named.ledger, typed)

    assert read == typed
