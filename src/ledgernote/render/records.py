"""The stable JSON forms. Fields and their order are a contract (docs: `--json`); add at the end.

Pure: values in, dicts of plain JSON types out. Writing them is `output.record`'s work.
"""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING

from ledgernote.domain import images
from ledgernote.domain.entries import MARK_OFF, MARK_ON, Entry, Hit, Project, Thread

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ledgernote.domain.spent import Spent
    from ledgernote.domain.turns import Citation, Context, Kept, ReceiptRow

Record = dict[str, object]

_NO_MARKS = {ord(MARK_ON): None, ord(MARK_OFF): None}


def uuid_text(raw: bytes) -> str:
    """Sixteen bytes in the usual form, 8-4-4-4-12."""
    hexed = raw.hex()
    return "-".join((hexed[:8], hexed[8:12], hexed[12:16], hexed[16:20], hexed[20:]))


def _time(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def entry_record(entry: Entry) -> Record:
    """An entry; `bytes` (base64) only where its text is no valid UTF-8, `image` where one is."""
    record: Record = {
        "handle": entry.handle,
        "id": uuid_text(entry.id),
        "kind": str(entry.kind),
        "project": entry.project,
        "thread": entry.thread,
        "thread_title": entry.thread_title,
        "title": entry.title,
        "text": entry.text,
        "tags": list(entry.tags),
        "pinned": str(entry.pinned) if entry.pinned else None,
        "muted": entry.muted,
        "private": entry.private,
        "model": entry.model,
        "actor": entry.actor,
        "created": _time(entry.created),
        "edited": _time(entry.edited),
        "reply_to": entry.reply_to,
        "status": str(entry.status),
        "supersedes": entry.supersedes,
        "source": entry.source,
        "ref": entry.ref,
        "saved_from": entry.saved_from.handle if entry.saved_from else None,
    }
    image = {"image": images.facts(entry.image)} if entry.image else {}
    return record | _lone_bytes(entry.text) | image


def _lone_bytes(text: str) -> Record:
    """`{"bytes": …}` where *text* does not survive as Unicode, else nothing."""
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            raw = text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # a half pair that no byte stands behind
            raw = text.encode("utf-8", "surrogatepass")
        return {"bytes": b2a_base64(raw, newline=False).decode()}
    return {}


def hit_record(hit: Hit) -> Record:
    """An entry with its score, the passage without marks, and why it matched."""
    passage = hit.passage.translate(_NO_MARKS)
    return entry_record(hit.entry) | {"score": hit.score, "passage": passage, "why": hit.why}


def thread_record(thread: Thread) -> Record:
    """A thread."""
    return {
        "handle": thread.handle,
        "id": uuid_text(thread.id),
        "project": thread.project,
        "title": thread.title,
        "named": thread.named,
        "entries": thread.entries,
        "created": _time(thread.created),
        "used": _time(thread.used),
        "archived": thread.archived,
    }


def project_record(project: Project) -> Record:
    """A project."""
    return {
        "name": project.name,
        "id": uuid_text(project.id),
        "entries": project.entries,
        "threads": project.threads,
        "private": project.private,
        "archived": project.archived,
        "brief": project.brief,
    }


def receipt_rows(rows: Iterable[ReceiptRow]) -> list[Record]:
    """A receipt, one object for each row."""
    return [
        {
            "handle": row.handle,
            "ref": row.ref,
            "kind": row.kind,
            "reason": str(row.reason),
            "why": row.why,
            "score": row.score,
            "tokens": row.tokens,
            "excerpt": row.excerpt,
        }
        for row in rows
    ]


def stats_record(by: str, row: Spent) -> Record:
    """What one project, thread, model, month or day has, as *by* says."""
    return {
        "by": by,
        "name": row.name,
        "title": row.title or None,
        "entries": row.entries,
        "answers": row.answers,
        "tokens_in": row.tokens_in,
        "tokens_out": row.tokens_out,
        "cost": round(row.cost, 6) if row.priced or row.cost else None,
        "priced": row.priced,
    }


def context_record(context: Context) -> Record:
    """What is sent to a model, and why."""
    # A list of entries needs nothing of turns, which load hashlib and more.
    from ledgernote.domain.turns import as_sent

    return {
        "model": context.model,
        "budget": context.budget,
        "tokens": context.tokens,
        "messages": as_sent(context.messages),
        "receipt": receipt_rows(context.receipt),
        "left_out": [{"handle": left.handle, "why": left.why} for left in context.left_out],
        "left_out_count": context.left_out_count,
        "digest": context.digest,
        "withheld": context.withheld,
        "no_consent": {row.source: row.entries for row in context.no_consent},
    }


def ask_record(kept: Kept) -> Record:
    """One answered turn; handles are null where nothing was kept."""
    entry = kept.answer or kept.question
    return {
        "question": kept.question.handle if kept.question else None,
        "answer": kept.answer.handle if kept.answer else None,
        "thread": entry.thread if entry else None,
        "text": kept.text,
        "status": str(kept.status),
        "model": kept.context.model,
        "served_model": kept.usage.served_model,
        "tokens_in": kept.usage.tokens_in,
        "tokens_out": kept.usage.tokens_out,
        "usage_source": kept.usage.source,
        "cost": kept.usage.cost,
        "digest": kept.context.digest,
        "receipt": receipt_rows(kept.context.receipt),
        "citations": citation_rows(kept.citations),
        "withheld": kept.context.withheld,
        "no_consent": {row.source: row.entries for row in kept.context.no_consent},
        "tokens_cached": kept.usage.tokens_cached,
        "finish": kept.usage.finish,
        "error": str(kept.error) if isinstance(kept.error, Exception) else None,
    }


def citation_rows(citations: Iterable[Citation]) -> list[Record]:
    """Citations, in the order of the answer."""
    return [
        {"start": one.start, "end": one.end, "handle": one.handle, "verdict": one.verdict}
        for one in citations
    ]
