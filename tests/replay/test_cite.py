"""What an answer cites, and what the receipt says of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from replay.builders import Book, scored

from ledgernote.replay.cite import citations

KNOWN = ("k3f9a", "q81mm", "badge")


def found(text: str) -> list[tuple[str, str]]:
    rows = citations(text, KNOWN)
    assert all(text[row.start : row.end].lower() == f"@{row.handle}" for row in rows)
    return [(row.handle, row.verdict) for row in rows]


def test_a_citation_is_known_by_its_receipt() -> None:
    assert found("So it is [@k3f9a]. Or not [@zzzzz].") == [
        ("k3f9a", "known"),
        ("zzzzz", "unknown"),
    ]


def test_several_may_share_their_brackets() -> None:
    assert found("both [@k3f9a, @Q81MM; @w2c4d]") == [
        ("k3f9a", "known"), ("q81mm", "known"), ("w2c4d", "unknown"),
    ]  # fmt: skip


def test_a_bare_handle_is_no_citation() -> None:
    assert found("see @k3f9a, @badge and @w2c4d") == []
    assert found("ask @reader or me@badge.example (replaced by @q81mm)") == []


def test_a_mark_with_its_writer_is_a_citation_too() -> None:
    assert found("as you said [@k3f9a you]") == [("k3f9a", "known")]


@given(st.text(alphabet="@[]k3f9a, \n", max_size=60))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    found(text)


def test_a_receipt_says_why_each_row_is_there() -> None:
    book = Book()
    book.pins.append(book.keep("the thesis").entry)
    note = book.keep("rates were cut in May")
    book.turn("will rates be cut?", scored(note))

    rows = book.plan("and then?").context.receipt

    assert [row.why for row in rows] == [
        "pinned", 'match: "rates" "cut"', "in this thread", "in this thread",
    ]  # fmt: skip
    assert [row.who for row in rows] == ["you", "you", "you", "model"]
