"""Answers in progress: outside the chain until they end, so that half an answer is never lost.

A draft has its handle, recipe and receipt from the start and grows by appended parts.
When it ends it becomes an event. When its owner died, readers show it as interrupted,
and the next writer closes it as a step of its own with the draft's actor.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledgernote.domain.entries import Kind, Status
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.ids import full_handle
from ledgernote.ledger.kinds import SLOT
from ledgernote.ledger.owner import is_alive, myself
from ledgernote.ledger.writing import Writing

INSERT_DRAFT = """
    INSERT INTO draft (id, handle, actor, question, project, thread, model, meta, created,
                       offset, owner, beat)
    VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
SELECT_DRAFTS = """
    SELECT id, handle, actor, question, project, thread, model, meta, created, offset,
           owner, beat FROM draft"""
INSERT_PART = """
    INSERT INTO draft_part (draft, part, slot, body)
    SELECT ?1, COALESCE(max(part) + 1, 0), ?2, ?3 FROM draft_part WHERE draft = ?1"""
SELECT_PARTS = "SELECT body FROM draft_part WHERE draft = ? AND slot = ? ORDER BY part"
BEAT = "UPDATE draft SET beat = ? WHERE id = ?"
USED = "UPDATE draft SET beat = ?, meta = json_set(meta, '$.usage', json(?)) WHERE id = ?"
EXISTS = "SELECT 1 FROM draft WHERE id = ?"
ANY = "SELECT 1 FROM draft LIMIT 1"
HEAD = "SELECT head, status FROM entry WHERE id = ?"
WORDS = "SELECT body FROM payload WHERE event = ? AND slot = 0 ORDER BY part"
THREAD_PROJECT = "SELECT project FROM thread WHERE id = ?"
IS_PURGED = "SELECT 1 FROM event WHERE entity = ? AND kind = 'purge'"
DELETE_DRAFT = "DELETE FROM draft WHERE id = ?"
DELETE_PARTS = "DELETE FROM draft_part WHERE draft = ?"


_growing: set[bytes] = set()
"""Drafts that this process writes; any other of its own was given up, as on a full disk."""


@frozen
class Draft:
    """An answer that is being written, or was when its writer died."""

    id: bytes
    handle: str
    actor: str
    """Who asked."""
    question: bytes | None
    project: bytes
    thread: bytes | None
    model: str
    meta: dict[str, Any]
    """What its event will hold: recipe, links, numbers."""
    created: int
    """Microseconds since 1970."""
    offset: int
    alive: bool

    @property
    def kind(self) -> Kind:
        """`answer` unless its event will say otherwise."""
        return Kind(self.meta.get("kind", Kind.ANSWER))

    @property
    def status(self) -> Status:
        """As a reader sees it."""
        return Status.STREAMING if self.alive else Status.INTERRUPTED


def begin(tx: Writing, place: Mapping[str, Any], meta: Mapping[str, Any], state: Path) -> bytes:
    """Open a draft; *place* has `question`, `project`, `thread` (ids) and `model`. Gives its id."""
    id_ = tx.new_id()
    _growing.add(id_)
    handle = full_handle(id_)[: tx.handle_length(id_)]
    tx.execute(
        INSERT_DRAFT,
        (
            *(id_, handle, to_bytes(tx.by), place["question"]),
            *(place["project"], place["thread"], place["model"], json.dumps(meta)),
            *(tx.created, tx.offset, myself(state), time.time()),
        ),
    )
    return id_


def let_go(draft: bytes) -> None:
    """This process writes no more to it, whether it was closed or not."""
    _growing.discard(draft)


def grow(tx: Writing, draft: bytes, said: tuple[str, str], used: Mapping[str, Any]) -> bool:
    """Append what was said since; False when someone has closed the draft meanwhile.

    *said* is text and reasoning, *used* all that the answer has taken until now, if it has begun.
    """
    if tx.one(EXISTS, (draft,)) is None:
        return False
    for slot, text in zip(("text", "reasoning"), said, strict=True):
        if text:
            body = to_bytes(text)
            tx.execute(INSERT_PART, (draft, SLOT[slot], body))
    if used:
        tx.execute(USED, (time.time(), json.dumps(used), draft))
    else:
        tx.execute(BEAT, (time.time(), draft))
    return True


def read(reader: Reader, state: Path) -> list[Draft]:
    """Every draft in the ledger, dead or alive."""
    if reader.one(ANY) is None:
        return []
    me, now = myself(state), time.time()
    return [
        Draft(
            **dict(zip(("id", "handle", "actor", "question"), row[:4], strict=True)),
            project=row[4],
            thread=row[5],
            model=row[6],
            meta=json.loads(row[7]),
            created=row[8],
            offset=row[9],
            alive=row[0] in _growing if row[10] == me else is_alive(row[10], now - row[11], state),
        )
        for row in reader.rows(SELECT_DRAFTS)
    ]


def find(reader: Reader, draft: bytes, state: Path) -> Draft | None:
    """The draft while it is open."""
    return next((each for each in read(reader, state) if each.id == draft), None)


def text_of(reader: Reader, draft: bytes, slot: str = "text") -> bytes:
    """What was said so far."""
    return b"".join(row[0] for row in reader.rows(SELECT_PARTS, (draft, SLOT[slot])))


def discard(tx: Writing, draft: bytes) -> None:
    """Take a draft away; its event has taken its place."""
    tx.execute(DELETE_PARTS, (draft,))
    tx.execute(DELETE_DRAFT, (draft,))


def close(
    tx: Writing,
    draft: Draft,
    status: Status,
    meta: Mapping[str, Any],
    said: tuple[str, str] | None = None,
) -> None:
    """Make the draft the event it was going to be; *meta* adds to what it has.

    *said* is all of its text and reasoning, where that is known better than by its parts.
    """
    if said is None:
        bodies = (text_of(tx, draft.id), text_of(tx, draft.id, "reasoning"))
    else:
        bodies = (to_bytes(said[0]), to_bytes(said[1]))
    words = {"text": bodies[0], **({"reasoning": bodies[1]} if bodies[1] else {})}
    # Its thread may have been moved meanwhile.
    thread = tx.one(THREAD_PROJECT, (draft.thread,))
    project = thread[0] if thread else draft.project
    place = {"project": project.hex(), "thread": draft.thread and draft.thread.hex()}
    made_of_private = draft.meta.pop("private", False)
    if not words["text"].strip() and status is Status.INTERRUPTED:
        status = Status.FAILED
    discard(tx, draft.id)
    tx.append(
        "entry.new",
        draft.id,
        {
            **{"kind": draft.kind, "model": draft.model, "handle": len(draft.handle)},
            **{"created": draft.created, "offset": draft.offset, "status": status},
            **{"reply_to": draft.question and draft.question.hex()},
            **place,
            **draft.meta,
            **meta,
        },
        words=words,
        fresh=True,
        by=draft.actor,
    )
    if made_of_private:
        tx.append("private", draft.id, by=draft.actor)


def catch_up(
    tx: Writing, draft: bytes, said: tuple[str, str], status: Status, more: Mapping[str, Any]
) -> None:
    """Keep all of an answer whose draft someone else has closed, as a revision of it.

    *said* is all of its text and reasoning. Nothing is brought back of an answer that was taken
    back or erased meanwhile.
    """
    row = tx.one(HEAD, (draft,))
    if row is None or tx.one(IS_PURGED, (draft,)) is not None:
        return
    head, known = row
    if known == status and b"".join(part[0] for part in tx.rows(WORDS, (head,))) == to_bytes(
        said[0]
    ):
        return
    meta = {"base": head.hex(), "at": tx.created, "status": status, **more}
    words = {"text": said[0], **({"reasoning": said[1]} if said[1] else {})}
    tx.append("entry.edit", draft, meta, words=words)


def close_dead(tx: Writing, state: Path) -> None:
    """Close what dead owners left, each as a step of its own, so that no undo of ours takes it."""
    for draft in read(tx, state):
        if not draft.alive:
            ours, tx.step = tx.step, tx.new_id()
            close(tx, draft, Status.INTERRUPTED, {})
            tx.step = ours
