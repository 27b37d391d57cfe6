"""Values for the tests of this folder, with as few words as they need."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper

from ledgernote.domain.entries import Entry, EntryId, EventId, Kind, Status
from ledgernote.domain.turns import Context, Kept, Message, Reason, ReceiptRow, Usage
from ledgernote.render.look import Look
from ledgernote.render.output import Output

NOW = datetime(2026, 9, 7, 22, 30, tzinfo=UTC)
JUNE = datetime(2026, 6, 12, 2, 31, tzinfo=UTC)
PIPE = Look(now=NOW, zone=UTC)


def screen(width: int = 80, *, color: bool = False) -> Look:
    return Look(now=NOW, zone=UTC, width=width, color=color, me="ann")


def entry(text: str = "no cut before Sept, 5.25", **fields: object) -> Entry:
    given: dict[str, object] = {
        "id": EntryId(bytes(range(16))),
        "handle": "k3f9a",
        "kind": Kind.NOTE,
        "project": "fed",
        "thread": "t4h2d",
        "thread_title": "rates-thesis",
        "title": None,
        "text": text,
        "size": len(text),
        "actor": "ann",
        "created": JUNE,
        "revision": EventId(bytes(16)),
        "order": (0, 0, b"", 0),
    }
    return Entry(**(given | fields))  # type: ignore[arg-type]


def row(handle: str = "k3f9a", **fields: object) -> ReceiptRow:
    given: dict[str, object] = {
        "entry": EntryId(bytes(16)),
        "handle": handle,
        "ref": None,
        "kind": "note",
        "who": "ann",
        "created": JUNE.isoformat(),
        "reason": Reason.MATCH,
        "why": "words: cut",
        "score": 0.5,
        "tokens": 21,
        "excerpt": None,
        "text": "no cut before Sept, 5.25",
        "revision": EventId(bytes(16)),
    }
    return ReceiptRow(**(given | fields))  # type: ignore[arg-type]


def context(*rows: ReceiptRow, **fields: object) -> Context:
    given: dict[str, object] = {
        "model": "openai/gpt",
        "budget": 16_000,
        "tokens": 9_400,
        "messages": (Message(role="user", content="is it?"),),
        "receipt": rows,
        "left_out": (),
        "left_out_count": 0,
    }
    return Context(**(given | fields))  # type: ignore[arg-type]


def kept(text: str = "Half of it.", **fields: object) -> Kept:
    given: dict[str, object] = {
        "question": entry("is it?", handle="q81mm", kind=Kind.QUESTION),
        "answer": entry(text, handle="w2c4d", kind=Kind.ANSWER, actor="openai/gpt"),
        "text": text,
        "status": Status.COMPLETE,
        "usage": Usage(tokens_in=1_200, tokens_out=210, cost=0.014, source="provider"),
        "context": context(),
    }
    return Kept(**(given | fields))  # type: ignore[arg-type]


class Stream(TextIOWrapper):
    """A stream in memory that may claim to be a terminal."""

    def __init__(self, *, tty: bool = False) -> None:
        super().__init__(BytesIO(), encoding="utf-8", newline="\n")
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def written(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, BytesIO)
        return self.buffer.getvalue()


class Heard(Output):
    """An output whose streams can be read afterwards."""

    def __init__(self, *, tty: bool = False, **how: bool) -> None:
        self.stdout, self.stderr = Stream(tty=tty), Stream(tty=tty)
        super().__init__(streams=(self.stdout, self.stderr), **how)

    @property
    def data_written(self) -> bytes:
        return self.stdout.written()

    @property
    def said(self) -> str:
        return self.stderr.written().decode()
