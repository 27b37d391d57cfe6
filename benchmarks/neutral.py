"""Benchmark sets in one neutral form, and how they come into a notebook.

`NAME.turns.jsonl` holds a turn a line, in the order of time:
`{"conv","turn","id","session","date","speaker","text"}`; ids are unique within `conv`. A turn
without `session` stands in no thread. It may have a `kind`, else told by its speaker, and `tags`,
`pinned` and `supersedes` (the id of a turn) as `import jsonl` takes them.
`NAME.queries.jsonl` holds a question a line:
`{"conv","qid","category_name","question","evidence":[ids of turns]}`, and if need be `session`, in
whose thread it is asked, and `asked`, when.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

KINDS = {"user": "question", "assistant": "answer"}
"""What a speaker's turns are; anybody else is a person, whose turns are notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of a set, and the turns that hold its answer."""

    conv: str
    category: str
    text: str
    evidence: tuple[str, ...]
    thread: str | None = None
    """Where it is asked; in a new thread else."""
    moment: datetime | None = None
    """When it is asked; now else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkSet:
    """One set: the turns of its conversations, and what is asked about them."""

    name: str
    turns: tuple[dict[str, Any], ...]
    questions: tuple[Asked, ...]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def names(folder: Path) -> list[str]:
    """The sets that lie in a folder."""
    found = (path.name.removesuffix(".turns.jsonl") for path in folder.glob("*.turns.jsonl"))
    return sorted(name for name in found if (folder / f"{name}.queries.jsonl").exists())


def load(folder: Path, name: str) -> BenchmarkSet:
    """The set *name* of *folder*."""
    questions = (
        Asked(
            conv=row["conv"],
            category=row["category_name"],
            text=row["question"],
            evidence=tuple(dict.fromkeys(row["evidence"])),
            thread=_thread(row.get("session")),
            moment=_moment(row.get("asked")),
        )
        for row in _rows(folder / f"{name}.queries.jsonl")
    )
    turns = tuple(_rows(folder / f"{name}.turns.jsonl"))
    return BenchmarkSet(name=name, turns=turns, questions=tuple(questions))


def _thread(session: object) -> str | None:
    return None if session is None else f"session {session}"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def alone(one: BenchmarkSet) -> BenchmarkSet:
    """The set with each question asked in a new thread."""
    return replace(one, questions=tuple(replace(asked, thread=None) for asked in one.questions))


def astray(one: BenchmarkSet) -> BenchmarkSet:
    """The set with each question asked in the last talk that holds nothing of its evidence."""
    threads: dict[str, dict[str, set[str]]] = {}
    for turn in one.turns:
        if (name := _thread(turn.get("session"))) is not None:
            threads.setdefault(turn["conv"], {}).setdefault(name, set()).add(turn["id"])
    questions = []
    for asked in one.questions:
        others = [
            name
            for name, ids in threads.get(asked.conv, {}).items()
            if ids.isdisjoint(asked.evidence)
        ]
        questions.append(replace(asked, thread=others[-1] if others else None))
    return replace(one, questions=tuple(questions))


def first(one: BenchmarkSet, number: int | None) -> BenchmarkSet:
    """The set with only the first *number* of its questions; None leaves all."""
    return one if number is None else replace(one, questions=one.questions[:number])


def entries(turns: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Turns as the entries that `import jsonl` takes.

    A conversation is a project and a session is a thread of it; `ref` is the turn's id. The ids
    are made of these, so that handles are the same in every run.
    """
    for turn in turns:
        speaker, replaced = turn["speaker"], turn.get("supersedes")
        kind = turn.get("kind") or KINDS.get(speaker, "note")
        writer = {"answer": {"model": speaker}}.get(kind, {"actor": speaker})
        yield {
            "id": _id(turn["conv"], turn["id"]),
            "kind": kind,
            "text": turn["text"],
            "project": turn["conv"],
            "thread": _thread(turn.get("session")),
            "created": turn["date"],
            "ref": turn["id"],
            "tags": turn.get("tags", []),
            "pinned": turn.get("pinned"),
            "supersedes": replaced and _id(turn["conv"], replaced),
            **({} if speaker in KINDS and kind != "answer" else writer),
        }


def _id(conv: str, turn: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{conv} {turn}"))


def lines(turns: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Turns as the lines of a file for `import jsonl`."""
    for entry in entries(turns):
        yield json.dumps(entry).encode() + b"\n"
