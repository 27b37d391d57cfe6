"""Which candidates come first, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay.builders import Book

from ledgernote.domain.entries import ThreadId
from ledgernote.replay.manner import holds_number, names_time
from ledgernote.replay.rank import FEATURES, Candidate, Setting, rank, why
from ledgernote.replay.recipe import Source
from ledgernote.replay.weights import PEOPLE, PEOPLE_MEANT, TALK, TALK_MEANT


def order(question: str, *candidates: tuple[Source, float]) -> list[str]:
    rows = rank(question, [Candidate(source=s, bm25=score) for s, score in candidates])
    return [row.source.text for row in rows]


def test_the_better_match_comes_first() -> None:
    book = Book()
    assert order("rates", (book.keep("b"), 1.0), (book.keep("a"), 2.0)) == ["a", "b"]


def test_equal_candidates_fall_by_the_one_order_newest_first() -> None:
    book = Book()
    first, second = book.keep("older"), book.keep("newer")

    assert order("x", (first, 1.0), (second, 1.0)) == ["newer", "older"]
    assert order("x", (second, 1.0), (first, 1.0)) == ["newer", "older"]


def test_a_thread_that_is_about_it_lifts_its_entries() -> None:
    book = Book()
    thread = ThreadId(b"1" * 16)
    best, mate = book.keep("best", thread=thread), book.keep("mate", thread=thread)
    other = book.keep("other", thread=ThreadId(b"2" * 16))

    assert order("x", (other, 1.0), (mate, 1.0), (best, 4.0)) == ["best", "mate", "other"]


def test_the_neighbour_of_a_match_comes_along() -> None:
    book = Book()
    match = book.keep("match")
    after = book.keep("after", previous=match.entry)
    far = book.keep("far")

    found = order("match", (far, 0.0), (after, 0.0), (match, 1.0))
    assert found == ["match", "after", "far"]


def test_an_answer_to_a_question_that_matches_stands_before_another_neighbour() -> None:
    book = Book()
    asked = book.keep("Where did the match go?", who="ann")
    answer = book.keep("To Leeds", previous=asked.entry, who="bea")
    told = book.keep("That match went well.", who="ann")
    further = book.keep("It did.", previous=told.entry, who="bea")

    found = order("match", (further, 0.0), (answer, 0.0), (told, 1.0), (asked, 1.0))
    assert found.index("To Leeds") < found.index("It did.")


def test_whom_the_question_names_is_preferred() -> None:
    book = Book()
    anna = book.keep("anna", who="Anna Berg", actor=b"a" * 16)
    ben = book.keep("ben", who="Ben", actor=b"b" * 16)

    assert order("what did Anna say?", (ben, 1.1), (anna, 1.0)) == ["anna", "ben"]
    assert order("what did Ben say?", (anna, 1.1), (ben, 1.0)) == ["ben", "anna"]


def test_you_is_the_model_and_i_am_the_asker() -> None:
    book = Book()
    mine, said = book.keep("mine"), book.keep("said", who="model", kind="answer")

    assert order("what did you suggest to me?", (mine, 1.1), (said, 1.0)) == ["said", "mine"]
    assert order("what was my view?", (said, 1.1), (mine, 1.0)) == ["mine", "said"]


def test_a_date_in_the_question_prefers_what_was_said_then() -> None:
    book = Book()
    march = replace(book.keep("early"), created=datetime(2026, 3, 14, tzinfo=UTC))
    may = replace(book.keep("late"), created=datetime(2026, 5, 2, tzinfo=UTC))

    assert order("rates in March 2026?", (may, 1.1), (march, 1.0)) == ["early", "late"]
    assert order("rates on 2 May?", (march, 1.1), (may, 1.0)) == ["late", "early"]
    assert order("rates on 2026-03-14?", (may, 1.1), (march, 1.0)) == ["early", "late"]
    assert order("may rates fall?", (march, 1.1), (may, 1.0)) == ["early", "late"]
    assert order("rates on 31 February?", (march, 1.1), (may, 1.0)) == ["early", "late"]


def test_a_superseded_entry_sinks() -> None:
    book = Book()
    new = book.keep("new")
    old = book.supersede(book.keep("old"), new)

    assert order("x", (old, 1.1), (new, 1.0)) == ["new", "old"]


def test_features_lie_between_0_and_1_and_are_named() -> None:
    book = Book()
    long = book.keep("word " * 9000, who="model")

    (row,) = rank("my word in May 2026", [Candidate(source=long, bm25=3.0)])

    assert len(row.features) == len(FEATURES)
    assert all(0 <= each <= 1 for each in row.features)


def test_a_rank_is_worded_from_its_features() -> None:
    features = [0.0] * len(FEATURES)
    features[FEATURES.index("words")] = 0.5
    features[FEATURES.index("thread")] = 1.0

    better = "a better match is in its thread or note"
    assert why(features, ("rate", "cut")) == f'match: "rate" "cut" · {better}'
    assert why((), ()) == "match"
    assert why([0.0] * len(FEATURES), ("rate",)) == "stands around a match"
    features = [0.0] * len(FEATURES)
    features[FEATURES.index("meaning")] = 0.1
    assert why(features, ()) == "near in meaning"
    features[FEATURES.index("sense")] = 0.3
    assert why(features, ()) == "has words near those asked"


def test_that_something_is_superseded_is_no_reason_to_come_along() -> None:
    features = [0.0] * len(FEATURES)
    features[FEATURES.index("superseded")] = 1.0

    assert why(features, ()) == "stands around a match · superseded"
    features[FEATURES.index("time")] = 1.0
    assert why(features, ()) == "names a time · superseded"


@pytest.mark.parametrize("who", ["Ann", "model"])
def test_what_comes_near_to_the_words_of_a_question_comes_first(who: str) -> None:
    book = Book()
    far, near = (book.keep(text, who=who, actor=b"a" * 16) for text in ("far", "near"))
    found = [
        Candidate(source=near, meaning=0.4, sense=0.6),
        Candidate(source=far, meaning=0.4, sense=0.1),
    ]

    rows = rank("x", found)

    assert [row.source.text for row in rows] == ["near", "far"]


@given(st.permutations(range(6)))
def test_the_ranking_does_not_depend_on_the_order_of_arrival(places: list[int]) -> None:
    book = Book()
    made = [book.keep(str(n), thread=ThreadId(bytes([n % 2]) * 16)) for n in range(6)]
    scores = [0.0, 1.0, 1.0, 2.0, 0.0, 2.0]

    shuffled = [(made[place], scores[place]) for place in places]

    assert order("x", *shuffled) == order("x", *zip(made, scores, strict=True))


def test_a_standing_wish_counts_where_something_new_is_asked_for() -> None:
    book = Book()
    answer = book.keep("The rate is 5.25.", who="model", kind="answer")
    rule = book.keep("Always give dates as day and month when I ask about prints", kind="question")
    mention = book.keep("my print was bad", kind="question")
    found = ((answer, 0.9), (mention, 1.0), (rule, 0.5))

    assert order("when is the next print?", *found)[0] == rule.text
    assert order("what was my print?", *found)[0] == mention.text


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("fourteen tankers wait", True),
        ("a dozen wait", True),
        ("twice as many wait", True),
        ("some 1,200 wait", True),
        ("how many widgets remain there?", False),
        ("several came, and few went", False),
        ("a second, the other", False),
    ],
)
def test_a_number_is_what_a_person_would_call_one(text: str, holds: bool) -> None:
    assert holds_number(text) is holds


def test_an_answer_to_how_many_holds_a_number() -> None:
    book = Book()
    number = book.keep("we hold forty, no, 40 bonds", who="Ben", actor=b"b" * 16)
    talk = book.keep("we hold a lot of bonds here", who="Ben", actor=b"b" * 16)

    assert order("how many bonds are there?", (talk, 1.0), (number, 1.0))[0] == number.text
    assert order("why bonds?", (number, 1.0), (talk, 1.0))[0] == talk.text


def test_the_parts_of_a_conversation_count_together() -> None:
    book = Book()
    thread = ThreadId(b"1" * 16)
    first = book.keep("the desk", thread=thread, who="Ann", actor=b"a" * 16)
    second = book.keep(
        "sold bunds", thread=thread, who="Ann", actor=b"a" * 16, previous=first.entry
    )
    alone = book.keep("sold gilts", thread=ThreadId(b"2" * 16), who="Ann", actor=b"a" * 16)

    found = ((alone, 1.0), (second, 1.0), (first, 1.0))
    assert order("what was sold at the desk?", *found).index(second.text) == 0


KEPT = (
    *("words", "thread", "before", "after", "who", "date", "long", "superseded", "text", "two"),
    *("seven", "talk", "covers", "phrase", "time", "number", "name", "asks", "answers", "first"),
    *("length", "wish", "covers_model", "rule", "prefers", "tagged", "replaces", "replaced"),
    *("corrects", "alike", "disputed", "meaning", "sense", "both", "newest"),
)
"""The features of receipts that are kept already: what is new follows them."""


def test_a_feature_keeps_the_place_that_kept_receipts_know_it_by() -> None:
    assert FEATURES[: len(KEPT)] == KEPT


@pytest.mark.parametrize("table", [TALK, PEOPLE, TALK_MEANT, PEOPLE_MEANT])
def test_the_tables_weigh_every_feature(table: Mapping[str, float]) -> None:
    assert tuple(table) == FEATURES


def test_only_the_asker_says_how_it_is_to_be_done() -> None:
    book = Book()
    mine = book.keep("Always give yields in basis points.")
    other = book.keep("Always good to hear!", who="Ann", actor=b"a" * 16)

    rows = rank("list the yields", [Candidate(source=mine), Candidate(source=other)])

    assert [why(row.features, ()) for row in rows] == [
        "you say how it is to be done",
        "seems to say how it is to be done",
    ]


def test_only_what_holds_no_word_of_the_question_says_it_in_others() -> None:
    by_words = {"words": 0.5, "sense": 0.9}
    by_others = {"sense": 0.9}

    assert why([by_words.get(name, 0.0) for name in FEATURES], ["gilts"]) == 'match: "gilts"'
    assert why([by_others.get(name, 0.0) for name in FEATURES], []) == "has words near those asked"


def test_old_receipts_with_fewer_features_are_worded() -> None:
    assert why((0.5, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), ("rate",)) == (
        'match: "rate" · a better match is in its thread or note · by one the question names'
    )


def asked_on(moment: datetime, question: str, *candidates: tuple[Source, float]) -> list[str]:
    found = [Candidate(source=s, bm25=score) for s, score in candidates]
    return [row.source.text for row in rank(question, found, Setting(moment=moment))]


def test_yesterday_is_the_day_before_the_question() -> None:
    book = Book()
    early = replace(book.keep("early"), created=datetime(2026, 5, 1, 9, tzinfo=UTC))
    late = replace(book.keep("late"), created=datetime(2026, 5, 2, 9, tzinfo=UTC))
    found = ((early, 1.0), (late, 1.0))

    assert asked_on(datetime(2026, 5, 2, 18, tzinfo=UTC), "rates yesterday?", *found)[0] == "early"
    assert asked_on(datetime(2026, 5, 3, 18, tzinfo=UTC), "rates yesterday?", *found)[0] == "late"


def test_a_month_without_a_year_is_the_newest_before_the_question() -> None:
    book = Book()
    old = replace(book.keep("old"), created=datetime(2024, 6, 3, tzinfo=UTC))
    new = replace(book.keep("new"), created=datetime(2025, 6, 3, tzinfo=UTC))
    found = ((old, 1.05), (new, 1.0))

    assert asked_on(datetime(2026, 5, 2, tzinfo=UTC), "rates in June?", *found)[0] == "new"
    assert asked_on(datetime(2025, 1, 2, tzinfo=UTC), "rates in June?", *found)[0] == "old"


def chain(book: Book) -> tuple[Source, Source, Source]:
    """A view and what replaced it, twice; only the first has the words of the question."""
    first = replace(book.keep("first"), created=datetime(2026, 1, 3, tzinfo=UTC))
    second = replace(book.keep("second"), created=datetime(2026, 3, 3, tzinfo=UTC))
    third = replace(book.keep("third"), created=datetime(2026, 6, 3, tzinfo=UTC))
    return (
        replace(first, superseded_by=third.entry),
        replace(second, superseded_by=third.entry, supersedes=first.entry),
        replace(third, supersedes=second.entry),
    )


def test_the_newest_comes_before_what_it_replaces_though_only_that_matches() -> None:
    book = Book()
    first, second, third = chain(book)
    found = [Candidate(source=first, bm25=2.0), Candidate(source=book.keep("other"), bm25=1.0)]
    found += [Candidate(source=each) for each in (second, third)]

    rows = rank("x", found)

    assert [row.source.text for row in rows][:3] == ["third", "second", "first"]
    worded = {row.source.text: why(row.features, ()) for row in rows}
    assert worded["third"] == "replaces a match"
    assert worded["second"] == "replaced by a match · superseded"


def test_as_of_a_day_the_newest_is_what_was_the_newest_then() -> None:
    first, second, third = chain(Book())
    moment = datetime(2026, 7, 1, tzinfo=UTC)

    found = ((first, 2.0), (second, 0.0), (third, 0.0))

    assert asked_on(moment, "x as of April?", *found) == ["second", "first", "third"]
    assert asked_on(moment, "x?", *found)[0] == "third"


def test_a_tag_that_the_question_names_lifts_what_has_it() -> None:
    book = Book()
    plain, tagged = book.keep("plain"), book.keep("tagged")

    rows = rank(
        "risk?",
        [Candidate(source=plain, bm25=1.0), Candidate(source=tagged, bm25=0.8, tagged=True)],
    )

    assert rows[0].source.text == "tagged"
    assert why(rows[0].features, ()) == "match · tagged with what you name"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("it opens in 2027", True),
        ("due 2027-05-03", True),
        ("in mid-2027", True),
        ("call 555-0199", False),
        ("call 555-1999", False),
        ("tsla-2027 puts at 180", False),
        ("figure 9811, of copper", False),
    ],
)
def test_a_year_is_a_time_and_another_figure_is_none(text: str, told: bool) -> None:
    assert names_time(text) is told
