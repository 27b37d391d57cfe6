"""What replay may choose from: all that holds a rarer word, in a ledger of any size."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.hands import make_older, note, open_ledger, writing
from ledgernote.domain.entries import INBOX, Kind, Passage, ProjectId
from ledgernote.ledger import keep, passages, places
from ledgernote.ledger.candidates import (
    Found,
    candidates,
    candidates_of,
    corrections,
    found_by,
    kin,
    neighbours,
    of_days,
    rules,
    tagged,
    talks,
    threads,
)
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.migrations import STEPS
from ledgernote.ledger.scored import SCORED
from ledgernote.ledger.search import Search
from ledgernote.replay.query import parse


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """More notes that hold the word `water` than are scored for one question, and a few others."""
    made = open_ledger(tmp_path_factory.mktemp("many"))
    texts = ["grebe", "water " * 20, "curlew on the water", "curlew here and curlew there"]
    with writing(made) as tx:
        for text in [*texts, *(["water"] * SCORED)]:
            keep.keep(tx, keep.New(kind=Kind.NOTE, text=text.encode(), project=INBOX))
    return made


def best(ledger: Ledger, words: str, limit: int) -> list[str]:
    return [
        passage.text for passage in read(ledger, candidates(ledger, words.split(), INBOX, limit))
    ]


def read(ledger: Ledger, found: list[Found]) -> list[Passage]:
    return passages.read(ledger, {each.rowid: each.score for each in found})


def test_a_rarer_word_brings_its_passages_and_a_common_one_adds_to_their_scores(
    ledger: Ledger,
) -> None:
    found = read(ledger, candidates(ledger, ["water", "curlew"], INBOX, 2))
    alone = read(ledger, candidates(ledger, ["curlew"], INBOX, 2))

    assert {one.text for one in found} == {"curlew on the water", "curlew here and curlew there"}
    scores = {one.text: one.score for one in alone}
    assert all(
        one.score > scores[one.text] if "water" in one.text else one.score == scores[one.text]
        for one in found
    )


def test_a_common_word_fills_what_the_rarer_ones_leave_free(ledger: Ledger) -> None:
    assert "curlew on the water" in best(ledger, "water curlew", 5)
    assert len(best(ledger, "water curlew", 5)) == 5


def test_a_common_word_alone_is_looked_for_as_ever(ledger: Ledger) -> None:
    assert len(best(ledger, "water", 7)) == 7
    assert best(ledger, "nowhere", 7) == []


def test_a_rule_that_a_person_gave_is_found_without_a_word_of_the_question(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    said = {
        "Always give dates as day and month": Kind.QUESTION,
        "Show the chart when I ask about yields": Kind.NOTE,
        "Yields nearly always fall first": Kind.NOTE,
        "Always check the print": Kind.ANSWER,
    }
    with writing(ledger) as tx:
        for text, kind in said.items():
            keep.keep(tx, keep.New(kind=kind, text=text.encode(), project=INBOX))

    found = [passage.text for passage in read(ledger, rules(ledger, INBOX, 20))]

    assert sorted(found) == sorted(list(said)[:2])


def new(text: str, **more: object) -> keep.New:
    return keep.New(kind=Kind.NOTE, text=text.encode(), project=INBOX, **more)  # type: ignore[arg-type]


def test_all_of_a_chain_is_found_by_any_of_it_but_what_was_removed_or_muted(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    with writing(ledger) as tx:
        first = keep.keep(tx, new("grebe"))
        second = keep.keep(tx, new("curlew", supersedes=first))
        third = keep.keep(tx, new("heron", supersedes=second))
        keep.keep(tx, new("muted", supersedes=third, mute=True))
        keep.remove(tx, keep.keep(tx, new("gone", supersedes=third)))
        keep.keep(tx, new("other"))

    found = {
        word: {one.text for one in read(ledger, kin(ledger, candidates(ledger, [word], INBOX, 9)))}
        for word in ("grebe", "curlew", "heron")
    }

    assert found == {
        "grebe": {"curlew", "heron"},
        "curlew": {"grebe", "heron"},
        "heron": {"grebe", "curlew"},
    }


def test_the_threads_of_the_best_are_found_around_them(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    with writing(ledger) as tx:
        for name, word in (("long", "grebe grebe"), ("short", "grebe"), ("third", "grebe or not")):
            thread = places.new_thread(tx, INBOX, name)
            for place in range(50):
                keep.keep(tx, new(word if place == 25 else f"{name} {place}", thread=thread))
        keep.keep(tx, new("grebe grebe grebe"))  # stands in no thread

    found = read(ledger, talks(ledger, threads(ledger, candidates(ledger, ["grebe"], INBOX, 9)), 2))

    assert {one.text for one in found} == {
        f"{name} {place}" for name in ("long", "short") for place in range(5, 46) if place != 25
    }


def test_the_two_beside_a_match_are_the_two_that_still_stand_there(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    with writing(ledger) as tx:
        talk = places.new_thread(tx, INBOX)
        texts = ["far", "first", "second", "slip", "slip again", "curlew", "slip", "third"]
        ids = [keep.keep(tx, new(text, thread=talk)) for text in texts]
        for at in (3, 4, 6):
            keep.remove(tx, ids[at])

    near = neighbours(ledger, candidates(ledger, ["curlew"], INBOX, 9))

    assert {one.text for one in read(ledger, near)} == {"first", "second", "third"}


def test_what_has_a_tag_is_found_newest_first_each_once(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    with writing(ledger) as tx:
        for text, tags in (("old", ("risk", "rates")), ("plain", ()), ("late", ("risk",))):
            keep.keep(tx, new(text, tags=tags))

    assert [one.text for one in read(ledger, tagged(ledger, INBOX, ["risk", "rates"], 9))] == [
        "late",
        "old",
    ]
    assert [one.text for one in read(ledger, tagged(ledger, INBOX, ["risk"], 1))] == ["late"]
    assert tagged(ledger, INBOX, [], 9) == []


def test_what_was_written_within_a_span_of_time_is_found(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    days = [datetime(2031, 9, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
    with writing(ledger) as tx:
        for day in days:
            keep.keep(tx, new(f"on {day:%d}", created=day))
    span = (keep.microseconds(days[1]), keep.microseconds(days[2]))

    assert [one.text for one in read(ledger, of_days(ledger, INBOX, span, 9))] == ["on 02"]


def test_what_was_muted_or_moved_is_chosen_where_it_may_be(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    stays, quiet, goes = (note(ledger, f"{each} curlew") for each in ("a", "b", "c"))
    other = ProjectId(b"another project.")
    with writing(ledger) as tx:
        keep.mute(tx, quiet)
        keep.move(tx, goes, other)

    assert [one.entry for one in candidates(ledger, ["curlew"], INBOX, 9)] == [stays]
    assert [one.entry for one in candidates(ledger, ["curlew"], other, 9)] == [goes]


def test_a_small_project_finds_its_own_among_very_many_of_others(ledger: Ledger) -> None:
    small = ProjectId(b"a small project.")
    with writing(ledger) as tx:
        new = keep.New(kind=Kind.NOTE, text=b"a ford in the water", project=small)
        own = keep.keep(tx, new)

    found = candidates(ledger, ["water", "ford"], small, 5)

    assert [one.entry for one in found] == [own]


def test_another_place_finds_its_own_by_a_word_that_is_not_the_rarest(ledger: Ledger) -> None:
    place = ProjectId(b"another place...")
    with writing(ledger) as tx:
        text = b"a weir in the water"
        own = keep.keep(tx, keep.New(kind=Kind.NOTE, text=text, project=place))
        keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"no water", project=place))

    where = found_by(Search(query=parse("weir"), now=0))

    assert [one.entry for one in candidates_of(ledger, ["water", "curlew"], where, 5)] == [own]


def test_an_older_ledger_learns_where_its_passages_stand_and_which_give_rules(
    tmp_path: Path,
) -> None:
    ledger = open_ledger(tmp_path)
    kept, rule, quiet = (note(ledger, text) for text in ("a curlew", "always a curlew", "curlew"))
    with writing(ledger) as tx:
        keep.mute(tx, quiet)
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        make_older(raw, len(STEPS) - 1)
    raw.close()

    ledger = open_ledger(tmp_path)

    assert {one.entry for one in candidates(ledger, ["curlew"], INBOX, 9)} == {kept, rule}
    assert [one.entry for one in rules(ledger, INBOX, 9)] == [rule]


def test_what_may_take_back_a_loose_note_is_found_after_it_with_the_note_before(
    tmp_path: Path,
) -> None:
    ledger = open_ledger(tmp_path)
    texts = ("Correction: sooner", "grebe", "heron", "Update: swan", "Wait, no", "curlew")
    with writing(ledger) as tx:
        thread = places.new_thread(tx, INBOX, "talk")
        keep.keep(tx, new("Correction: in a talk", thread=thread))
        for text in texts:
            keep.keep(tx, new(text))

    (match,) = candidates(ledger, ["grebe"], INBOX, 9)
    found = read(ledger, corrections(ledger, INBOX, [match.entry]))

    assert {one.text for one in found} == {"heron", "Update: swan", "Wait, no"}
    assert corrections(ledger, INBOX, []) == []
