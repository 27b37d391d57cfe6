"""Which replica writes, what happens to clocks, and what a merge brings."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ledger.hands import NOON, deliver, log_of, note, open_ledger, tables, writing
from ledgernote.domain.entries import INBOX, EntryId, Kind
from ledgernote.ledger import integrity, keep, lists
from ledgernote.ledger.handles import resolve
from ledgernote.ledger.ids import full_handle
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.log import event_hash
from ledgernote.ledger.verdict import verify


def replicas(ledger: Ledger) -> int:
    return int(ledger.one("SELECT count(DISTINCT replica) FROM event")[0])


def texts(ledger: Ledger) -> list[str]:
    return [entry.text for entry in lists.latest(ledger, lists.Latest(number=0))]


def test_one_file_is_one_replica(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger)
    ledger.close()

    again = open_ledger(tmp_path)
    note(again)

    assert replicas(again) == 1


def test_a_copy_is_another_replica(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger)
    ledger.close()
    shutil.copy(tmp_path / "ledger.db", tmp_path / "copy.db")

    copy = Ledger.open(tmp_path / "copy.db", state=tmp_path / "ledger-state", create=False)
    note(copy)

    assert replicas(copy) == 2
    assert verify(copy).faults == ()


def test_yesterdays_file_put_back_in_place_is_another_replica(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger)
    ledger.close()
    yesterday = (tmp_path / "ledger.db").read_bytes()
    ledger = open_ledger(tmp_path)
    note(ledger, "lost by the restore")
    ledger.close()
    (tmp_path / "ledger.db").write_bytes(yesterday)  # the same inode

    restored = open_ledger(tmp_path)
    note(restored, "after")

    assert replicas(restored) == 2


def test_a_lost_state_directory_costs_a_replica_and_nothing_else(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger)
    shutil.rmtree(tmp_path / "ledger-state")

    note(ledger)

    assert replicas(ledger) == 2
    assert verify(ledger).faults == ()


def test_a_fork_is_kept_aside_and_named(tmp_path: Path) -> None:
    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    note(one, "what was said")
    deliver(log_of(one), two)
    event, payloads = log_of(one)[-1]
    forged = replace(event, meta=event.meta.replace("note", "summary"))
    forged = replace(forged, hash=event_hash(forged.row()[:-1]))

    deliver([(forged, payloads)], two)

    assert texts(two) == ["what was said"]
    assert [fault.what for fault in verify(two).faults] == ["a fork is kept aside"]


def test_a_purge_reaches_the_words_of_a_fork_before_and_after_it(tmp_path: Path) -> None:
    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    kept = note(one, "what was said")
    deliver(log_of(one), two)
    event, payloads = log_of(one)[-1]
    forged = [
        replace(event, meta=event.meta.replace("note", kind)) for kind in ("summary", "answer")
    ]
    forged = [replace(each, hash=event_hash(each.row()[:-1])) for each in forged]

    deliver([(forged[0], payloads)], two)
    with writing(two) as tx:
        integrity.purge(tx, kept)
    deliver([(forged[1], payloads)], two)

    records = [json.loads(row[0]) for row in two.rows("SELECT record FROM fork")]
    assert [record["payload"] for record in records] == [[], []]


def test_an_event_from_the_far_future_waits_for_the_clock(tmp_path: Path) -> None:
    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    with one.writing(by="ada", now=NOON + timedelta(days=30)) as tx:
        keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"from next month", project=INBOX))

    deliver(log_of(one), two, NOON)
    before = texts(two)
    note(two, "meanwhile")
    with writing(two, at=NOON + timedelta(days=30)):
        """Any write brings in what is due."""

    assert before == []
    assert sorted(texts(two)) == ["from next month", "meanwhile"]
    assert verify(two).faults == ()


def test_what_is_written_here_never_waits_even_when_the_clock_was_wrong(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    with writing(ledger, at=NOON + timedelta(days=400)) as tx:
        keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"clock ahead", project=INBOX))

    note(ledger, "clock mended")
    integrity.rebuild(ledger, by="ada", now=NOON)

    assert sorted(texts(ledger)) == ["clock ahead", "clock mended"]


def test_order_never_goes_backwards_with_the_clock(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    for moment in (NOON, NOON - timedelta(hours=1), NOON - timedelta(hours=2)):
        with writing(ledger, at=moment) as tx:
            keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"x", project=INBOX))

    clocks = [row[0] for row in ledger.rows("SELECT hlc FROM event ORDER BY rseq")]

    assert clocks == sorted(set(clocks))


def test_two_handles_alike_are_told_apart_by_the_fewest_letters(tmp_path: Path) -> None:
    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    ids = _alike()
    for ledger, id_ in zip((one, two), ids, strict=True):
        note(ledger, "x", id=EntryId(id_))

    deliver(log_of(two), one)

    shown = [row[0] for row in one.rows("SELECT shown FROM handle ORDER BY shown")]
    assert shown == sorted(full_handle(id_)[: _apart(*ids)] for id_ in ids)
    assert resolve(one, shown[0], "entry") in ids
    deliver(log_of(one), two)
    assert tables(one) == tables(two)


def _alike() -> tuple[bytes, bytes]:
    """Two ids whose first five letters are the same."""
    seen: dict[str, bytes] = {}
    number = 0
    while True:
        id_ = number.to_bytes(16, "big")
        if (other := seen.setdefault(full_handle(id_)[:5], id_)) != id_:
            return other, id_
        number += 1


def _apart(one: bytes, other: bytes) -> int:
    letters = zip(full_handle(one), full_handle(other), strict=True)
    return 1 + next(place for place, (a, b) in enumerate(letters) if a != b)
