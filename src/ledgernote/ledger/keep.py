"""Keeping and changing entries: each verb is one or a few events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ledgernote.domain import images
from ledgernote.domain.entries import EntryId, Kind, ProjectId, Scope, ThreadId
from ledgernote.domain.frozen import frozen
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.tags import find_tags, need_tag
from ledgernote.ledger.writing import Writing

TAGGED = """
    SELECT event.id FROM event
     WHERE event.entity = ?1 AND event.kind = 'entry.tag' AND json_extract(meta, '$.tag') = ?2"""
MARKS = "SELECT id FROM event WHERE entity = ? AND kind = 'private'"
HEAD = "SELECT head FROM entry WHERE id = ?"


@frozen
class New:
    """An entry to be kept."""

    kind: Kind
    text: bytes
    project: ProjectId
    thread: ThreadId | None = None
    title: str | None = None
    tags: Sequence[str] = ()
    pin: Scope | None = None
    pin_until: datetime | None = None
    pin_thread: ThreadId | None = None
    """Where a pin for a thread holds; None is the entry's own thread."""
    mute: bool = False
    private: bool = False
    supersedes: EntryId | None = None
    saved_from: EntryId | None = None
    created: datetime | None = None
    """When it was said; None means now."""
    source: str | None = None
    ref: str | None = None
    model: str | None = None
    reply_to: EntryId | None = None
    status: str | None = None
    imported: bool = False
    edited: datetime | None = None
    actor: str | None = None
    """Who wrote it; None is the writer."""
    id: EntryId | None = None
    handle: str | None = None
    """The handle it had elsewhere; its length is kept when it belongs to the id."""
    system: str | None = None
    options: str | None = None
    """Of the model that a question was for, as JSON."""
    image: bytes | None = None
    """Bytes of the image that the text is the line of."""
    more: Mapping[str, Any] | None = None
    """Further numbers and ids for the event: recipe, usage, citations."""


def _meta(tx: Writing, new: New, id_: bytes) -> dict[str, Any]:
    created = new.created or tx.now
    offset = created.utcoffset()
    links = {
        **{"thread": new.thread, "supersedes": new.supersedes},
        **{"from": new.saved_from, "reply_to": new.reply_to},
    }
    marks = {"muted": new.mute, "imported": new.imported}
    given = {"model": new.model, "status": new.status}
    return {
        **{
            "kind": str(new.kind),
            "project": new.project.hex(),
            "handle": tx.handle_length(id_, new.handle),
        },
        **{
            "created": microseconds(created),
            "offset": int(offset.total_seconds() if offset else 0),
        },
        **{name: link.hex() for name, link in links.items() if link is not None},
        **{name: True for name, marked in marks.items() if marked},
        **{name: value for name, value in given.items() if value is not None},
        **({"edited_at": microseconds(new.edited)} if new.edited else {}),
        # Whose step it is, where somebody else wrote the words: an import is undone by who
        # imported, not by whom it quotes.
        **({"writer": tx.actor(tx.by).hex()} if new.actor else {}),
        **({"image": _look(new.image)} if new.image else {}),
        **(new.more or {}),
    }


def _look(body: bytes) -> dict[str, str | int]:
    """What is kept of an image beside its bytes, so that lists need not read those."""
    found = images.read(body)
    if found is None:
        raise ValueError("the bytes are no image")
    return images.facts(found)


def microseconds(moment: datetime) -> int:
    """A time as entries keep it: microseconds since 1970, exactly."""
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * 1_000_000 + moment.microsecond


def keep(tx: Writing, new: New) -> EntryId:
    """Keep an entry, with its tags, pin and marks, in the step of *tx*."""
    id_ = new.id or EntryId(tx.new_id())
    words: dict[str, str | bytes] = {"text": new.text}
    for slot in ("title", "source", "ref", "system", "options"):
        if (value := getattr(new, slot)) is not None:
            words[slot] = value
    if new.image:
        words["image"] = new.image
    tx.append("entry.new", id_, _meta(tx, new, id_), words=words, fresh=True, by=new.actor)
    for name in dict.fromkeys(new.tags):
        tag(tx, id_, name, imported=new.imported)
    if new.pin is not None:
        pin(tx, id_, new.pin, place=new.pin_thread or new.thread, until=new.pin_until)
    if new.private:
        mark_private(tx, id_)
    return id_


def revise(
    tx: Writing,
    entry: EntryId,
    text: bytes,
    *,
    title: str | None = None,
    base: bytes | None = None,
) -> bytes:
    """A new revision of the text; gives its event.

    *base* is the revision that its writer has read, the newest unless told. Where that is no
    longer the newest, both stand.
    """
    words: dict[str, str | bytes] = {"text": text}
    if title is not None:
        words["title"] = title
    read = base or tx.one(HEAD, (entry,))[0]
    return tx.append("entry.edit", entry, {"base": read.hex(), "at": tx.created}, words=words)


def rename(tx: Writing, entry: EntryId, ref: str) -> None:
    """Say what it is called now where it came from."""
    tx.append("entry.rename", entry, words={"ref": ref})


def tag(tx: Writing, entry: EntryId, name: str, *, imported: bool = False) -> None:
    """Label an entry; *imported* says that the label stands in what it came from."""
    mark = {"imported": True} if imported else {}
    tx.append("entry.tag", entry, {"tag": need_tag(tx, name).hex()} | mark)


def untag(tx: Writing, entry: EntryId, name: str) -> bool:
    """Take a label off: all of its additions that are known here. False when there was none."""
    seen = [
        row[0].hex()
        for tag_id in find_tags(tx, name)
        for row in tx.rows(TAGGED, (entry, tag_id.hex()))
    ]
    if seen:
        tx.append("entry.untag", entry, {"seen": seen})
    return bool(seen)


def take_off(tx: Writing, entry: EntryId, additions: Sequence[bytes]) -> None:
    """Take off a label as far as these events put it on."""
    tx.append("entry.untag", entry, {"seen": [event.hex() for event in additions]})


def pin(
    tx: Writing,
    entry: EntryId,
    scope: Scope,
    *,
    place: bytes | None = None,
    until: datetime | None = None,
) -> None:
    """Replay it always, within *scope*; *place* is the thread or project that means."""
    value: dict[str, Any] = {"scope": str(scope)}
    if place is not None and scope is Scope.THREAD:
        value["place"] = place.hex()
    if until is not None:
        value["until"] = microseconds(until)
    tx.append("entry.pin", entry, {"pin": value})


def unpin(tx: Writing, entry: EntryId) -> None:
    """Back to: replay it when it matters."""
    tx.append("entry.pin", entry, {"pin": None})


def mute(tx: Writing, entry: EntryId, *, muted: bool = True) -> None:
    """Keep and find it, but never replay it."""
    tx.append("entry.mute", entry, {"muted": muted})


def remove(tx: Writing, entry: EntryId, *, removed: bool = True, with_file: bool = False) -> None:
    """Hide it from every list and from replay; its events stay.

    *with_file* says that what it came from is gone: when that comes back, it is shown again.
    """
    mark = {"with_file": True} if with_file else {}
    tx.append("entry.remove", entry, {"removed": removed} | mark)


def supersede(tx: Writing, entry: EntryId, older: EntryId) -> None:
    """Say that *entry* replaces *older*."""
    tx.append("entry.supersede", entry, {"supersedes": older.hex()})


def reply(tx: Writing, entry: EntryId, question: EntryId) -> None:
    """Say that *entry* replies to *question*, which came after it."""
    tx.append("entry.reply", entry, {"reply_to": question.hex()})


def move(tx: Writing, entry: EntryId, project: ProjectId, thread: ThreadId | None = None) -> None:
    """Put it into another project."""
    tx.append("entry.move", entry, {"project": project.hex(), "thread": thread and thread.hex()})


def mark_private(tx: Writing, entity: bytes) -> None:
    """Never let an entry, tag or project leave for a model that is not local."""
    tx.append("private", entity)


def unmark_private(tx: Writing, entity: bytes) -> None:
    """Take the marks off that are known here; a concurrent one wins."""
    tx.append("unprivate", entity, {"seen": [row[0].hex() for row in tx.rows(MARKS, (entity,))]})


def pins(reader: Reader, project: ProjectId, thread: ThreadId | None, now: int) -> list[EntryId]:
    """Entries that are pinned for this project, this thread or everywhere, oldest first."""
    return [EntryId(row[0]) for row in reader.rows(PINS, (project, thread, now))]


def old_pins(
    reader: Reader, project: ProjectId, moments: tuple[int, int], limit: int
) -> list[EntryId]:
    """Pins of this project, oldest first, whose words were written or edited long ago.

    *moments* is now and that time, in microseconds.
    """
    return [EntryId(row[0]) for row in reader.rows(OLD_PINS, (project, *moments, limit))]


OLD_PINS = """
    SELECT entry.id FROM pin JOIN entry ON entry.id = pin.entry
     WHERE removed = 0 AND muted = 0 AND (until IS NULL OR until > ?2)
       AND COALESCE(edited, created) < ?3
       AND (scope = 'everywhere' OR (scope = 'project' AND entry.project = ?1))
     ORDER BY created, hlc, replica, rseq LIMIT ?4"""
PINS = """
    SELECT entry.id FROM pin JOIN entry ON entry.id = pin.entry
     WHERE removed = 0 AND muted = 0 AND (until IS NULL OR until > ?3)
       AND (scope = 'everywhere' OR (scope = 'project' AND entry.project = ?1)
            OR (scope = 'thread' AND place IS ?2))
     ORDER BY created, hlc, replica, rseq"""
