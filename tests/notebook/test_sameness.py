"""The same entries and the same question give the same context, however they came in."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from notebook.hands import NOON, Scripted

from ledgernote.config import Settings
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.transfer import import_lines
from ledgernote.notebook.turn import Question, preview

WORDS = "rates payrolls print cut September gilts services yields curve supply auction".split()  # noqa: SIM905
QUESTIONS = (
    "what did we say about rates and the cut?",
    "when did yields follow the auction?",
    "give me a plan for gilts",
)


def talk() -> list[bytes]:
    """Lines of six threads and some notes, many of them alike."""
    drawn = random.Random(5)
    rows: list[dict[str, Any]] = []
    for place in range(60):
        thread, turn = divmod(place, 10)
        rows.append(
            {
                "id": str(UUID(int=drawn.getrandbits(128), version=4)),
                "kind": ("question", "answer", "note")[turn % 3],
                "text": f"{' '.join(drawn.choices(WORDS, k=5))}, number {place}",
                "created": (NOON + timedelta(minutes=place)).isoformat(),
                "thread": f"talk {thread}" if thread else None,
                "model": "a/model" if turn % 3 == 1 else None,
            }
        )
    return [json.dumps({k: v for k, v in row.items() if v}).encode() for row in rows]


def digests(notebook: Notebook) -> list[str]:
    return [preview(notebook, Question(text=text), Scripted()).digest for text in QUESTIONS]


@pytest.fixture
def opened(settings: Settings, tmp_path: Path) -> Iterator[Notebook]:
    """A second notebook."""
    other = replace(settings, ledger=tmp_path / "other.db", state=tmp_path / "elsewhere")
    notebook = Notebook.open(other, create=True, say=lambda _: None)
    yield notebook
    notebook.close()


def again_and_again(notebook: Notebook, times: int) -> Sequence[list[str]]:
    import_lines(notebook, talk())
    return [digests(notebook) for _ in range(times)]


def test_a_question_has_the_same_digest_each_time(notebook: Notebook) -> None:
    found = again_and_again(notebook, 5)

    assert all(each == found[0] for each in found)
    assert len(set(found[0])) == len(QUESTIONS)


@pytest.mark.slow
def test_a_question_has_the_same_digest_a_thousand_times(notebook: Notebook) -> None:
    import_lines(notebook, talk())
    asked = Question(text=QUESTIONS[0])

    assert len({preview(notebook, asked, Scripted()).digest for _ in range(1_000)}) == 1


def test_a_rebuild_leaves_every_digest(notebook: Notebook) -> None:
    before = again_and_again(notebook, 1)[0]

    notebook.rebuild()

    assert digests(notebook) == before


def test_the_order_in_which_entries_came_in_moves_no_digest(
    notebook: Notebook, opened: Notebook
) -> None:
    lines = talk()
    import_lines(notebook, lines)
    random.Random(1).shuffle(lines)
    for start in range(0, len(lines), 7):
        import_lines(opened, lines[start : start + 7])

    assert digests(opened) == digests(notebook)


def test_what_stands_in_another_project_brings_nothing_into_a_context(
    notebook: Notebook,
) -> None:
    import_lines(notebook, talk())
    before = preview(notebook, Question(text=QUESTIONS[0]), Scripted())
    others = [json.loads(line) | {"project": "other"} for line in talk()]
    import_lines(notebook, [json.dumps(row | {"id": None}).encode() for row in others])

    after = preview(notebook, Question(text=QUESTIONS[0]), Scripted())

    assert {row.handle for row in after.receipt} == {row.handle for row in before.receipt}
