"""The door to rich: Markdown as lines for a terminal. Imported only where that pays."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markdown import Markdown

from ledgernote.render.blocks import Blocks, grammar
from ledgernote.render.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token


class _Words(Markdown):
    """Markdown in our grammar, its words made visible once more after parsing.

    The parser turns `&#x202e;` into the character, so that text made safe before is not
    safe any more behind it.
    """

    def __init__(self, text: str) -> None:
        # Addresses stand beside their words: what a link hides cannot be traced.
        super().__init__("", code_theme="ansi_dark", hyperlinks=False)
        self.parsed = grammar().parse(text)
        _disarm(self.parsed)


def _disarm(tokens: Iterable[Token]) -> None:
    for token in tokens:
        token.content = visible(token.content)
        _disarm(token.children or ())


# What comes before a block decides about the blank line above it, so each is rendered below
# a stand-in for the last one, whose lines are then dropped.
_FIRST, _BELOW, _BELOW_RULE = ("", 0), ("x\n\n", 1), ("---\n\n", 2)


class Renderer:
    """Turns blocks, one after the other, into the lines that one rendering would have given."""

    def __init__(self, width: int, *, color: bool) -> None:
        self.width = width
        self._color = color
        self._above = _FIRST
        self._console = self._fresh(width)

    def _fresh(self, width: int) -> Console:
        return Console(
            file=io.StringIO(),
            force_terminal=True,
            width=width,
            height=1000,
            no_color=not self._color,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    def resize(self, width: int) -> None:
        """Render what comes next for another width."""
        if width != self.width:
            self.width, self._console = width, self._fresh(width)

    def lines(self, text: str, *, final: bool) -> list[str]:
        """The lines of a block; only a *final* one counts for what follows it."""
        if not text.strip():
            return []
        stand_in, drop = self._above
        words = _Words(stand_in + text)
        with self._console.capture() as capture:
            self._console.print(words)
        lines = [line.rstrip() for line in capture.get().split("\n")[drop:-1]]
        if self._above is _FIRST and not lines[0]:
            del lines[0]  # a list or quote comes with a blank line above it
        if final:
            self._above = _BELOW_RULE if words.parsed[-1].type == "hr" else _BELOW
        return lines


def painted(text: str, *, width: int, color: bool) -> str:
    """A whole text as `show` prints it; the same lines as when it streamed."""
    renderer, blocks = Renderer(width, color=color), Blocks()
    finished = [*blocks.feed(text), *blocks.end()]
    return "\n".join(line for block in finished for line in renderer.lines(block, final=True))
