"""Whatever is typed, a search ends without an error, and what it gives holds together."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgernote.notebook.alone import quoted
from ledgernote.notebook.find import find
from ledgernote.notebook.hits import Wanted
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.saved import save
from ledgernote.render.explain import explained

TEXTS = (
    "rates & c++, -0.75% of BRK.B",
    "央行加息0.25% 📈",
    "ставка\0NUL",
    'don\'t "quote" AND* tag:x (',
)
SYNTAX = (
    "thread:x actor: OR AND NOT NEAR not: tag: is: since: since:7d kind:note #x -on:may @one -@two"
)
WORDS = "60 bp 60bp 5.250 όρος ё ـ "
WORDS += "rates ratse Ines 1250.50 0.25% 加 加息 ставкаа c++ BRK.B \0 \ud800 é \u0301 📈"
PIECES = st.sampled_from([*'"*-()^:#@$%.,+', *SYNTAX.split(), *WORDS.split(" ")])
TYPED = st.text(max_size=30) | st.lists(PIECES | st.text(max_size=3), max_size=6).map(" ".join)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    typed=TYPED,
    order=st.sampled_from(["score", "new", "old"]),
    number=st.sampled_from([0, 3]),
    exact=st.booleans(),
)
def test_no_text_is_an_error(
    notebook: Notebook, typed: str, order: str, number: int, *, exact: bool
) -> None:
    if not notebook.ledger.one("SELECT 1 FROM entry"):
        notebook.notes(NewNote(text=text) for text in TEXTS)
        save(notebook, "one", "rates OR -@two", (), everywhere=True)
        save(notebook, "two", "rates 加息", (), everywhere=True)

    read = quoted(notebook.ledger, typed)
    found = find(notebook, Wanted(text=read, order=order, number=number, exact=exact))

    assert len(found.hits) <= (number or len(TEXTS))
    assert len({hit.entry.id for hit in found.hits}) == len(found.hits)
    assert all(isinstance(line, str) for line in explained(found.query, found.corrected))


def test_a_byte_that_is_no_text_before_a_word_is_passed_over(notebook: Notebook) -> None:
    kept = notebook.note(NewNote(text="the Dates of the print"))

    found = find(notebook, Wanted(text="\udcffDates"))

    assert [hit.entry.id for hit in found.hits] == [kept.id]
