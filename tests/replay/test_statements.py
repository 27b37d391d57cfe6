"""Statements in the same words: which is put below which, and what is said about it."""

from __future__ import annotations

import pytest
from replay.builders import Book

from ledgernote.domain.entries import ThreadId
from ledgernote.replay.rank import Candidate, Scored, rank, why
from ledgernote.replay.recipe import Source
from ledgernote.replay.statements import same_words

NOTE = "Velmar Lines net debt is 1,140 million crowns."


def ranked(question: str, *candidates: tuple[Source, float]) -> list[Scored]:
    return list(rank(question, [Candidate(source=s, bm25=score) for s, score in candidates]))


def said(book: Book, text: str) -> Source:
    return book.keep(text, who="model", kind="answer")


def test_a_models_figure_stays_below_the_note_that_has_another() -> None:
    book = Book()
    note = book.keep(NOTE)
    answer = said(book, "In short: Velmar Lines carries net debt of 900 million crowns. Mind that.")

    first, second = ranked("what net debt?", (answer, 3.0), (note, 1.0))

    assert first.source.entry == note.entry
    assert why(second.features, ()).endswith("a note has other figures")


@pytest.mark.parametrize(
    "text",
    [
        "Velmar Lines carries net debt of 1140 million crowns.",
        "Velmar Power has sold 900 gigawatt hours.",
        "Velmar Lines carries net debt of many million crowns.",
        "In June the Velmar Lines net debt was 900 million crowns.",
    ],
)
def test_a_model_that_says_the_same_or_something_else_keeps_its_place(text: str) -> None:
    book = Book()
    note, answer = book.keep(NOTE), said(book, text)

    first, _ = ranked("what net debt?", (answer, 3.0), (note, 1.0))

    assert first.source.entry == answer.entry


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        (
            "The heat pump will be installed on 12 November 2025 by Dako.",
            "The heat pump will be installed on 3 December 2025, says Dako.",
        ),
        (
            "The heat pump was installed on 12 November 2025 [@k3f9a].",
            "Dako postponed: the heat pump now comes on 3 December",
        ),
        ("The heat pump comes on 12 November.", "The heat pump comes on 3 November 2025."),
        ("The heat pump comes on 2025-11-12.", "The heat pump comes on 2025-11-03."),
        ("The heat pump comes in November.", "The heat pump comes in December."),
        ("The heat pump costs 900, on 5 May.", "The heat pump, at 900, comes on 3 June."),
    ],
)
def test_a_models_date_stays_below_the_note_that_has_another(text: str, noted: str) -> None:
    book = Book()
    note, answer = book.keep(noted), said(book, text)

    first, second = ranked("when does the heat pump come?", (answer, 3.0), (note, 1.0))

    assert first.source.entry == note.entry
    assert why(second.features, ()).endswith("a note has other figures")
    assert second.corrected_by == note.entry


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("Acme revenue in March was 4.4bn.", "Acme revenue in April was 4.6bn."),
        ("Acme closed at 61.2 on 5 June.", "Acme closed at 64.1 on 9 June."),
        ("Acme revenue in Q1 was 4.4bn.", "Acme revenue in Q2 was 4.6bn."),
        ("The heat pump comes on 3 December.", "The heat pump comes on 3 December 2025."),
        ("The heat pump comes in December 2025.", "The heat pump comes on 3 December."),
        ("The heat pump, once 12 May, comes 3 June.", "The heat pump comes on 3 June."),
        ("The heat pump comes on 12 November.", "The heat pump costs 14,000 crowns."),
    ],
)
def test_a_model_that_speaks_of_another_time_or_the_same_day_keeps_its_place(
    text: str, noted: str
) -> None:
    book = Book()
    note, answer = book.keep(noted), said(book, text)

    first, _ = ranked("what of Acme and the heat pump?", (answer, 3.0), (note, 1.0))

    assert first.source.entry == answer.entry


def test_what_takes_back_something_in_a_talk_comes_with_it() -> None:
    book = Book()
    thread = ThreadId(b"1" * 16)
    wrong = book.keep("Selkie Bank will pay 1.50 crowns in April.", thread=thread)
    others = [book.keep(f"talk {word}") for word in ("one", "two", "three")]
    right = book.keep("Scratch that, I misread: Selkie pays 1.15 in April.", thread=thread)
    elsewhere = book.keep("Scratch that, I misread: Selkie pays 1.15 in April.")

    rows = ranked(
        "what dividend?",
        (wrong, 3.0),
        *((each, 2.0) for each in others),
        (right, 0.1),
        (elsewhere, 0.1),
    )

    assert [row.source.entry for row in rows[:2]] == [wrong.entry, right.entry]
    assert "seems to correct a match" in why(rows[1].features, ())


def test_what_takes_back_something_without_a_word_of_it_takes_back_what_was_said_last() -> None:
    book = Book()
    thread = ThreadId(b"1" * 16)
    other = book.keep("The visa costs 40 crowns.", thread=thread)
    wrong = book.keep("My flight to Oslo is on 5 June.", thread=thread, previous=other.entry)
    heard = book.keep("Noted.", who="model", kind="answer", thread=thread, previous=wrong.entry)
    right = book.keep("Scratch that, it is on 7 June.", thread=thread, previous=heard.entry)

    rows = ranked(
        "when is my flight to Oslo?", *((each, 0.0) for each in (heard, right, other)), (wrong, 3.0)
    )

    assert [row.source.entry for row in rows[:2]] == [wrong.entry, right.entry]
    assert rows[0].corrected_by == right.entry
    assert rows[1].corrected_by is None


def test_what_takes_back_something_else_is_not_lifted() -> None:
    book = Book()
    thread = ThreadId(b"1" * 16)
    texts = (
        "Acme guides revenue to 120 million dollars.",
        "Acme revenue guidance is 135 dollars a share.",
        "The Acme dividend is 2 dollars.",
        "Scratch that, I misread: the Acme dividend is 3 dollars.",
    )
    said = [book.keep(text, thread=thread) for text in texts]

    rows = ranked("what is Acme's revenue guidance?", *zip(said, (2.0, 3.0, 0.6, 0.5), strict=True))

    assert {row.source.entry for row in rows[:2]} == {each.entry for each in said[:2]}
    (taken,) = [row for row in rows if row.source.entry == said[2].entry]
    assert taken.corrected_by == said[3].entry


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("The Acme dividend is 2 dollars.", "Scratch that, the dividend is 3."),
        ("Hello.", "Scratch that, I misread the dividend."),
    ],
)
def test_what_takes_back_something_else_stays_below_what_answers(before: str, text: str) -> None:
    book = Book()
    thread = ThreadId(b"1" * 16)
    other = book.keep(before, thread=thread)
    asked = book.keep("Acme guides revenue to 120.", thread=thread, previous=other.entry)
    back = book.keep(text, thread=thread, previous=asked.entry)

    rows = ranked("what is Acme's revenue?", (other, 0.5), (asked, 3.0), (back, 0.0))

    assert rows[0].source.entry == asked.entry
    assert rows[0].corrected_by is None


@pytest.mark.parametrize("text", ["Guidance is 200 million.", "Acme guidance is 200 million."])
def test_a_model_stays_below_each_note_that_has_other_figures_however_short(text: str) -> None:
    book = Book()
    first = book.keep("Acme revenue guidance is 120 million in January.")
    second = book.keep("Acme revenue guidance is 135 million in April.")
    model = said(book, text)

    rows = ranked("what is Acme's guidance?", (first, 1.0), (second, 1.0), (model, 3.0))

    assert rows[-1].source.entry == model.entry
    assert "a note has other figures" in why(rows[-1].features, ())


def test_of_other_figures_in_the_same_words_the_newest_stands_first() -> None:
    book = Book()
    prices = [book.keep(f"Copper at {price}") for price in ("4.10", "4.35", "4.80")]

    rows = ranked("what is copper at?", (prices[0], 3.0), (prices[1], 1.0), (prices[2], 1.0))

    assert [row.source.entry for row in rows] == [each.entry for each in reversed(prices)]
    assert "others say it with other figures" in why(rows[1].features, ())


def test_of_other_figures_the_one_that_is_asked_for_stands_first() -> None:
    book = Book()
    prices = [book.keep(f"Copper at {price}") for price in ("4.10", "4.35", "4.80")]

    first, *_ = ranked("when was copper at 4.10?", *((each, 1.0) for each in prices))

    assert first.source.entry == prices[0].entry


def test_a_later_figure_in_the_same_words_stands_above_the_one_that_matches() -> None:
    book = Book()
    old = book.keep("The ferry line earns 4.10 crowns a share this year.")
    other = book.keep("Something else about it.")
    new = book.keep("The ferry line earns 3.80 crowns a share this year.")

    rows = ranked("earnings?", (old, 2.0), (other, 1.9), (new, 0.1))

    assert [row.source.entry for row in rows] == [new.entry, old.entry, other.entry]


def test_figures_of_different_months_correct_nothing() -> None:
    book = Book()
    old = book.keep("The ferry line moved 410 boxes of fish in March.")
    new = book.keep("The ferry line moved 380 boxes of fish in April.")

    rows = ranked("boxes?", (old, 2.0), (new, 0.1))

    assert "correct" not in why(rows[1].features, ())


def test_later_figures_of_something_else_correct_nothing() -> None:
    book = Book()
    old = book.keep("Postponed copper and cache; figure 2657, later.")
    new = book.keep("Postponed copper and pound; figure 4411, later.")

    rows = ranked("what of copper and cache?", (old, 2.0), (new, 0.1))

    assert "correct" not in why(rows[1].features, ())


def test_another_persons_correction_in_the_same_words_comes_with_what_it_corrects() -> None:
    book = Book()
    wrong = book.keep("Server room code is 4471.", who="ann", actor=b"ann")
    others = [book.keep(f"The room of {word}.") for word in ("one", "two", "three")]
    right = book.keep("Correction: the server room code is 4417.", who="bob", actor=b"bob")

    rows = ranked(
        "what is the server room code?", (wrong, 3.0), *((s, 2.0) for s in others), (right, 0.1)
    )

    assert [row.source.entry for row in rows[:2]] == [wrong.entry, right.entry]
    assert rows[0].corrected_by == right.entry


@pytest.mark.parametrize(
    "text",
    [
        "Correction: it is Theo's right wrist, not the left one, says the X-ray.",
        "Update: Theo broke the right wrist, the doctor looked at the wrong side of the picture.",
        "Scratch that, I misread: the right wrist of Theo; they called from the hospital.",
    ],
)
def test_a_correction_in_words_names_what_it_corrects_before_it_tells_how_one_knows(
    text: str,
) -> None:
    book = Book()
    wrong = book.keep(
        "Theo broke his left wrist falling off the swing. Cast for four weeks, Dr. Seidl."
    )
    other = book.keep("Theo wants to see the swing again.")
    right = book.keep(text)

    rows = ranked("which wrist did Theo break?", (wrong, 3.0), (other, 2.9), (right, 0.1))

    assert [row.source.entry for row in rows[:2]] == [wrong.entry, right.entry]
    assert rows[0].corrected_by == right.entry
    assert "seems to correct a match" in why(rows[1].features, ())


@pytest.mark.parametrize(
    "text",
    [
        "Correction: Theo's school play is on Friday, bring the cast a cake.",
        "Correction: the teacher of Theo says it is at five, Dr. Seidl comes too.",
        "Correction: my right wrist hurts, not Theo's.",
        "Update: the swing is sold.",
    ],
)
def test_a_correction_in_words_of_something_else_corrects_nothing(text: str) -> None:
    book = Book()
    said = book.keep(
        "Theo broke his left wrist falling off the swing. Cast for four weeks, Dr. Seidl."
    )
    other = book.keep(text)

    rows = ranked("which wrist did Theo break?", (said, 3.0), (other, 1.0))

    assert [row.corrected_by for row in rows] == [None, None]


def test_what_corrects_a_match_says_so_also_where_it_is_as_good_a_one() -> None:
    book = Book()
    wrong = book.keep("Theo broke his left wrist.")
    right = book.keep("Correction: Theo broke his right wrist.")

    rows = ranked("which wrist did Theo break?", (wrong, 3.0), (right, 3.0))

    assert {row.source.entry for row in rows} == {wrong.entry, right.entry}
    (seems,) = [row for row in rows if row.source.entry == right.entry]
    assert "seems to correct a match" in why(seems.features, ())


def test_another_persons_correction_of_something_else_corrects_nothing() -> None:
    book = Book()
    thread = ThreadId(b"1" * 16)
    said = book.keep("The Acme dividend is 2 dollars.", who="ann", actor=b"ann", thread=thread)
    text = "Correction: the Velmar dividend of this year is 3 crowns."
    other = book.keep(text, who="bob", actor=b"bob", thread=thread)

    rows = ranked("what is the dividend of Acme?", (said, 3.0), (other, 1.0))

    assert [row.corrected_by for row in rows] == [None, None]


def test_a_series_in_the_same_words_makes_room_for_something_else() -> None:
    book = Book()
    series = [book.keep(f"The ferry line closed at {61 + n}.2 on Friday.") for n in range(6)]
    other = book.keep("The head of the ferry line retires.")

    rows = ranked("who leaves the ferry line?", *((each, 2.0) for each in series), (other, 1.6))

    assert [row.source.entry for row in rows].index(other.entry) == 4
    assert "others say it with other figures" in why(rows[-1].features, ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rates fall in May.", "rates fall in may"),
        ("So, the rates fall -- in May!", "Rates fall in May."),
        ("Acme closed at 12.5.", "Acme closed at 12.5"),
        ("Acme closed at 1,250, then.", "Acme closed at 1,250 then"),
    ],
)
def test_the_same_words_in_other_dress_are_the_same(one: str, other: str) -> None:
    assert same_words(one) == same_words(other)


@pytest.mark.parametrize(
    "other",
    [
        "Rates do not fall in May.",
        "Rates fall in June.",
        "Rates fell in May.",
        "May rates fall in.",
        "Rates fall in May?",
        "Rates fall in May, 1.5",
    ],
)
def test_one_word_more_or_elsewhere_makes_another_statement(other: str) -> None:
    assert same_words("Rates fall in May.") != same_words(other)


@pytest.mark.parametrize(
    ("between", "text"),
    [
        (None, "Correction: 6 December, not 5."),
        (None, "Correction: the choir is on 6 December, not 4."),
        ("Choir on 9 December.", "Correction: 6 December."),
        ("Bought bread.", "Correction: 6 December, not 4."),
    ],
)
def test_a_loose_note_without_words_takes_back_only_what_it_follows_and_names(
    between: str | None, text: str
) -> None:
    book = Book()
    said = book.keep("Dentist for Mia on 4 December.")
    others = [Candidate(source=book.keep(between), in_case=True)] if between else []
    other = Candidate(source=book.keep(text), in_case=True)

    rows = rank("when is the dentist?", [Candidate(source=said, bm25=3.0), *others, other])

    assert [(row.source.entry, row.corrected_by) for row in rows] == [(said.entry, None)]
