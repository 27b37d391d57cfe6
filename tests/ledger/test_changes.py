"""Undo, purge, privacy, names: what each verb does to what stands."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from ledger.hands import NOON, deliver, log_of, note, open_ledger, undo_step, writing
from ledgernote.domain.entries import INBOX, EntryId, Kind, Query, Term
from ledgernote.domain.errors import Ambiguous
from ledgernote.ledger import entries, finding, integrity, keep, lists, places, privacy, undo
from ledgernote.ledger.handles import resolve
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.search import Search
from ledgernote.ledger.tags import find_tags
from ledgernote.ledger.verdict import verify

CANARY = "zebrafinch"


def texts(ledger: Ledger) -> list[str]:
    return [entry.text for entry in lists.latest(ledger, lists.Latest(number=0))]


def found(ledger: Ledger, word: str) -> int:
    query = Query(groups=((Term(text=word),),))
    return len(finding.find(ledger, Search(query=query, now=0)).found)


def take_back(ledger: Ledger, by: str = "ada", *, redo: bool = False) -> None:
    step = (undo.last_undone if redo else undo.newest_step)(ledger, by)
    assert step is not None
    with writing(ledger, by) as tx:
        undo_step(tx, step, redo=redo)


def test_undo_goes_back_step_by_step_and_redo_returns(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    kept = note(ledger, "first")
    with writing(ledger) as tx:
        keep.revise(tx, kept, b"second")

    stages = [texts(ledger)]
    for redo in (False, False, True, True):
        take_back(ledger, redo=redo)
        stages.append(texts(ledger))

    assert stages == [["second"], ["first"], [], ["first"], ["second"]]


def test_what_another_has_built_on_stays(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    kept = note(ledger, "mine")
    with writing(ledger, "bot") as tx:
        keep.tag(tx, kept, "theirs")

    take_back(ledger, "ada")

    assert texts(ledger) == ["mine"]


def test_nobody_undoes_the_work_of_another(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger, "mine")

    assert undo.newest_step(ledger, "bot") is None


def test_a_purge_leaves_no_byte_of_the_words_in_any_file(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    kept = note(ledger, f"the {CANARY} sings", title=CANARY, source=CANARY, ref=CANARY)
    for number in range(30):
        note(ledger, f"other {number}")
    with writing(ledger) as tx:
        keep.revise(tx, kept, f"{CANARY} again".encode())
    assert any(CANARY.encode() in path.read_bytes() for path in tmp_path.glob("ledger.db*"))

    with writing(ledger) as tx:
        integrity.purge(tx, kept)
    integrity.scrub(ledger, by="ada", now=NOON)

    assert not any(CANARY.encode() in path.read_bytes() for path in tmp_path.glob("ledger.db*"))
    assert found(ledger, CANARY) == 0
    verdict = verify(ledger)
    assert (verdict.faults, verdict.erased) == ((), 5)
    assert integrity.pending(ledger) == set()


def test_a_purge_arrives_before_or_after_the_words_and_erases_them(tmp_path: Path) -> None:
    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    kept = note(one, f"the {CANARY} sings")
    before = log_of(one)
    with writing(one) as tx:
        integrity.purge(tx, kept)

    late = [item for item in log_of(one) if item[0].kind == "purge"]
    deliver(late, two)
    deliver(before, two)

    assert two.one("SELECT count(*) FROM payload WHERE instr(body, ?)", (CANARY.encode(),))[0] == 0


def test_privacy_flows_to_whatever_was_made_from_it(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    secret = note(ledger, "secret", private=True)
    heir = note(ledger, "heir", supersedes=secret)
    copy = note(ledger, "copy", saved_from=heir)
    plain = note(ledger, "plain")

    assert privacy.private_among(ledger, [secret, heir, copy, plain]) == {secret, heir, copy}

    with writing(ledger) as tx:
        keep.unmark_private(tx, secret)
    assert privacy.private_among(ledger, [secret, heir, copy, plain]) == set()


def test_a_private_tag_or_project_makes_its_entries_private(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    tagged = note(ledger, "tagged", tags=["client"])
    with writing(ledger) as tx:
        project = places.need_project(tx, "deal")
        inside = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"in", project=project))
        keep.mark_private(tx, find_tags(tx, "client")[0])
        keep.mark_private(tx, project)

    assert privacy.private_among(ledger, [tagged, inside]) == {tagged, inside}


def test_a_private_mark_made_elsewhere_meanwhile_wins(tmp_path: Path) -> None:
    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    kept = note(one, "x", private=True)
    deliver(log_of(one), two)
    with writing(one) as tx:
        keep.unmark_private(tx, kept)
    with writing(two) as tx:
        keep.mark_private(tx, kept)

    deliver(log_of(two), one)

    assert privacy.private_among(one, [kept]) == {kept}


def test_two_edits_that_did_not_see_each_other_are_two_versions(tmp_path: Path) -> None:
    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    kept = note(one, "x")
    deliver(log_of(one), two)
    for ledger in (one, two):
        with writing(ledger, at=NOON) as tx:
            keep.revise(tx, kept, str(ledger.path).encode())

    deliver(log_of(two), one)

    assert entries.by_ids(one, [kept])[0].versions == 2


def test_a_prefix_of_several_names_them_all(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    for _ in range(60):
        note(ledger)
    handles = sorted(row[0] for row in ledger.rows("SELECT shown FROM handle"))
    letter = next(a[0] for a, b in pairwise(handles) if a[0] == b[0])

    with pytest.raises(Ambiguous) as caught:
        resolve(ledger, letter, "entry")

    assert set(caught.value.candidates) <= {h for h in handles if h.startswith(letter)}
    assert resolve(ledger, handles[0].upper(), "entry") is not None


def test_entries_of_one_moment_keep_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    for number in range(20):
        note(ledger, str(number), created=NOON)

    assert texts(ledger) == [str(number) for number in range(20)]


def test_last_is_the_newest_of_this_actor_and_no_import(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    mine = note(ledger, "mine")
    with writing(ledger, "bot") as tx:
        keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"theirs", project=INBOX))
    note(ledger, "old", imported=True)

    entry = lists.find(ledger, "@last", "ada")

    assert entry is not None
    assert entry.id == EntryId(mine)
