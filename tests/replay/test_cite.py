"""What an answer cites, and what the receipt says of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from replay.builders import Book, scored

from ledgernote.domain.turns import Reason
from ledgernote.replay.cite import citations, receipt

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


def test_a_receipt_says_what_stood_before_the_question_and_how_all_was_ranked_for_it() -> None:
    book = Book()
    rent, due = book.keep("rent is 1,450"), book.keep("due on the 3")
    book.pins.append(book.keep("the thesis").entry)
    book.turn("what is the rent?", scored(rent))

    rows = book.plan("and when is it due?", scored(due, rent)).context.receipt

    told = {row.text: (row.before, row.rank) for row in rows if row.reason is not Reason.RECENT}
    assert told == {
        "the thesis": (False, None),
        "rent is 1,450": (True, 1),
        "due on the 3": (False, 0),
    }


def test_what_leads_for_a_part_of_a_question_is_ranked_before_all_others() -> None:
    book = Book()
    rows = scored(*(book.keep(f"gold, remark {number}") for number in range(3)))
    last = replace(rows[-1], leads=True)

    receipt = book.plan("gold? and the rest?", (*rows[:-1], last)).context.receipt

    assert min(receipt, key=lambda row: row.rank or 0).handle == last.source.handle


def test_what_only_stands_around_a_match_has_no_rank() -> None:
    book = Book()
    near, far = scored(book.keep("gold is up"), book.keep("a walk by the sea"))

    rows = book.plan("gold?", (near, replace(far, score=0.2))).context.receipt

    assert [row.rank for row in rows] == [0, None]


def test_of_a_question_asked_once_more_the_ranks_are_those_of_then() -> None:
    book = Book()
    book.turn("gold?", scored(*(book.keep(f"gold, remark {number}") for number in range(3))))
    assert book.last

    rows = receipt(book.recipe(book.last).blocks, book.words, book.now)

    assert [row.rank for row in rows] == [0, 1, 2]


def test_what_stands_in_the_talk_has_no_rank_for_a_question_that_nothing_was_found_for() -> None:
    book = Book()
    book.turn("gold?", scored(book.keep("gold is up")))

    rows = book.plan("who said what?").context.receipt

    assert {row.rank for row in rows} == {None}
