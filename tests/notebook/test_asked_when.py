"""What a question brings that names a time: what was written then, whatever its words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from notebook.hands import Clock, Scripted, ask

from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Question, preview

ASKED = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


def note(notebook: Notebook, text: str, at: str) -> str:
    """Keep a note of that moment; its handle."""
    return notebook.note(NewNote(text=text, at=datetime.fromisoformat(at + "Z"))).handle


def recalled(notebook: Notebook, question: str) -> dict[str, str]:
    """What is recalled for a question, best first: handles and whys."""
    notebook.clock = Clock(ASKED)
    rows = preview(notebook, Question(text=question), Scripted()).receipt
    return {row.handle: row.why for row in sorted(rows, key=lambda row: -(row.score or 0))}


@pytest.mark.parametrize(
    ("question", "at"),
    [
        ("what did I say on 7 May?", "2026-05-08T02:20"),
        ("what did I note yesterday?", "2026-11-21T04:59"),
        ("what did I keep on the 19th?", "2026-11-20T01:00"),
    ],
)
def test_what_was_written_at_night_is_of_the_day_before(
    question: str, at: str, notebook: Notebook
) -> None:
    night = note(notebook, "gilts are odd", at)

    found = recalled(notebook, question)

    assert [*found] == [night]
    assert "of that time" in found[night]


@pytest.mark.parametrize(
    ("question", "at"),
    [
        ("what did I note last month?", "2026-10-14T12:00"),
        ("what did I write in October?", "2026-10-14T12:00"),
        ("what happened in May?", "2025-05-14T12:00"),
        ("what happened last year?", "2025-03-14T12:00"),
        ("what did I note before March?", "2026-02-14T12:00"),
    ],
)
def test_a_question_that_names_only_a_long_time_brings_what_is_of_it(
    question: str, at: str, notebook: Notebook
) -> None:
    there = note(notebook, "gilts are odd", at)
    note(notebook, "bunds are odd", "2026-09-14T12:00")

    found = recalled(notebook, question)

    assert [*found] == [there]
    assert found[there].endswith("of that time")


@pytest.mark.parametrize(
    ("question", "at"),
    [
        ("what did we decide in October?", "2026-10-14T12:00"),
        ("recap of October", "2026-10-14T12:00"),
        ("what moved between 3 and 9 May?", "2026-05-04T12:00"),
        ("anything from March to May?", "2026-04-14T12:00"),
        ("what happened in Q2?", "2026-06-14T12:00"),
        ("which ideas are of 2025?", "2025-06-14T12:00"),
        ("what worried me in early October?", "2026-10-03T12:00"),
        ("what worried me last quarter?", "2026-08-03T12:00"),
    ],
)
def test_what_was_said_in_a_span_is_brought_whatever_the_words_beside_it(
    question: str, at: str, notebook: Notebook
) -> None:
    there = note(notebook, "gilts are odd", at)
    note(notebook, "bunds are odd", "2026-01-14T12:00")

    found = recalled(notebook, question)

    assert [*found] == [there]
    assert found[there].endswith("of that time")


def test_what_is_half_a_year_off_is_not_said_to_be_near(notebook: Notebook) -> None:
    off = note(notebook, "brent at 70", "2026-05-20T12:00")
    near = note(notebook, "brent at 80", "2025-12-20T12:00")

    found = recalled(notebook, "brent a year ago")

    assert "near that time" in found[near]
    assert "time" not in found[off]


def test_what_was_said_long_before_the_day_it_is_asked_of_is_from_before_it(
    notebook: Notebook,
) -> None:
    long_ago = note(notebook, "brent at 70", "2025-11-20T12:00")
    just_before = note(notebook, "brent at 80", "2026-03-20T12:00")

    found = recalled(notebook, "where was brent as of March?")

    assert "near that time" in found[just_before]
    assert "from before that time" in found[long_ago]


def test_of_half_a_month_all_is_brought_however_much_the_words_find(notebook: Notebook) -> None:
    for day in range(1, 8):
        note(notebook, f"gilts at {day}", f"2026-05-0{day}T12:00")
    there = note(notebook, "it rains", "2026-05-09T12:00")

    found = recalled(notebook, "what of gilts in the first half of May?")

    assert found[there].endswith("of that time")


def test_of_a_long_time_the_notes_come_before_the_talk(notebook: Notebook) -> None:
    there = note(notebook, "gilts are odd", "2026-10-02T12:00")
    notebook.clock = Clock(datetime(2026, 10, 3, 12, 0, tzinfo=UTC))
    for number in range(40):
        ask(notebook, f"are bunds {number} odd?")

    found = recalled(notebook, "what did I note last month?")

    assert there in found


def test_the_number_of_a_day_is_no_match(notebook: Notebook) -> None:
    note(notebook, "memo 7: buy paper", "2026-04-02T12:00")
    there = note(notebook, "gilts are odd", "2026-05-07T12:00")

    found = recalled(notebook, "what did I say on 7 May?")

    assert [*found] == [there]
    assert found[there].endswith("of that time")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("what is on 9 April?", "Dentist on 9 April 10:30"),
        ("what is on 9 April?", "Dentist: 2026-04-09, 10:30"),
        ("what do I have in April?", "Dentist: 2026-04-09, 10:30"),
        ("what is on April 9th?", "April 9: dentist"),
        ("what do I have in April?", "The dentist is in April"),
    ],
)
def test_what_names_the_day_or_month_is_of_that_time_whenever_it_was_written(
    question: str, text: str, notebook: Notebook
) -> None:
    dentist = note(notebook, text, "2026-02-14T12:00")
    written_then = note(notebook, "gilts are odd", "2026-04-09T12:00")
    note(notebook, "nine boats sail in april", "2026-02-15T12:00")
    before = text.replace("2026", "2025")
    note(notebook, before + " of the year before", "2025-02-14T12:00")

    found = recalled(notebook, question)

    assert {*found} == {dentist, written_then}
    assert found[dentist].endswith("of that time")


def test_a_figure_of_the_month_that_is_asked_of_stands_above_one_that_was_said_in_it(
    notebook: Notebook,
) -> None:
    april = note(notebook, "CPI April 2.5 %", "2026-05-13T12:00")
    may = note(notebook, "CPI May 2.4 %", "2026-06-10T12:00")

    found = recalled(notebook, "what was CPI in May?")

    assert [*found] == [may, april]


@pytest.mark.parametrize(
    ("question", "text", "at"),
    [
        ("what happened in May?", "CPI May 2.4, core 2.7.", "2026-06-10T12:00"),
        ("what happened in May?", "Core was flat in May.", "2026-06-10T12:00"),
        ("what happened in March?", "CPI Mar 2.4", "2026-04-10T12:00"),
        ("what happened on 12 May?", "fly TAP 12 May", "2026-03-02T12:00"),
        ("what happened from April to June?", "Payrolls: June came at 147k", "2026-07-03T12:00"),
        ("what happened from 8 to 10 April?", "Dentist on 9 April", "2026-04-02T12:00"),
        ("what is on between 1 and 5 December?", "Boiler on 3 December.", "2026-11-08T12:00"),
        ("what is on next week?", "Boiler on 24 November.", "2026-11-08T12:00"),
        ("what is on tomorrow?", "Boiler on 22 Nov", "2026-11-08T12:00"),
        ("what is due next month?", "Boiler on 3 December.", "2026-11-08T12:00"),
        ("what is due next December?", "Boiler on 3 December.", "2026-11-08T12:00"),
        ("what is due next week?", "Boiler: 2026-11-24", "2026-11-08T12:00"),
        ("what is due before 5 December?", "Boiler on 3 December.", "2026-11-08T12:00"),
        ("what is due this winter?", "Boiler on 3 December.", "2026-11-08T12:00"),
    ],
)
def test_a_day_or_month_that_a_note_names_within_a_time_is_of_it(
    question: str, text: str, at: str, notebook: Notebook
) -> None:
    named = note(notebook, text, at)
    note(notebook, "it may rise. May it rise? No, it may not", at)

    found = recalled(notebook, question)

    assert [*found] == [named]
    assert found[named].endswith("of that time")


def test_a_figure_beside_a_month_is_no_day_of_it(notebook: Notebook) -> None:
    note(notebook, "CPI May 2.4, core 2.7 May", "2026-06-10T12:00")

    assert recalled(notebook, "what is on 2 May?") == {}
    assert recalled(notebook, "what is on 7 May?") == {}


@pytest.mark.parametrize("question", ["what is on 3 December?", "what is due in December?"])
def test_a_day_to_come_and_the_same_of_last_year_are_both_of_a_time_without_a_year(
    question: str, notebook: Notebook
) -> None:
    socks = note(notebook, "Socks.", "2025-12-03T12:00")
    boiler = note(notebook, "Boiler inspection on 3 December.", "2026-11-08T12:00")

    found = recalled(notebook, question)

    assert {*found} == {socks, boiler}
    assert all(why.endswith("of that time") for why in found.values())


@pytest.mark.parametrize("question", ["what was on 5 March?", "what was in March?"])
def test_without_a_year_it_is_the_newest_that_was_written_in_or_that_a_note_names(
    question: str, notebook: Notebook
) -> None:
    note(notebook, "gilts are odd", "2025-03-05T12:00")
    dinner = note(notebook, "dinner on 5 March with Ann", "2026-02-20T12:00")

    found = recalled(notebook, question)

    assert [*found] == [dinner]
    assert found[dinner].endswith("of that time")


@pytest.mark.parametrize(
    "question",
    [
        *("what is due by 31 December?", "what is due by Friday?", "what is due within two weeks?"),
        *("which deadlines are before 1 December?", "what expires after 22 November?"),
    ],
)
def test_what_is_due_brings_what_is_to_come_and_nothing_else(
    question: str, notebook: Notebook
) -> None:
    boiler = note(notebook, "Boiler on 25 November.", "2026-11-08T12:00")
    note(notebook, "Socks.", "2025-12-30T12:00")

    assert [*recalled(notebook, question)] == [boiler]


def test_a_month_that_is_asked_of_is_no_match(notebook: Notebook) -> None:
    note(notebook, "they march on the 3rd", "2026-06-02T12:00")
    there = note(notebook, "gilts are odd", "2026-03-07T12:00")

    found = recalled(notebook, "what did I say in March?")

    assert [*found] == [there]
    assert found[there].endswith("of that time")


def test_a_year_ago_is_nearer_to_then_than_to_now(notebook: Notebook) -> None:
    later = note(notebook, "brent at 70", "2026-05-10T12:00")
    then = note(notebook, "brent at 80", "2025-11-20T12:00")

    found = recalled(notebook, "brent a year ago")

    assert [*found] == [then, later]
    assert "of that time" in found[then]
    assert "of that time" not in found[later]


def test_what_was_written_after_a_month_is_not_before_it(notebook: Notebook) -> None:
    after = note(notebook, "brent at 70", "2026-03-20T12:00")
    before = note(notebook, "brent at 80", "2026-02-10T12:00")

    found = recalled(notebook, "what was brent before March?")

    assert [*found] == [before, after]
    assert "that time" not in found[after]


@pytest.mark.parametrize(
    "question",
    [
        *("what is my latest view on NVDA?", "what was the last NVDA note?"),
        *("most recent on NVDA?", "how do we stand on NVDA now?", "what is now left of NVDA"),
        *("our current view on NVDA", "current price of NVDA", "what's NVDA's current price"),
        *("what do we think of NVDA at the moment?", "how is the current NVDA position"),
        *("what is today's NVDA position?", "whats the current NVDA price", "NVDA right now"),
    ],
)
def test_the_newest_stands_first_where_that_is_asked_for(question: str, notebook: Notebook) -> None:
    note(notebook, "my view on tea is a strong view", "2026-10-11T12:00")
    for month in range(1, 10):
        note(notebook, f"NVDA NVDA, number {month}", f"2026-0{month}-02T12:00")
    newest = note(notebook, "sold half of the NVDA position in the end", "2026-10-12T12:00")

    found = recalled(notebook, question)

    assert next(iter(found)) == newest
    assert "the newest is asked for" in found[newest]


@pytest.mark.parametrize("question", ["what is my latest note?", "what did I note last?"])
def test_without_a_word_the_newest_is_the_newest_of_all(question: str, notebook: Notebook) -> None:
    for day in range(1, 29):
        note(notebook, f"the last page, a note of day {day}", f"2026-09-{day:02}T12:00")
    newest = note(notebook, "sold half", "2026-10-12T12:00")

    assert next(iter(recalled(notebook, question))) == newest


@pytest.mark.parametrize(
    "question",
    [
        *("what did NVDA do the last two weeks?", "how was NVDA last summer?", "NVDA?"),
        *("who buys NVDA from now on?", "now that NVDA fell, why?", "NVDA and the current account"),
        *("with my current NVDA stake, what next?", "NVDA, at the moment of buying?"),
        *("is NVDA the current of 2026?", "NVDA from now?"),
    ],
)
def test_what_only_looks_like_the_newest_asks_for_no_such_thing(
    question: str, notebook: Notebook
) -> None:
    note(notebook, "NVDA, bought at 120", "2026-08-02T12:00")

    assert not [why for why in recalled(notebook, question).values() if "newest" in why]


@pytest.mark.parametrize(
    ("question", "text"),
    [("did they price 25 bp?", "25bp are priced"), ("did they price 25bp?", "25 bp are priced")],
)
def test_a_figure_and_its_unit_are_found_as_one_word_and_as_two(
    question: str, text: str, notebook: Notebook
) -> None:
    there = note(notebook, text.replace("priced", "in"), "2026-08-02T12:00")
    note(notebook, "25 geese", "2026-08-02T12:00")

    found = recalled(notebook, question)

    assert next(iter(found)) == there
    assert text.removesuffix(" are priced") in found[there]


def test_what_only_follows_says_no_time(notebook: Notebook) -> None:
    lamp = note(notebook, "the widget stands next to the lamp", "2026-08-02T12:00")

    found = recalled(notebook, "when is the next widget due?")

    assert "time" not in found[lamp]
