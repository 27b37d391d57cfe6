"""A turn as it is seen: in a pipe, and on an emulated terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pyte
import pytest
from render.made import NOW, Heard, context, kept, row

from ledgernote.domain.entries import Status
from ledgernote.domain.turns import Asked, Replayed, Said, TurnEvent
from ledgernote.render.live import Live
from ledgernote.render.markdown import painted
from ledgernote.render.stream import paint

ANSWER = (
    "# Yes\n\nHalf of **it**:\n\n1. one\n2. two\n\n```py\nx = 1\n\ny = 2\n```\n\nDone \x1b[2J.\n"
)


class Screen:
    """A terminal of *columns* by *lines* with all that scrolled off its top."""

    def __init__(self, columns: int, lines: int) -> None:
        self.size = (columns, lines)
        self.screen = pyte.HistoryScreen(columns, lines, history=10_000)
        self.screen.set_mode(pyte.modes.LNM)
        self._stream = pyte.Stream(self.screen)

    def write(self, text: str) -> None:
        self._stream.feed(text)

    def text(self) -> str:
        columns = range(self.size[0])
        past = ["".join(line[x].data for x in columns) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in (*past, *self.screen.display)).rstrip()


class OnScreen(Heard):
    """An output at a terminal of a given size."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(tty=True)
        self.screen = Screen(columns, lines)

    def size(self) -> tuple[int, int]:
        return self.screen.size

    def piece(self, text: str, *, flush: bool = False) -> None:
        self.screen.write(text)


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def turn(text: str, step: int = 3, **ending: object) -> Iterator[TurnEvent]:
    question = kept().question
    assert question
    yield Asked(question=question, material=())
    yield Replayed(context=context(row()))
    yield from (Said(text=text[at : at + step]) for at in range(0, len(text), step))
    yield kept(text, **ending)


@pytest.mark.parametrize("markdown", [True, False])
def test_a_pipe_gets_the_answer_alone_and_untouched(markdown: bool) -> None:
    out = Heard()

    ended = paint(turn(ANSWER), out, markdown=markdown, now=NOW)

    assert out.data_written.decode() == ANSWER
    assert out.said.startswith("recalled 1 ")
    assert out.said.splitlines()[-1].startswith("gpt · 1.2k in, 210 out")
    assert ended
    assert ended.text == ANSWER


def test_every_piece_reaches_the_pipe_at_once() -> None:
    out, seen = Heard(), []

    def events() -> Iterator[TurnEvent]:
        for event in turn("abc", step=1):
            seen.append(out.stdout.buffer.getvalue())  # type: ignore[attr-defined]
            yield event

    paint(events(), out, markdown=False, now=NOW)

    assert seen[-1] == b"abc"
    assert b"a" in seen


def test_a_plain_terminal_gets_pieces_made_safe() -> None:
    out = Heard(tty=True)

    paint(turn("a\r\n\x1b[2Jb"), out, markdown=False, now=NOW)

    assert out.data_written == b"a\n\\x1b[2Jb\n"


@pytest.mark.parametrize("size", [(80, 24), (40, 24), (30, 5)])
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_streaming_leaves_what_one_rendering_gives(size: tuple[int, int], step: int) -> None:
    out = OnScreen(*size)
    text = ANSWER + "\n- " + "\n- ".join(f"item {number}" for number in range(40))

    paint(turn(text, step), out, markdown=True, now=NOW)

    whole = Screen(size[0], 400)
    whole.write(painted(text, width=size[0], color=False))
    assert out.screen.text() == whole.text()


def test_an_answer_cut_short_keeps_the_cursor_below_it() -> None:
    out = OnScreen(40, 10)

    paint(turn("Half of", status=Status.INTERRUPTED), out, markdown=True, now=NOW)

    assert out.screen.text() == "Half of"
    assert out.screen.screen.cursor.x == 0
    assert "interrupted: half kept as w2c4d" in out.said


def test_what_was_said_stays_when_the_turn_breaks() -> None:
    out = OnScreen(40, 10)

    def broken() -> Iterator[TurnEvent]:
        yield Said(text="Half **of")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        paint(broken(), out, markdown=True, now=NOW)

    assert out.screen.text() == "Half **of"


def test_repainting_writes_only_what_changed() -> None:
    written: list[str] = []
    live = Live(written.append, lambda: (80, 24))

    live.show(["one", "two"])
    live.show(["one", "two", "three"])
    live.show(["one", "two", "three"])

    assert len(written) == 2
    assert "one" not in written[1]


def test_a_block_taller_than_the_screen_stands_in_the_history_once() -> None:
    screen = Screen(20, 5)
    live = Live(screen.write, lambda: screen.size)
    lines = [f"line {number}" for number in range(30)]

    for count in range(1, 31):
        live.show(lines[:count])
    live.settle(lines)

    assert screen.text() == "\n".join(lines)


def test_lists_load_nothing_of_turns() -> None:
    code = (
        "import sys, ledgernote.render.views, ledgernote.render.records, ledgernote.render.output\n"
        "print('hashlib' in sys.modules, 'ledgernote.domain.turns' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False False\n"


def test_reading_and_listing_never_load_rich() -> None:
    code = (
        "import sys, ledgernote.render.views, ledgernote.render.receipts, ledgernote.render.output,"
        "ledgernote.render.records, ledgernote.render.stream\n"
        "heavy = {'rich', 'markdown_it', 'pygments', 'asyncio', 'typing_extensions'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )

    assert done.stdout == "[]\n"
