"""The quotes that a shell took from a filter are put back where the query means something by it."""

from __future__ import annotations

import pytest

from ledgernote.domain.frozen import replace
from ledgernote.ledger.places import need_project, new_thread, threads_of
from ledgernote.notebook import undoing
from ledgernote.notebook.alone import quoted
from ledgernote.notebook.find import find
from ledgernote.notebook.hits import Wanted
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


@pytest.mark.parametrize(
    "typed",
    [
        *('thread:"what is the stop"', 'thread:"What is the stop" stop', "thread:what is the stop"),
        *('zinc OR thread:"what is the stop"', '-thread:"and gold"'),
    ],
)
def test_a_thread_without_a_name_is_called_by_the_words_that_it_is_shown_by(
    notebook: Notebook, typed: str
) -> None:
    for first in ("what is the stop", "and gold"):
        with notebook.writing() as tx:
            thread = new_thread(tx, need_project(tx, "inbox"))
            (made,) = threads_of(tx, [thread])
        notebook.note(NewNote(text=first, thread=made.handle))

    found = find(notebook, Wanted(text=quoted(notebook.ledger, typed)))

    assert [hit.entry.text for hit in found.hits] == ["what is the stop"]


def test_a_thread_of_that_name_comes_before_one_that_is_only_shown_so(named: Notebook) -> None:
    with named.writing() as tx:
        (made,) = threads_of(tx, [new_thread(tx, need_project(tx, "inbox"))])
    named.note(NewNote(text="what is the stop", thread=made.handle))

    found = find(named, Wanted(text='thread:"what is the stop"', everywhere=True))

    assert [hit.entry.text for hit in found.hits] == ["gold"]


@pytest.mark.parametrize("form", [" {}", "{}\a", "@{}", "{} "])
def test_nothing_is_told_of_a_thread_that_the_search_finds(notebook: Notebook, form: str) -> None:
    with notebook.writing() as tx:
        (made,) = threads_of(tx, [new_thread(tx, need_project(tx, "inbox"))])
    notebook.note(NewNote(text="gold", thread=made.handle))
    wanted = Wanted(text=f'copper OR thread:"{form.format(made.handle.upper())}"')

    found = find(notebook, wanted)

    assert ([hit.entry.text for hit in found.hits], found.absent) == (["gold"], ())


def test_a_thread_that_was_taken_back_is_none_by_its_handle_either(notebook: Notebook) -> None:
    with notebook.writing() as tx:
        (made,) = threads_of(tx, [new_thread(tx, need_project(tx, "inbox"), "metals")])
    undoing.take_back(notebook)

    found = find(notebook, Wanted(text=f"thread:{made.handle}"))

    assert found.absent == (f"there is no thread {made.handle}",)
