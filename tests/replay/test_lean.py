"""What a question takes from the talk before it."""

from __future__ import annotations

import pytest

from ledgernote.domain.quoted import FOUND, NOTHING, QUOTES_ONLY
from ledgernote.replay.asked import own_words
from ledgernote.replay.lean import ALONE, exchanges, lean
from ledgernote.replay.rank import FEATURES, why

TALK = [("How did the metal workers settle?", "At 4.1 per cent for two years.")]
LIST = [("Which names do I hold?", "1. Velmar Lines\n2. Selkie Bank\n3. Ostrey Chemicals")]


@pytest.mark.parametrize(
    "question",
    [
        "And the teachers?",
        "What about March?",
        "Why?",
        "Why did they?",
        "How many?",
        "When does it end?",
        "Is that true?",
        "And the second one?",
        "How did the latter end?",
    ],
)
def test_a_question_with_few_words_of_its_own_or_that_points_back_leans(question: str) -> None:
    found = lean(question, TALK)

    assert "settle" in found.words
    assert found.on == ("How did the metal workers settle?",)


@pytest.mark.parametrize(
    "question",
    [
        "What is the mortgage rate at Brask Kredit?",
        "Who is Anthony?",
        "When does my first sprint end?",
        "How long did it take Joanna to finish her book?",
        "What is one of Nate's favorite movies?",
        "What did Ines make, and where is it?",
        "What did the bank do last month?",
        "How many days were there between the draft and the deadline?",
    ],
)
def test_a_question_that_stands_alone_takes_nothing(question: str) -> None:
    assert lean(question, TALK) == ALONE


@pytest.mark.parametrize(
    "question", ["And in Q2?", "And last quarter?", "What about the past week?", "And on Monday?"]
)
def test_a_question_with_a_time_of_its_own_takes_no_other(question: str) -> None:
    found = lean(question, [("What was CPI on 9 March?", "It was 2.6.")])

    assert "cpi" in found.words
    assert not {"march", "9"} & found.words.keys()


def test_nothing_before_it_gives_nothing() -> None:
    assert lean("and the second one?", []) == ALONE


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("And the second one?", "selkie"),
        ("What about the first?", "lines"),
        ("And the last one?", "chemicals"),
        ("And number 2?", "selkie"),
    ],
)
def test_an_ordinal_takes_what_it_names_in_the_answer(question: str, named: str) -> None:
    found = lean(question, LIST)

    assert named in found.words
    others = {"lines", "selkie", "chemicals"} - {named}
    assert not others & found.words.keys()


def test_the_number_of_an_item_is_no_word_to_find() -> None:
    assert own_words("and number 2?", lean("and number 2?", LIST)) == ()
    assert own_words("who is number 2?") == ("number", "2")


@pytest.mark.parametrize(
    "answer",
    [
        "Sea lice, algae blooms and escapes.",
        "First, sea lice. Second, algae blooms. Third, escapes.",
        "- sea lice\n- algae blooms\n- escapes",
        "Three: 1. sea lice 2. algae blooms 3. escapes",
        "There are (1) sea lice, (2) algae blooms, (3) escapes.",
    ],
)
def test_what_an_answer_counts_up_is_a_list_however_it_is_written(answer: str) -> None:
    found = lean("and the second one?", [("What kills a farm?", answer)])

    assert {"algae", "blooms"} <= found.words.keys()
    assert not {"lice", "escapes"} & found.words.keys()


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("1,240 EUR a tonne from 1 July, 60 bp up.", {"1,240", "tonne", "july", "up"}),
        ("At 12:30 on the 7th: $5, 25bp, 4.5%.", {"12:30", "$5", "25bp", "4.5%"}),
    ],
)
def test_small_figures_and_units_of_an_answer_are_no_words_to_find(
    answer: str, taken: set[str]
) -> None:
    found = lean("and the K120?", [("What is the price of grade 7?", answer)])

    assert found.words.keys() == {"price", "grade", "7"} | taken


def test_what_the_question_says_itself_counts_most_then_the_question_before() -> None:
    found = lean("and the teachers?", TALK)

    assert "teachers" not in found.words
    assert 1 > found.words["metal"] > found.words["cent"] > 0


def test_a_question_with_a_month_of_its_own_takes_no_other_month() -> None:
    found = lean("And in June?", [("How many boxes went out in March?", "It was noted.")])

    assert "boxes" in found.words
    assert "march" not in found.words


def test_a_chain_of_such_questions_leads_back_to_the_one_that_stands_alone() -> None:
    talk = [("How did the board vote in March?", "Five to two."), ("And in June?", "Closely.")]

    found = lean("And in August?", talk)

    assert found.words["vote"] > 0
    assert found.on == ("And in June?", "How did the board vote in March?")


def test_exchanges_pair_a_question_with_its_last_answer_and_pass_over_notes() -> None:
    talk = [("answer", "lost"), ("question", "a?"), ("note", "n"), ("answer", "b"), ("answer", "c")]

    assert exchanges([*talk, ("question", "d?")]) == [("a?", "c"), ("d?", "")]


@pytest.mark.parametrize(
    "answer",
    [f"{NOTHING} {QUOTES_ONLY}", f"{FOUND}\n- The stop is 16,200. (kept 2026-05-08) [@k3f9a]"],
)
def test_what_the_offline_model_says_of_itself_is_nothing_that_was_said(answer: str) -> None:
    found = lean("and the rent?", [("What is the stop on capesize?", answer)])

    assert found.words.keys() <= {"stop", "capesize", "16,200"}


def test_of_what_it_quotes_the_first_counts_or_what_an_ordinal_names() -> None:
    talk = [("Which names?", f"{FOUND}\n- Velmar Lines [@k3f9a]\n- Selkie Bank [@q81mm]")]

    assert "selkie" not in lean("and why?", talk).words
    assert "selkie" in lean("and the second one?", talk).words


def test_why_says_which_words_are_of_the_talk_before() -> None:
    features = [0.0] * len(FEATURES)
    features[FEATURES.index("words")] = 0.5

    assert why(features, ("june",), ("boxes",)) == 'match: "june" · the talk before: "boxes"'
    assert why(features, (), ("boxes",)) == 'the talk before: "boxes"'
