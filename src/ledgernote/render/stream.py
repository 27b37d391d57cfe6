"""Paints the events of a turn as they come. Reads them only; the turn itself goes on elsewhere.

The answer goes to stdout, all else to stderr. At a terminal finished Markdown blocks are
printed for good and only the open one is repainted, so that an answer costs time in
proportion to its length. Whoever drives the turn closes its events.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from ledgernote.domain.turns import Kept, Replayed, Retry, Said, TurnEvent
from ledgernote.render.ended import REST, cut_line, usage_line
from ledgernote.render.escape import Pieces
from ledgernote.render.output import Output
from ledgernote.render.receipts import receipt_view
from ledgernote.render.records import ask_record
from ledgernote.render.waiting import Waiting
from ledgernote.render.wrap import wrapped

_SHARE = 4
"""A repaint of the open block may take one part in five of the time."""


def paint(
    events: Iterable[TurnEvent],
    out: Output,
    *,
    markdown: bool,
    now: datetime,
    me: str = "",
    goes_on: str = REST,
) -> Kept | None:
    """Show a turn; give back how it ended, None when the events stop before.

    *markdown* counts only at a terminal that can move its cursor; as JSON the turn is one object
    at its end. Errors are the caller's
    to tell: `Kept.error` is not shown here. *goes_on* is as in `cut_line`.
    """
    look = out.look(now=now, me=me, talk=True)
    started, first, kept = time.monotonic(), None, None
    answer: Answer = _answer(out, markdown=markdown)
    waiting = Waiting(out)
    try:
        for event in events:
            if isinstance(event, Replayed):
                waiting.stop()
                out.talk(receipt_view(event.context, look))
                waiting.start(event.context.model)
            elif isinstance(event, Retry):
                waiting.retry(event)
            elif isinstance(event, Said):
                first = first or time.monotonic() - started
                if event.text:
                    waiting.stop()
                    answer.add(event.text)
                elif event.reasoning:
                    waiting.think(event.reasoning)
            elif isinstance(event, Kept):
                kept = event
    finally:
        # Also when it is cut short: the cursor must stand below what was said.
        waiting.stop()
        answer.end()
    if kept:
        _close(kept, out, (first, time.monotonic() - started), cut_line(kept, goes_on))
    return kept


def _answer(out: Output, *, markdown: bool) -> Answer:
    if out.json:
        return NoAnswer()
    return MarkdownAnswer(out) if markdown and out.moves else PlainAnswer(out)


def _close(kept: Kept, out: Output, times: tuple[float | None, float], cut: str) -> None:
    if out.json:
        out.record(ask_record(kept), flush=True)
    if cut:
        out.say(cut)
    line = usage_line(kept, first=times[0], seconds=times[1])
    width = out.size()[0] if out.talk_tty else None
    for each in wrapped(line, width, "  ").split("\n"):
        out.talk(f"\x1b[2m{each}\x1b[0m" if out.talk_color else each)


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
