"""Real text in any amount: what stands in the documentation of this machine, cut into notes.

python benchmarks/corpus.py FILE    words to look for in a file of such notes, as JSON
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

PLACES = ("/usr/share/doc", "/usr/share/perl", "/usr/share/common-licenses", "/usr/share/info")
LENGTH = 400
"""Characters of a note, about."""
LARGEST = 150_000
"""Characters of one file that are read: one long changelog must not be all there is."""
THREAD = 20
"""Entries of a thread."""
STEP = 137
"""Characters further on that each round through the files begins to cut."""
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def _files(corpus: Path | None) -> Iterator[Path]:
    if corpus is not None and not corpus.is_dir():
        yield corpus
        return
    for place in (corpus,) if corpus is not None else map(Path, PLACES):
        yield from sorted(path for path in place.rglob("*") if path.is_file())


def _read(path: Path, limit: int | None) -> str:
    """A file as text; nothing when it is none."""
    opened = gzip.open if path.suffix == ".gz" else Path.open
    try:
        with opened(path, "rb") as file:
            raw = file.read(-1 if limit is None else limit)
    except (OSError, EOFError):
        return ""
    return "" if b"\0" in raw[:4096] else raw.decode("utf-8", "replace")


def _cut(text: str, shift: int) -> Iterator[str]:
    """Consecutive sentences or lines, about `LENGTH` characters at a time."""
    held = ""
    for piece in re.split(r"(?<=[.!?])\s+|\n\s*\n", text[shift:]):
        held = f"{held} {piece.strip()}" if held else piece.strip()
        if len(held) >= LENGTH:
            yield held[: 2 * LENGTH]
            held = ""


def texts(corpus: Path | None = None) -> Iterator[str]:
    """Notes without end: after the last file the first again, cut at other places."""
    for again in count():
        notes = 0
        for path in _files(corpus):
            for note in _cut(_read(path, None if corpus else LARGEST), again * STEP):
                notes += 1
                yield note
        if not notes:
            raise SystemExit("there is no text here; name a file with --corpus")


def lines(number: int, corpus: Path | None = None) -> Iterator[bytes]:
    """So many notes as `import jsonl` takes them, a minute apart."""
    for place, text in enumerate(islice(texts(corpus), number)):
        created = (BEGIN + timedelta(minutes=place)).isoformat()
        yield json.dumps({"kind": "note", "text": text, "created": created}).encode() + b"\n"


def talks(number: int, corpus: Path | None = None) -> Iterator[bytes]:
    """So many entries as `import jsonl` takes them: what follows one another is a thread.

    Of three threads one is a user with an assistant, one two people, and one are notes in none;
    one in a hundred threads is of the project `small`.
    """
    rows = islice(texts(corpus), number)
    for place, text in enumerate(rows):
        thread, turn = divmod(place, THREAD)
        manner = thread % 3
        entry = {
            "kind": ("question", "answer")[turn % 2] if manner == 0 else "note",
            "text": text,
            "created": (BEGIN + timedelta(minutes=place)).isoformat(),
            "project": "small" if thread % 100 == 99 else "large",
        }
        if manner < 2:
            entry["thread"] = f"talk {thread}"
        if manner == 0 and turn % 2:
            entry["model"] = "a model"
        if manner == 1:
            entry["actor"] = ("Ann", "Bo")[turn % 2]
        yield json.dumps(entry).encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What to look for, and in how many notes it stands."""

    rare: str
    common: str
    two: str
    counts: dict[str, int]


def words(notes: Iterable[str]) -> Words:
    """A rare word, the most common one, and two that often stand together."""
    number, seen = 0, Counter[str]()
    kept: list[set[str]] = []
    for text in notes:
        number += 1
        found = set(re.findall(r"[a-z]{5,12}", text.lower()))
        seen.update(found)
        kept.append(found)
    common = max(seen, key=lambda word: (seen[word], word))
    middle = sorted(word for word in seen if number // 100 < seen[word] < number // 20)
    pairs = Counter(
        (one, other)
        for found in kept[:: max(1, number // 2000)]
        for one in found & set(middle[::7])
        for other in found & set(middle[3::7])
    )
    one, other = max(pairs, key=lambda pair: (pairs[pair], pair)) if pairs else (common, common)
    rare = min((word for word in seen if 3 <= seen[word] <= 9), default=common)
    both = sum(one in found and other in found for found in kept)
    two = f"{one} {other}"
    counts = {rare: seen[rare], common: seen[common], two: both}
    return Words(rare=rare, common=common, two=two, counts=counts)


def notes(file: Path) -> Iterator[str]:
    """The texts of a file that `lines` has filled."""
    with file.open("rb") as every:
        for line in every:
            yield json.loads(line)["text"]


if __name__ == "__main__":
    print(json.dumps(asdict(words(notes(Path(sys.argv[1]))))))
