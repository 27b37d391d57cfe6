"""Vectors follow the passages they were made of, and the nearest are found among many."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from ledger.hands import NOON, note, open_ledger, writing
from ledgernote.domain.entries import INBOX, EntryId, Kind
from ledgernote.ledger import integrity, keep, places, vectors
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.nearness import Nearness, Where, signs_of
from ledgernote.ledger.vectors import Waiting

WIDTH = 64
EVERYWHERE = Where("", {})


def vector(text: str) -> bytes:
    """Some direction, always the same for the same text."""
    return random.Random(text).randbytes(WIDTH)


def beside(body: bytes, steps: int) -> bytes:
    """A vector near *body*, further away with each step."""
    return bytes([body[0] ^ steps, *body[1:]])


def waiting(ledger: Ledger) -> list[Waiting]:
    return vectors.waiting(ledger, vectors.known(ledger, "letters"), 10_000)


def put(ledger: Ledger, found: Sequence[Waiting], bodies: Sequence[bytes]) -> int:
    made = {one.rowid: (body, signs_of(body)) for one, body in zip(found, bodies, strict=True)}
    with writing(ledger) as tx:
        return vectors.put(tx, "letters", found, made)


def index(ledger: Ledger) -> None:
    found = waiting(ledger)
    put(ledger, found, [vector(one.text) for one in found])


def nearest(ledger: Ledger, body: bytes, where: Where = EVERYWHERE, limit: int = 3) -> list[str]:
    """The words of the nearest passages, best first."""
    near = Nearness(ledger, vectors.known(ledger, "letters").id, {}, body)
    sql = "SELECT text FROM passage_text WHERE rowid = ?"
    return [ledger.one(sql, (rowid,))[0] for rowid in near.nearest(where, limit)]


def purge(ledger: Ledger, entry: EntryId) -> None:
    with writing(ledger) as tx:
        integrity.purge(tx, entry)
    integrity.scrub(ledger, by="ada", now=NOON)


def test_what_has_a_vector_waits_no_more_and_is_the_nearest_to_itself(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    for text in ("rate cut", "oil at 90", "a cat"):
        note(ledger, text)

    index(ledger)

    assert waiting(ledger) == []
    assert nearest(ledger, vector("oil at 90"), limit=1) == ["oil at 90"]


def test_a_purge_leaves_neither_the_vector_nor_its_signs_in_the_file(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    entry = note(ledger, "the name of a source")
    note(ledger, "something else")
    index(ledger)
    secret = vector("the name of a source")
    ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    before = ledger.path.read_bytes()

    purge(ledger, entry)

    after = ledger.path.read_bytes() + Path(f"{ledger.path}-wal").read_bytes()
    assert secret in before
    assert signs_of(secret) in before
    assert secret not in after
    assert signs_of(secret) not in after
    assert nearest(ledger, secret) == ["something else"]


def test_a_note_that_was_removed_or_muted_is_not_among_the_nearest(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    gone, muted = note(ledger, "gone"), note(ledger, "muted")
    note(ledger, "stays")
    index(ledger)

    with writing(ledger) as tx:
        keep.remove(tx, gone)
        keep.mute(tx, muted, muted=True)

    assert nearest(ledger, vector("gone"), Where(" AND entry.muted = 0", {})) == ["stays"]


def test_a_text_that_was_edited_waits_for_a_vector_also_where_it_came_last(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    first, last = note(ledger, "first"), note(ledger, "last")
    index(ledger)

    with writing(ledger) as tx:
        keep.revise(tx, last, b"last, said better")
        keep.revise(tx, first, b"first, said better")
    texts = [one.text for one in waiting(ledger)]
    index(ledger)

    assert sorted(texts) == ["first, said better", "last, said better"]
    assert nearest(ledger, vector("last, said better"), limit=1) == ["last, said better"]


def test_what_was_changed_while_its_vector_was_made_waits_on(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger, "stands")
    moved = note(ledger, "as it was")
    found = waiting(ledger)

    with writing(ledger) as tx:
        keep.revise(tx, moved, b"as it is")
    done = put(ledger, found, [vector(one.text) for one in found])

    assert done == 1
    assert [one.text for one in waiting(ledger)] == ["as it is"]


def test_the_nearest_of_a_small_project_are_found_among_many_others(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    asked = vector("asked")
    bodies = [beside(asked, step % 7) for step in range(2_500)] + [vector("far"), vector("further")]
    with writing(ledger) as tx:
        fed = places.need_project(tx, "fed")
        for number in range(len(bodies)):
            project = fed if number >= 2_500 else INBOX
            text = f"note {number}".encode()
            keep.keep(tx, keep.New(kind=Kind.NOTE, text=text, project=project))
    put(ledger, waiting(ledger), bodies)

    found = nearest(ledger, asked, Where(" AND entry.project = :p", {"p": fed}))

    assert sorted(found) == ["note 2500", "note 2501"]


def test_passages_that_are_equally_near_are_all_taken(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    for number in range(5):
        note(ledger, f"twin {number}")
    note(ledger, "other")
    found = waiting(ledger)
    put(ledger, found, [vector("twin" if "twin" in one.text else "other") for one in found])

    near = nearest(ledger, vector("twin"), limit=2)

    assert sorted(near) == [f"twin {number}" for number in range(5)]


def test_a_rebuild_makes_the_vectors_wait_again(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger, "rate cut")
    index(ledger)

    integrity.rebuild(ledger, by="ada", now=NOON)

    assert [one.text for one in waiting(ledger)] == ["rate cut"]
    assert nearest(ledger, vector("rate cut")) == []
