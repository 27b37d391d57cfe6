"""The parts of a question, and the room that each of them gets."""

from __future__ import annotations

import pytest
from replay.builders import Book

from ledgernote.replay.assemble import Limits
from ledgernote.replay.parts import parts
from ledgernote.replay.query import telling_words
from ledgernote.replay.rank import Candidate, rank

LISTS = (
    "(a) {} (b) {}",
    "a) {} b) {}",
    "① {} ② {}",
    "1. {} 2. {}",
    "Tell me: 1) {} 2) {}",
    "- {}\n- {}",
    "{}? {}?",
    "{} and {}?",
)


@pytest.mark.parametrize("form", LISTS)
def test_each_part_of_a_question_has_room_for_its_best(form: str) -> None:
    book = Book()
    many = [book.keep(f"Harbor bank deposit rates, sheet {number}") for number in range(9)]
    one = book.keep("a blue frame, Maya said")
    found = [Candidate(source=each, bm25=9.0) for each in many] + [Candidate(source=one, bm25=0.5)]
    question = form.format("what are Harbor bank deposit rates", "what colour has the frame")

    plan = book.plan(question, rank(question, found), Limits(replay=110))

    there = {row.handle for row in plan.context.receipt}
    assert one.handle in there
    assert there & {each.handle for each in many}


@pytest.mark.parametrize("form", LISTS[:-2])
def test_the_marks_of_a_list_are_no_words(form: str) -> None:
    question = form.format("the bank", "the frame")

    assert [word for word in telling_words(question) if word != "tell"] == ["bank", "frame"]
    assert [part.strip() for part in parts(question)] == ["the bank", "the frame"]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("what is plan b) then?", "b"),
        ("is it 2. or 3. place?", "2"),
        ("rates -1 or 1.25 up", "1.25"),
    ],
)
def test_what_counts_nothing_up_is_a_word(question: str, word: str) -> None:
    assert word in telling_words(question)
    assert len(parts(question)) == 1
