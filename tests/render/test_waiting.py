"""What stands on the screen as long as no word of an answer has come."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from render.made import NOW, Heard, context, kept, row

from ledgernote.domain.turns import Replayed, Said, TurnEvent
from ledgernote.render.escape import cells
from ledgernote.render.stream import paint


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


class Narrow(Heard):
    """A screen of forty columns."""

    def size(self) -> tuple[int, int]:
        return 40, 24


def thinking(*thoughts: str, seconds: float) -> Iterator[TurnEvent]:
    yield Replayed(context=context(row()))
    for thought in thoughts:
        yield Said(text="", reasoning=thought)
    time.sleep(seconds)
    yield Said(text="Yes.")
    yield kept("Yes.")


def test_what_a_model_thinks_is_folded_into_one_line() -> None:
    out = Narrow(tty=True)

    paint(thinking("First the dots. ", "Then rates. ", seconds=0.6), out, markdown=False, now=NOW)

    signs = [part for part in out.said.split("\r\x1b[2K") if "thinking" in part]
    assert "rates." in signs[-1]
    assert all(cells(sign.rpartition("\n")[2]) < 40 for sign in signs)
    assert re.search(r"thought \d\.\d s, 6 words: First the…", " ".join(out.said.split()))


def test_a_pipe_gets_nothing_of_it() -> None:
    out = Heard()

    paint(thinking("First the dots.", seconds=0.3), out, markdown=False, now=NOW)

    assert "thought" not in out.said
    assert out.data_written == b"Yes.\n"
