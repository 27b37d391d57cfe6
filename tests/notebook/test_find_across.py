"""A long entry is found by words that stand far apart in it."""

from __future__ import annotations

import pytest

from ledgernote.notebook.find import find
from ledgernote.notebook.hits import Found, Wanted
from ledgernote.notebook.notebook import NewNote, Notebook

FILLER = "the words go on and on. " * 1000
"""More than a passage."""


@pytest.fixture
def long(notebook: Notebook) -> Notebook:
    """A notebook with a long note, and a short one that holds one of its words."""
    notebook.note(
        NewNote(text=f"needle here. {FILLER} the Zebrafish swims. {FILLER}", title="long")
    )
    notebook.note(NewNote(text="zebrafish alone", title="short"))
    return notebook


def titles(found: Found) -> list[str | None]:
    """What the hits are called."""
    return [hit.entry.title for hit in found.hits]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(text="needle zebrafish"),
        Wanted(text="zebrafish needle on", number=0),
        Wanted(text="needle zebrafish", exact=True),
        Wanted(text="needl* zebra*", order="new"),
        Wanted(text="long zebrafish -alone since:7d kind:note"),
        Wanted(text="zinc OR needle zebrafish"),
    ],
)
def test_an_entry_whose_passages_hold_all_words_together_holds_them_all(
    long: Notebook, wanted: Wanted
) -> None:
    found = find(long, wanted)

    assert titles(found) == ["long"]
    assert [hit.why for hit in found.hits] == ["all words"]
    assert found.freely == []


def test_the_passage_of_the_rarest_word_is_shown(long: Notebook) -> None:
    long.note(NewNote(text="zebrafish, another", title="second"))
    long.note(NewNote(text=f"needle {FILLER} zebrafish", title="other"))

    passages = [hit.passage for hit in find(long, Wanted(text="needle swims")).hits]

    assert len(passages) == 1
    assert "swims" in passages[0]


@pytest.mark.parametrize(
    "text",
    ["needle swim", "needle zebrafishes", "needle zebrafish tag:none", "needle zebrafish -swims"],
)
def test_what_is_not_all_there_to_the_letter_or_is_left_out_is_not_found(
    long: Notebook, text: str
) -> None:
    found = find(long, Wanted(text=text, exact=True))

    assert titles(found) == []


def test_a_passage_that_holds_all_words_is_enough(long: Notebook) -> None:
    long.note(NewNote(text="a needle and a zebrafish", title="near"))

    assert titles(find(long, Wanted(text="needle zebrafish"))) == ["near"]


def test_a_mistyped_word_is_mended_also_where_the_words_stand_far_apart(long: Notebook) -> None:
    found = find(long, Wanted(text="needle zebrafihs"))

    assert titles(found) == ["long"]
    assert found.freely == ["nothing holds zebrafihs; showing zebrafish"]


def test_only_entries_where_the_search_looks_are_found(long: Notebook) -> None:
    elsewhere = Notebook(long.ledger, long.settings, project="elsewhere")
    elsewhere.note(NewNote(text="zinc"))

    assert titles(find(elsewhere, Wanted(text="needle zebrafish"))) == []
    assert titles(find(elsewhere, Wanted(text="needle zebrafish", everywhere=True))) == ["long"]
