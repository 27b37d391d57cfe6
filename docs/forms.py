"""An example of each JSON form, made by the code that the program writes them with."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ledgernote.domain.around import Around, Link
from ledgernote.domain.entries import (
    INBOX,
    Entry,
    EntryId,
    EventId,
    Hit,
    Kind,
    Project,
    Scope,
    Status,
    Thread,
    ThreadId,
)
from ledgernote.domain.spent import Spent
from ledgernote.domain.turns import (
    Citation,
    Context,
    Kept,
    LeftOut,
    Message,
    Reason,
    ReceiptRow,
    Usage,
)
from ledgernote.render import records
from ledgernote.render.around import around_record

_THEN = datetime(2026, 8, 19, 2, 31, tzinfo=timezone(timedelta(hours=-4)))
_NOTE = Entry(
    id=EntryId(bytes.fromhex("01a1f3a0a2b477b58c1f4a4f5d0e9c11")),
    handle="k3f9a",
    kind=Kind.NOTE,
    project="fed",
    thread="m4h2x",
    thread_title="rates-thesis",
    title=None,
    text="No cut before September; 5.25 stays.",
    size=36,
    tags=("rates",),
    pinned=Scope.PROJECT,
    actor="ann",
    created=_THEN,
    revision=EventId(bytes(16)),
    order=(0, 0, b"", 0),
)
_ASKED = Entry(
    id=EntryId(bytes(16)),
    handle="q81mm",
    kind=Kind.QUESTION,
    project="fed",
    thread="m4h2x",
    thread_title="rates-thesis",
    title=None,
    text="what did I think of cuts?",
    size=25,
    created=_THEN,
    revision=EventId(bytes(16)),
    order=(0, 0, b"", 0),
)
_ROW = ReceiptRow(
    entry=_NOTE.id,
    handle="k3f9a",
    ref=None,
    kind="note",
    who="you",
    created=_THEN.isoformat(),
    reason=Reason.MATCH,
    why='match: "cuts"',
    score=1.6,
    tokens=18,
    excerpt=None,
    text=_NOTE.text,
    revision=EventId(bytes(16)),
)
_CONTEXT = Context(
    model="openai/gpt-5.4",
    budget=16_000,
    tokens=169,
    messages=(Message(role="system", content="…"), Message(role="user", content="…")),
    receipt=(_ROW,),
    left_out=(LeftOut(handle="w2c4d", why="no room"),),
    left_out_count=1,
)
_KEPT = Kept(
    question=_ASKED,
    answer=_ASKED,
    text="None before September [@k3f9a].",
    status=Status.COMPLETE,
    usage=Usage(
        served_model="gpt-5.4-2026-05-01",
        tokens_in=171,
        tokens_out=9,
        cost=0.0004,
        source="provider",
    ),
    context=_CONTEXT,
    citations=(Citation(start=23, end=29, handle="k3f9a", verdict="known"),),
)
FORMS: dict[str, dict[str, object]] = {
    "entry": records.entry_record(_NOTE),
    "show": around_record(
        Around(
            links=(Link("Sept print", _NOTE),),
            linked_from=(_NOTE,),
            edits=2,
            replayed={"pin": 1, "match": 3},
            cited=("k3f9a",),
        )
    ),
    "hit": records.hit_record(
        Hit(entry=_NOTE, score=1.25, passage="No cut before September", why="all words")
    ),
    "thread": records.thread_record(
        Thread(
            id=ThreadId(_NOTE.id),
            handle="m4h2x",
            project="fed",
            title="rates-thesis",
            named=True,
            entries=212,
            created=_THEN,
            used=_THEN,
        )
    ),
    "project": records.project_record(Project(id=INBOX, name="inbox", entries=40, threads=3)),
    "stats": records.stats_record(
        "thread",
        Spent(
            name="m4h2x",
            title="rates-thesis",
            entries=212,
            answers=101,
            tokens_in=1_204_000,
            tokens_out=80_112,
            cost=3.2104,
            priced=99,
        ),
    ),
    "context": records.context_record(_CONTEXT),
    "ask": {**records.ask_record(_KEPT), "answer": "t6qdh"},
}
