"""Paints the events of a turn as they come. Reads them only; the turn itself goes on elsewhere.

The answer goes to stdout, all else to stderr. At a terminal finished Markdown blocks are
printed for good and only the open one is repainted, so that an answer costs time in
proportion to its length. Whoever drives the turn closes its events.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from ledgernote.domain.turns import Kept, Replayed, Said, TurnEvent
from ledgernote.render.escape import Pieces, one_line
from ledgernote.render.output import Output
from ledgernote.render.receipts import cut_line, receipt_view, usage_line
from ledgernote.render.records import ask_record

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_SHARE = 4
"""A repaint of the open block may take one part in five of the time."""


def paint(
    events: Iterable[TurnEvent],
    out: Output,
    *,
    markdown: bool,
    now: datetime,
    me: str = "",
) -> Kept | None:
    """Show a turn; give back how it ended, None when the events stop before.

    *markdown* counts only at a terminal that can move its cursor; as JSON the turn is one object
    at its end. Errors are the caller's
    to tell: `Kept.error` is not shown here.
    """
    look = out.look(now=now, me=me, talk=True)
    started, kept = time.monotonic(), None
    answer: Answer = _answer(out, markdown=markdown)
    waiting = Waiting(out)
    try:
        for event in events:
            if isinstance(event, Replayed):
                waiting.stop()
                out.talk(receipt_view(event.context, look))
                waiting.start(event.context.model)
            elif isinstance(event, Said):
                if event.text:
                    waiting.stop()
                    answer.add(event.text)
                elif event.reasoning:
                    waiting.thinking()
            elif isinstance(event, Kept):
                kept = event
    finally:
        # Also when it is cut short: the cursor must stand below what was said.
        waiting.stop()
        answer.end()
    if kept:
        _close(kept, out, time.monotonic() - started)
    return kept


def _answer(out: Output, *, markdown: bool) -> Answer:
    if out.json:
        return NoAnswer()
    return MarkdownAnswer(out) if markdown and out.moves else PlainAnswer(out)


def _close(kept: Kept, out: Output, seconds: float) -> None:
    if out.json:
        out.record(ask_record(kept), flush=True)
    cut = cut_line(kept)
    if cut:
        out.say(cut)
    line = usage_line(kept, seconds=seconds)
    out.talk(f"\x1b[2m{line}\x1b[0m" if out.talk_color else line)


class Answer(Protocol):
    """Puts the words of an answer on stdout."""

    def add(self, piece: str) -> None:
        """Show the next piece."""

    def end(self) -> None:
        """Nothing more comes."""


class NoAnswer:
    """Its words stand in the record of the whole turn."""

    def add(self, piece: str) -> None:
        """Nothing is shown yet."""

    def end(self) -> None:
        """Nothing was shown."""


class PlainAnswer:
    """Pieces as they come: untouched into a pipe, made visible at a terminal."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._pieces = Pieces() if out.tty else None
        self._last = ""

    def add(self, piece: str) -> None:
        self._put(self._pieces.feed(piece) if self._pieces else piece)

    def end(self) -> None:
        if self._pieces:
            self._put(self._pieces.end())
        if self._last and self._last != "\n":
            self._put("\n")

    def _put(self, text: str) -> None:
        if text:
            self._last = text[-1]
            self._out.piece(text, flush=True)


class MarkdownAnswer:
    """Finished blocks for good, the open one repainted as often as it can be afforded."""

    def __init__(self, out: Output, clock: Callable[[], float] = time.monotonic) -> None:
        from ledgernote.render.blocks import Blocks
        from ledgernote.render.live import Live
        from ledgernote.render.markdown import Renderer

        self._size = out.size
        self._clock = clock
        self._blocks = Blocks()
        self._live = Live(lambda text: out.piece(text, flush=True), out.size)
        self._renderer = Renderer(out.size()[0], color=out.color)
        self._next = 0.0
        """Not before then is the open block painted again."""

    def add(self, piece: str) -> None:
        for block in self._blocks.feed(piece):
            self._settle(block)
        begun = self._clock()
        if begun >= self._next:
            self._renderer.resize(self._size()[0])
            self._live.show(self._renderer.lines(self._blocks.open, final=False))
            done = self._clock()
            self._next = done + _SHARE * (done - begun)

    def end(self) -> None:
        for block in self._blocks.end():
            self._settle(block)

    def _settle(self, block: str) -> None:
        self._renderer.resize(self._size()[0])
        self._live.settle(self._renderer.lines(block, final=True))
        self._next = 0.0


class Waiting:
    """A moving sign and the seconds, at a terminal, as long as no word has come."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._doing = ""

    def start(self, model: str) -> None:
        """Begin to count."""
        if not self._out.talk_moves or self._out.quiet:
            return
        self._doing = one_line(model.rpartition("/")[2], 20)
        self._over.clear()
        self._thread = threading.Thread(target=self._turn, daemon=True)
        self._thread.start()

    def thinking(self) -> None:
        """The model is at work although nothing can be shown."""
        if self._thread and not self._doing.endswith("thinking"):
            self._doing += " is thinking"

    def stop(self) -> None:
        """Take the sign away; nothing when there is none."""
        if self._thread:
            self._over.set()
            self._thread.join()
            self._thread = None
            self._out.status("")

    def _turn(self) -> None:
        begun, tick = time.monotonic(), 0
        # An answer that comes at once needs no sign.
        while not self._over.wait(0.1 if tick else 0.25):
            seconds = time.monotonic() - begun
            frame = _FRAMES[tick % len(_FRAMES)]
            self._out.status(f"{frame} {self._doing} · {seconds:.1f} s")
            tick += 1
