"""The times that a question names, seen from when it is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgernote.replay.dates import NEAR, Time, When, as_days, as_of, closeness, settled, stood
from ledgernote.replay.days import Days
from ledgernote.replay.naming import as_written, namer
from ledgernote.replay.when import named, undated
from ledgernote.replay.writers import nameless

FRIDAY = datetime(2031, 9, 26, 9, 0, tzinfo=UTC)
TODAY = FRIDAY.date()
MOMENTS = (FRIDAY, *(datetime(year, 2, 28, 3, tzinfo=UTC) for year in (2, 2024, 9997)))
PIECES = (
    *("from", "to", "between", "and", "until", "before", "since", "the", "end of", "early", "in"),
    *("q1", "q4", "first half of", "last", "past", "few", "999", "years", "quarter", "yesterday"),
    *("3", "29", "31", "february", "may", "2026", "0001-01-01", "9999-12-31", "2026-02-31"),
    *("next", "week", "month", "friday", "december", "before last", "h2", "h3", "week of"),
    *("first week of", "last week of", "day before yesterday", "except", "previous month"),
    *("spring", "this winter", "last fall", "next summer", "in autumn", "winter 2026"),
    *("due by", "within", "3 years ago", "after", "4Q25", "10/2025", "2, 3 and", "this time"),
    *("2026-13", "2026-13-40", "31.13.2026", "40 May", "as of", "2026-00"),
    *("in", "laſt", "last", "ſix", "weeKs", "years ago", "fırst quarter", "3 ſeptember", "APRİL"),
    *("laſt year", "thıs wınter", "ſince", "tıll", "mıddle of", "prevıous month", "next frıday"),
)


day = date.fromisoformat


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What did I note yesterday?", "2031-09-25", "2031-09-25"),
        ("What did she say last Friday?", "2031-09-19", "2031-09-19"),
        ("What did I keep on Tuesday?", "2031-09-23", "2031-09-23"),
        ("What was the print last March?", "2031-03-01", "2031-03-31"),
        ("What did the bank do last month?", "2031-08-01", "2031-08-31"),
        ("What happened last week?", "2031-09-15", "2031-09-21"),
        ("Where did rates stand 3 days ago?", "2031-09-23", "2031-09-23"),
        ("What did I note before March?", "0001-01-01", "2031-02-28"),
        ("What did I note before 7 June 2030?", "0001-01-01", "2030-06-06"),
        ("What did I note before October?", "0001-01-01", "2030-09-30"),
        ("What did I note until March?", "0001-01-01", "2031-03-31"),
        ("What did I note since March?", "2031-03-01", "2031-09-26"),
        ("What did I note since October?", "2030-10-01", "2031-09-26"),
        ("What did I note after the 8 May?", "2031-05-09", "2031-09-26"),
        ("What did I keep on the 7th?", "2031-09-07", "2031-09-07"),
        ("What did I keep on the 30th?", "2031-08-30", "2031-08-30"),
        ("What is on tomorrow?", "2031-09-27", "2031-09-27"),
        ("What is on next week?", "2031-09-29", "2031-10-05"),
        ("What is on next month?", "2031-10-01", "2031-10-31"),
        ("What is on next quarter?", "2031-10-01", "2031-12-31"),
        ("What is on next December?", "2031-12-01", "2031-12-31"),
        ("What is on next September?", "2032-09-01", "2032-09-30"),
        ("What is on next Friday?", "2031-10-03", "2031-10-03"),
        ("What is on next Monday?", "2031-09-29", "2031-09-29"),
    ],
)
def test_what_is_relative_to_the_question_is_days(question: str, first: str, last: str) -> None:
    assert named(question, FRIDAY)[0] == Days(day(first), day(last))


@pytest.mark.parametrize(
    ("question", "time"),
    [
        ("rates in June?", When(None, 6)),
        ("rates in June 2030?", When(2030, 6)),
        ("rates on the 18th of April?", When(None, 4, 18)),
        ("rates on 23 January, 2022, last Friday?", When(2022, 1, 23)),
        ("rates on 2026-03-14?", When(2026, 3, 14)),
        ("rates on 14.3.2026?", When(2026, 3, 14)),
        ("rates on 14/3/2026?", When(2026, 3, 14)),
        ("rates on 3/14/2026?", When(2026, 3, 14)),
        ("what of May?", When(None, 5)),
        ("What did I sell the week before 3 August 2030?", When(2030, 8, 3)),
        ("What did I sell the day after 3 August 2030?", When(2030, 8, 3)),
        ("What was it in 2029?", When(2029)),
    ],
)
def test_a_date_that_is_written_out_is_what_it_says(question: str, time: Time) -> None:
    assert named(question, FRIDAY) == (time,)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What moved from March to May?", "2031-03-01", "2031-05-31"),
        ("What moved between 3 and 9 May?", "2031-05-03", "2031-05-09"),
        ("What moved June 5-9, 2030?", "2030-06-05", "2030-06-09"),
        ("What moved from November to February?", "2030-11-01", "2031-02-28"),
        ("What moved from November 2029 to February?", "2029-11-01", "2030-02-28"),
        ("What moved from November to February 2030?", "2029-11-01", "2030-02-28"),
        ("What moved between 2028 and 2030?", "2028-01-01", "2030-12-31"),
        ("What moved from 2031-03-01 to 2031-04-02?", "2031-03-01", "2031-04-02"),
        ("What moved from 1.3.2031 to 02.04.2031?", "2031-03-01", "2031-04-02"),
        ("What moved between last Monday and yesterday?", "2031-09-22", "2031-09-25"),
        ("What moved in Q2?", "2031-04-01", "2031-06-30"),
        ("What moved in the fourth quarter of 2029?", "2029-10-01", "2029-12-31"),
        ("What moved last quarter?", "2031-04-01", "2031-06-30"),
        ("What moved in early September?", "2031-09-01", "2031-09-10"),
        ("What moved in mid-October 2030?", "2030-10-11", "2030-10-20"),
        ("What moved at the end of last month?", "2031-08-21", "2031-08-31"),
        ("What moved in the second half of 2030?", "2030-07-02", "2030-12-31"),
        ("What moved over the past three weeks?", "2031-09-05", "2031-09-26"),
        ("What moved in the last two quarters?", "2031-03-26", "2031-09-26"),
        ("What moved since yesterday?", "2031-09-25", "2031-09-26"),
        ("What moved before Q3?", "0001-01-01", "2031-06-30"),
        ("What was Q1 2030?", "2030-01-01", "2030-03-31"),
        ("What was 2030 Q1?", "2030-01-01", "2030-03-31"),
        ("What was Q1 of 2030?", "2030-01-01", "2030-03-31"),
        ("What was the first quarter of 2030?", "2030-01-01", "2030-03-31"),
        ("What was H2 2030?", "2030-07-01", "2030-12-31"),
        ("What moved in H1?", "2031-01-01", "2031-06-30"),
        ("What moved the day before yesterday?", "2031-09-24", "2031-09-24"),
        ("What moved the month before last?", "2031-07-01", "2031-07-31"),
        ("What moved the week before last?", "2031-09-08", "2031-09-14"),
        ("What moved the previous month?", "2031-08-01", "2031-08-31"),
        ("What moved in the first week of September?", "2031-09-01", "2031-09-07"),
        ("What moved in the last week of August?", "2031-08-25", "2031-08-31"),
        ("What moved the week of 9 April?", "2031-04-07", "2031-04-13"),
        ("What moved in the last twelve months?", "2030-09-26", "2031-09-26"),
        ("What moved in the last couple of weeks?", "2031-09-12", "2031-09-26"),
        ("What moved in the last half year?", "2031-03-26", "2031-09-26"),
        ("What moved in the summer?", "2031-06-01", "2031-08-31"),
        ("What moved last winter?", "2030-12-01", "2031-02-28"),
        ("What moved last summer?", "2031-06-01", "2031-08-31"),
        ("What moved last autumn?", "2030-09-01", "2030-11-30"),
        ("What moved this fall?", "2031-09-01", "2031-11-30"),
        ("What is due this winter?", "2031-12-01", "2032-02-29"),
        ("What is due next spring?", "2032-03-01", "2032-05-31"),
        ("What was spring 2029?", "2029-03-01", "2029-05-31"),
        ("What moved in early summer of 2030?", "2030-06-01", "2030-06-30"),
        ("What moved from spring to summer?", "2031-03-01", "2031-08-31"),
        ("What moved from the 3rd to the 9th of May?", "2031-05-03", "2031-05-09"),
        ("What moved between May 5th and the 11th?", "2031-05-05", "2031-05-11"),
        ("What moved in Q4 last year?", "2030-10-01", "2030-12-31"),
        ("What moved in Q4 of last year?", "2030-10-01", "2030-12-31"),
        ("What was last year's third quarter?", "2030-07-01", "2030-09-30"),
        ("What is due next year's spring?", "2032-03-01", "2032-05-31"),
        ("What moved in the summer of last year?", "2030-06-01", "2030-08-31"),
    ],
)
def test_a_span_is_its_units_and_their_sides(question: str, first: str, last: str) -> None:
    (days,) = named(question, FRIDAY)

    assert isinstance(days, Days)
    assert (days.first, days.last) == (day(first), day(last))


@pytest.mark.parametrize(
    "question",
    [
        "Did it go from 3 to 5 percent?",
        "Which may to date be sold?",
        "What is Q2 revenue?",
        "Was it between 100 and 200?",
        "What are the first steps of the past?",
        "How are beans made in Spring?",
        "What came of the fall of the pound?",
    ],
)
def test_what_only_looks_like_a_span_names_no_time(question: str) -> None:
    assert named(question, FRIDAY) == ()
    assert undated(question) == question.replace("may", " ")


@pytest.mark.parametrize("left_out", ["except in March", "everything but March", "but not in May"])
def test_a_time_that_is_left_out_is_none(left_out: str) -> None:
    question = f"What moved {left_out}?"

    assert named(question, FRIDAY) == ()
    assert undated(question) == "What moved  ?"


def test_the_words_of_a_quarter_are_its_number() -> None:
    assert undated("What of the second quarter of 2026?") == "What of the Q2 quarter of 2026?"


@pytest.mark.parametrize(
    ("question", "time"),
    [
        ("What moved in October last year?", When(2030, 10)),
        ("What moved last year in October?", When(2030, 10)),
        ("What moved in October of 2030?", When(2030, 10)),
        ("What of last year's October?", When(2030, 10)),
        ("What of Oct '30?", When(2030, 10)),
        ("What moved on 5 May of last year?", When(2030, 5, 5)),
        ("What is due in May next year?", When(2032, 5)),
        ("What moved in Oct. 2030?", When(2030, 10)),
        ("What moved on Oct. 9, 2030?", When(2030, 10, 9)),
        ("What moved two years ago in October?", When(2029, 10)),
        ("What moved in October 2 years ago?", When(2029, 10)),
        ("What moved on 5 May a year ago?", When(2030, 5, 5)),
        ("What moved in 10/2030?", When(2030, 10)),
    ],
)
def test_the_year_may_stand_beside_a_month_in_words(question: str, time: Time) -> None:
    assert named(question, FRIDAY) == (time,)
    assert not {"year", "years", "ago", "10", "2"} & set(undated(question).strip("?").split())


@pytest.mark.parametrize("year", ["2030", "last year", "'30"])
def test_a_year_behind_a_list_is_that_of_each(year: str) -> None:
    found = named(f"What moved in March, April and May {year}?", FRIDAY)

    assert found == (When(2030, 3), When(2030, 4), When(2030, 5))


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        ("2 and 9 October 2030", [2, 9]),
        ("the 2nd, 5th or the 9th of October 2030", [2, 5, 9]),
        ("October 2 and 9, 2030", [2, 9]),
        ("2 October and 9 October last year", [2, 9]),
    ],
)
def test_each_day_of_a_list_is_of_the_month_beside_it(days: str, numbers: list[int]) -> None:
    question = f"What did I note on {days}?"

    assert named(question, FRIDAY) == tuple(When(2030, 10, number) for number in numbers)
    assert not any(map(str.isdigit, undated(question)))


@pytest.mark.parametrize(
    "years", ["October of 2029 and 2030", "October 2029 or 2030", "Oct 2029, 2030"]
)
def test_what_stands_before_a_list_of_years_is_of_each(years: str) -> None:
    found = named(f"What moved in {years.replace(', ', ' and ')}?", FRIDAY)

    assert found == (When(2029, 10), When(2030, 10))


def test_a_quarter_before_a_list_of_years_is_of_each() -> None:
    found = named("What moved in Q3 of 2028, 2029 and 2030?", FRIDAY)

    firsts = [each.first for each in found if isinstance(each, Days)]
    assert firsts == [day("2028-07-01"), day("2029-07-01"), day("2030-07-01")]


@pytest.mark.parametrize("quarter", ["4Q30", "4Q 2030", "Q4/30", "4q'30", "Q4-2030"])
def test_a_quarter_is_written_in_many_ways(quarter: str) -> None:
    (found,) = named(f"What was {quarter} revenue?", FRIDAY)

    assert found == Days(day("2030-10-01"), day("2030-12-31"))
    assert {"Q4", "2030"} <= set(undated(f"What was {quarter} revenue?").upper().split())


def test_this_time_last_year_is_about_a_year_ago() -> None:
    question = "What did I note this time last year?"

    assert named(question, FRIDAY) == named("What did I note a year ago?", FRIDAY)


@pytest.mark.parametrize("quarters", ["Q1 and Q4 2030", "in Q1 and Q4 '30", "Q1'30 and Q4/2030"])
def test_a_year_behind_quarters_is_that_of_each(quarters: str) -> None:
    found = named(f"What moved {quarters}?", FRIDAY)

    firsts = [each.first for each in found if isinstance(each, Days)]
    assert firsts == [day("2030-01-01"), day("2030-10-01")]


def test_a_day_in_figures_of_which_either_may_be_the_month_is_both() -> None:
    assert set(named("What did I note on 5/11/2025?", FRIDAY)) == {
        When(2025, 5, 11),
        When(2025, 11, 5),
    }


def test_each_quarter_of_a_list_is_a_time() -> None:
    found = named("What moved in Q1, Q2 and Q3?", FRIDAY)

    assert [each.first for each in found if isinstance(each, Days)] == [
        day("2031-01-01"),
        day("2031-04-01"),
        day("2031-07-01"),
    ]


def test_what_is_before_a_day_may_be_before_the_next_such_day() -> None:
    found = named("What is there before 31 January?", FRIDAY)

    assert [(each.first, each.last) for each in found if isinstance(each, Days)] == [
        (date.min, day("2031-01-30")),
        (day("2031-09-27"), day("2032-01-30")),
    ]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What is due before 31 January?", "2031-09-27", "2032-01-30"),
        ("What is due by 31 December?", "2031-09-27", "2031-12-31"),
        ("What is due by Thursday?", "2031-09-27", "2031-10-02"),
        ("Which deadlines are on Thursday?", "2031-10-02", "2031-10-02"),
        ("What will be there by the end of the month?", "2031-09-27", "2031-09-30"),
        ("What expires by the end of next month?", "2031-09-27", "2031-10-31"),
        ("What is due within two weeks?", "2031-09-27", "2031-10-10"),
        ("What is due in 10 days?", "2031-09-27", "2031-10-06"),
        ("What is on in the next two weeks?", "2031-09-27", "2031-10-10"),
        ("What is due after 1 December?", "2031-12-02", "2032-06-02"),
        ("What is due after 5 July?", "2031-09-27", "2032-03-28"),
        ("What is due after Friday?", "2031-10-04", "2032-04-04"),
        ("What was due after 1 December?", "2030-12-02", "2031-09-26"),
        ("What did I note after 1 December?", "2030-12-02", "2031-09-26"),
        ("What was due on Thursday?", "2031-09-25", "2031-09-25"),
    ],
)
def test_what_is_due_is_to_come_and_what_was_is_over(question: str, first: str, last: str) -> None:
    assert named(question, FRIDAY) == (Days(day(first), day(last)),)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What are the next steps from the call on Thursday?", "2031-09-25", "2031-10-02"),
        ("What will be said on Thursday?", "2031-09-25", "2031-10-02"),
        ("Will it be said on Thursday?", "2031-09-25", "2031-10-02"),
        ("So? Will it be said on Thursday?", "2031-09-25", "2031-10-02"),
        ("Which upcoming calls did I move? What will be on Thursday?", "2031-09-25", None),
        ("What does Will say of the call on Thursday?", "2031-09-25", None),
        ("What does our due diligence say of the call on Thursday?", "2031-09-25", None),
        ("Which note on due-diligence is there of Thursday, on Thursday?", "2031-09-25", None),
    ],
)
def test_what_may_be_over_or_to_come_is_read_both_ways(
    question: str, first: str, last: str | None
) -> None:
    days = [Days(day(each), day(each)) for each in (first, last) if each]

    assert list(dict.fromkeys(named(question, FRIDAY))) == days


def test_a_bound_that_will_be_leaves_out_nothing_that_is_over() -> None:
    over, coming = named("What will be there after 1 December?", FRIDAY)

    assert over == Days(day("2030-12-02"), TODAY)
    assert coming == Days(day("2031-12-02"), day("2032-06-02"))


@pytest.mark.parametrize(
    "figures", ["the 2h15 call", "1H 26 minutes", "1h26", "a 4h 15 chart", "4H15", "3h/26"]
)
def test_how_many_hours_is_no_half_of_a_year(figures: str) -> None:
    assert named(f"What came of {figures}?", FRIDAY) == ()
    assert undated(f"What came of {figures}?") == f"What came of {figures}?"


@pytest.mark.parametrize("half", ["2H30", "2H'30", "2H 2030", "H2/30", "2H/2030"])
def test_a_half_is_written_in_many_ways(half: str) -> None:
    assert named(f"What was {half} revenue?", FRIDAY) == (
        Days(day("2030-07-01"), day("2030-12-31")),
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("October laſt year", "October last year"),
        ("the laſt ſix weeKs", "the last six weeks"),
        ("in ſeptember 2030", "in september 2030"),
        ("ſince APRİL", "since april"),
        ("the fırst quarter of 2030", "the first quarter of 2030"),
    ],
)
def test_a_letter_that_a_pattern_takes_for_another_is_read_as_that(typed: str, meant: str) -> None:
    assert named(f"What moved {typed}?", FRIDAY) == named(f"What moved {meant}?", FRIDAY)
    assert undated("ısı?") == "ısı?"


def test_how_long_something_took_is_no_time() -> None:
    assert named("How much did it fall in two weeks?", FRIDAY) == ()
    assert named("What had I noted by March?", FRIDAY) == (When(None, 3),)


def test_a_month_alone_is_a_time() -> None:
    assert named("May", FRIDAY) == named("May?", FRIDAY) == (When(None, 5),)


def test_a_span_without_a_year_is_the_newest_that_was_written_in() -> None:
    (spring,) = named("What moved from March to May?", FRIDAY)

    (found,) = settled([spring], [day("2028-04-02"), day("2029-05-31"), day("2031-06-01")], TODAY)

    assert found == Days(day("2029-03-01"), day("2029-05-31"))
    assert settled([spring], [day("2031-06-01")], TODAY) == (spring,)


def test_may_is_a_verb_unless_it_is_written_as_a_name() -> None:
    assert named("may rates fall?", FRIDAY) == ()
    assert named("May I ask about rates?", FRIDAY) == ()


def test_no_moment_makes_nothing_of_what_is_relative() -> None:
    assert named("what did I note yesterday?", None) == ()


def test_a_month_without_a_year_is_the_newest_that_was_written_in_before_the_question() -> None:
    written = [day("2029-06-03"), day("2030-06-12"), day("2031-10-01"), day("2030-01-01")]

    assert settled([When(None, 6)], written, TODAY) == (When(2030, 6),)
    assert settled([When(None, 10)], written, TODAY) == (When(None, 10),)
    assert settled([When(2029, 6)], written, TODAY) == (When(2029, 6),)


def test_what_was_said_within_the_days_is_nearest_then_what_was_soon_after() -> None:
    week = Days(date(2031, 9, 15), date(2031, 9, 21))

    near = [closeness(day(text), week) for text in ("2031-09-15", "2031-09-23", "2031-10-01")]

    assert near == [1.0, 0.6, 0.0]
    assert closeness(day("2031-09-14"), week) == 0


def test_of_a_longer_time_people_tell_for_as_long_as_half_of_it() -> None:
    month = Days(date(2031, 5, 1), date(2031, 5, 31))

    assert closeness(day("2031-06-15"), month) == NEAR
    assert closeness(day("2031-06-16"), month) == 0


def test_as_of_a_month_asks_how_things_stood_at_its_end() -> None:
    until = as_of("What did I expect as of March?", [When(2031, 3)], TODAY)

    assert until == date(2031, 3, 31)
    assert as_of("What did I expect in March?", [When(2031, 3)], TODAY) is None
    assert as_of("and as of March?", [When(None, 3)], TODAY) == until
    assert as_of("and as of October?", [When(None, 10)], TODAY) == date(2030, 10, 31)
    assert stood(day("2031-03-30"), until) > stood(day("2031-01-01"), until) > 0
    assert stood(day("2031-03-01"), until) >= NEAR > stood(day("2031-02-28"), until)
    assert stood(day("2031-04-02"), until) == 0


def test_the_small_hours_belong_to_the_day_before_as_long_as_a_day_lasts() -> None:
    night = datetime(2031, 9, 26, 2, 20, tzinfo=UTC)

    assert named("What did I note yesterday?", night) == (
        Days(day("2031-09-24"), day("2031-09-24")),
    )
    assert named("and yesterday?", night, 120) == (Days(day("2031-09-25"), day("2031-09-25")),)
    assert named("What of the 26th?", night) == ()
    assert named("What did I keep on the 26th?", night) == (
        Days(day("2031-08-26"), day("2031-08-26")),
    )


def test_what_is_some_time_ago_is_nearer_the_nearer_it_is() -> None:
    (year,) = named("What did I note a year ago?", FRIDAY)

    near = [closeness(day(text), year) for text in ("2030-09-26", "2030-10-05", "2030-11-20")]

    assert near[:2] == [1.0, 1.0]
    assert NEAR < near[2] < 1
    assert closeness(day("2031-01-10"), year) == 0


def test_what_is_before_a_month_is_not_in_it() -> None:
    before, *_ = named("What did I note before March?", FRIDAY)

    assert closeness(day("2031-02-10"), before) == 1
    assert closeness(day("2031-03-20"), before) == 0


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("What did I say on 7 May?", "What did I say on  ?"),
        ("What fell in March?", "What fell  ?"),
        ("What fell on the 7th?", "What fell  ?"),
        ("What fell from March to 7 May?", "What fell  ?"),
        ("What fell in early June and in Q2?", "What fell in   and Q2?"),
        ("the June print, 2026-03-07", "the June print,  "),
        ("what may fall in may?", "what   fall  ?"),
        ("what fell last October?", "what fell  ?"),
        ("what fell last summer?", "what fell  summer?"),
        ("what is the next widget?", "what is the next widget?"),
        ("May I ask of May 3rd?", "  I ask  ?"),
    ],
)
def test_the_words_of_a_time_are_told_from_what_is_asked_about(question: str, rest: str) -> None:
    assert undated(question) == rest


@pytest.mark.parametrize(
    ("time", "days"),
    [
        (When(None, 10), ("2030-10-01", "2030-10-31")),
        (When(None, 9), ("2031-09-01", "2031-09-30")),
        (When(2029), ("2029-01-01", "2029-12-31")),
        (When(None, 2, 29), ("2028-02-29", "2028-02-29")),
        (Days(TODAY, TODAY, 4), ("2031-09-22", "2031-09-30")),
    ],
)
def test_a_time_is_the_newest_such_days(time: Time, days: tuple[str, str]) -> None:
    assert next(iter(as_days(time, TODAY))) == Days(day(days[0]), day(days[1]))


@pytest.mark.parametrize(
    "piece", ["1 ", "May 5-", "before May ", "early the ", "Will ", "2026-", "1, ", "2026, "]
)
def test_a_long_question_takes_linear_time(piece: str) -> None:
    began = process_time()

    question = piece * 8_000
    named(question, FRIDAY)
    undated(question)
    nameless(question, ["Will", "May"])

    assert process_time() - began < 5  # a square of the length takes half a minute


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(MOMENTS))
@settings(max_examples=60)
def test_no_question_asks_for_a_time_that_raises(pieces: list[str], moment: datetime) -> None:
    question, today = " ".join(pieces), moment.date()
    times = named(question, moment)

    as_of(question, times, today)
    for time in (*times, *settled(times, [today], today)):
        namer([time])("14 May", today)
        as_written(time)
        assert 0 <= closeness(today, time) <= 1
        assert len(list(as_days(time, today))) <= 9
