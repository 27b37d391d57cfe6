"""Benchmark sets in one neutral form, and how they come into a notebook.

`NAME.turns.jsonl` holds a turn a line, in the order of time:
`{"conv","turn","id","session","date","speaker","text"}`; ids are unique within `conv`.
`NAME.queries.jsonl` holds a question a line:
`{"conv","qid","category_name","question","evidence":[ids of turns]}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

KINDS = {"user": "question", "assistant": "answer"}
"""What a speaker's turns are; anybody else is a person, whose turns are notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of a set, and the turns that hold its answer."""

    conv: str
    category: str
    text: str
    evidence: tuple[str, ...]


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
        )
        for row in _rows(folder / f"{name}.queries.jsonl")
    )
    turns = tuple(_rows(folder / f"{name}.turns.jsonl"))
    return BenchmarkSet(name=name, turns=turns, questions=tuple(questions))


def first(one: BenchmarkSet, number: int | None) -> BenchmarkSet:
    """The set with only the first *number* of its questions; None leaves all."""
    return one if number is None else replace(one, questions=one.questions[:number])


def entries(turns: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Turns as the entries that `import jsonl` takes.

    A conversation is a project and a session is a thread of it; `ref` is the turn's id.
    """
    for turn in turns:
        kind = KINDS.get(turn["speaker"], "note")
        writer = {"note": {"actor": turn["speaker"]}, "answer": {"model": turn["speaker"]}}
        yield {
            "kind": kind,
            "text": turn["text"],
            "project": turn["conv"],
            "thread": f"session {turn['session']}",
            "created": turn["date"],
            "ref": turn["id"],
            **writer.get(kind, {}),
        }


def lines(turns: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Turns as the lines of a file for `import jsonl`."""
    for entry in entries(turns):
        yield json.dumps(entry).encode() + b"\n"
