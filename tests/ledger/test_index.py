"""The index follows the entries, also when several things happen to one in a transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ledger.hands import NOON, make_older, note, open_ledger, writing
from ledgernote.domain.entries import INBOX, Kind, Scope
from ledgernote.ledger import finding, integrity, keep
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.log import PART
from ledgernote.ledger.search import Search
from ledgernote.replay.query import parse


def found(ledger: Ledger, text: str) -> list[bytes]:
    """The entries that hold these words, best first."""
    return [one.entry for one in finding.find(ledger, Search(query=parse(text), now=0)).found]


def check(ledger: Ledger) -> None:
    """Raise when an index and the words it was made from differ."""
    with writing(ledger) as tx:
        tx.execute("INSERT INTO passage_fts (passage_fts, rank) VALUES ('integrity-check', 1)")
        tx.execute("INSERT INTO passage_gram (passage_gram) VALUES ('integrity-check')")


def test_what_is_kept_and_edited_in_one_transaction_is_found_by_its_last_words(
    tmp_path: Path,
) -> None:
    ledger = open_ledger(tmp_path)

    with writing(ledger) as tx:
        first = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"an early heron", project=INBOX))
        other = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"a heron beside", project=INBOX))
        keep.revise(tx, first, b"a late bittern")

    assert found(ledger, "heron") == [other]
    assert found(ledger, "bittern") == [first]
    check(ledger)


def test_what_is_kept_and_removed_in_one_transaction_is_not_found(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    stays = note(ledger, "a heron that stays")

    with writing(ledger) as tx:
        gone = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"a heron that goes", project=INBOX))
        keep.remove(tx, gone)
    next_one = note(ledger, "a heron that comes")

    assert set(found(ledger, "heron")) == {stays, next_one}
    check(ledger)


def test_each_passage_of_a_long_text_is_indexed(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)

    long = note(ledger, "grebe " + "water " * PART + "curlew")

    assert found(ledger, "grebe") == found(ledger, "curlew") == [long]
    check(ledger)


@pytest.mark.parametrize(
    "typed",
    ["rates -zebra", "-zebra", "rates -斑馬", "-斑馬", "利率 -zebra", "利率 rates -zebra -斑馬"],
)
def test_an_entry_is_left_out_for_a_word_in_any_of_its_passages(tmp_path: Path, typed: str) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger, "rates 利率 " + "filler " * PART + " zebra 斑馬")
    kept = note(ledger, "rates 利率 " + "filler " * PART)
    short = note(ledger, "rates 利率")
    note(ledger, "rates 利率 zebra 斑馬")

    assert set(found(ledger, typed)) == {kept, short}


def test_a_rebuild_makes_the_same_indexes(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    kept = [note(ledger, f"heron number {number}") for number in range(30)]
    crane = note(ledger, "丹顶鹤 in the reeds", title="鹤类")
    before = found(ledger, "heron")

    integrity.rebuild(ledger, by="ada", now=NOON)

    assert len(before) == 20
    assert set(before) <= set(kept)
    assert found(ledger, "heron") == before
    assert found(ledger, "顶鹤") == found(ledger, "鹤类") == [crane]
    check(ledger)


def test_of_very_many_matches_the_newest_are_ranked_and_the_pinned_and_titled_ones(
    tmp_path: Path,
) -> None:
    ledger = open_ledger(tmp_path)
    with writing(ledger) as tx:
        plain = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"heron", project=INBOX))
        pinned = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"heron", project=INBOX))
        keep.pin(tx, pinned, Scope.PROJECT)
        titled = keep.New(kind=Kind.NOTE, text=b"of birds", title="heron", project=INBOX)
        named = keep.keep(tx, titled)
        for _ in range(50):
            keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"a heron among reeds", project=INBOX))
    query = parse("heron")

    some = finding.find(ledger, Search(query=query, now=0, limit=50, most=50))
    every = finding.find(ledger, Search(query=query, now=0, limit=0))

    assert some.among == 50
    assert {pinned, named} <= {one.entry for one in some.found}
    assert plain not in {one.entry for one in some.found}
    assert (len(every.found), every.found[0].entry) == (50 + 3, named)


def test_hits_with_the_same_score_come_newest_first(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    kept = [note(ledger, "the same heron") for _ in range(5)]

    assert found(ledger, "heron") == kept[::-1]


def test_an_older_ledger_gets_the_index_of_what_has_no_words(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    crane, titled = note(ledger, "丹顶鹤 in the reeds"), note(ledger, "a bird", title="鹤类")
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DROP TABLE passage_gram")
        make_older(raw, 5)
    raw.close()

    ledger = open_ledger(tmp_path)

    assert (found(ledger, "顶鹤"), found(ledger, "鹤类")) == ([crane], [titled])
    check(ledger)
