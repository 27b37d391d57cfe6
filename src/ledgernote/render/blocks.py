"""Cuts Markdown that is still arriving into blocks that no later text can change.

The lines propose a cut (a blank line, then text at the margin, outside fences and lists);
the parser decides. A block may hold several elements; it never holds part of one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ledgernote.render.escape import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)")
_ITEM = re.compile(r"([-+*]|\d{1,9}[.)])([ \t]|$)")


@cache
def grammar() -> MarkdownIt:
    """CommonMark with tables, and without what would hide words of an answer.

    Raw HTML and link definitions are left as text: rendering them as nothing would cut an
    answer silently, and a definition below would change a block above it.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
    return parser.disable("reference")


@cache
def _skeleton() -> MarkdownIt:
    """The same grammar for blocks alone, which is all that a cut depends on."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.disable(["reference", "inline"])


class Blocks:
    """Feed pieces of any size; get back finished blocks, made visible, in order.

    All blocks joined are `visible` of all text fed, wherever the pieces were cut.
    """

    def __init__(self) -> None:
        self._partial: list[str] = []
        """The last line, as long as it has no end."""
        self._fence = ""
        self._clear()

    def _clear(self) -> None:
        self._lines: list[str] = []
        self._list = False
        self._refused = 0
        """Lines at the last proposal that the parser turned down."""

    @property
    def open(self) -> str:
        """The block that may still change."""
        # What the next piece may complete is not shown as a fragment.
        partial = "".join(self._partial).rstrip("\r\u200d")
        return "".join(self._lines) + visible(partial)

    def feed(self, piece: str) -> list[str]:
        """Take the next piece; give the blocks it finished."""
        *ends, rest = piece.split("\n")
        finished = []
        for end in ends:
            line = visible("".join((*self._partial, end, "\n")))
            self._partial = []
            finished += self._take(line)
        if rest:
            self._partial.append(rest)
        return finished

    def end(self) -> list[str]:
        """No more comes; give what is left, if anything."""
        rest = "".join(self._lines) + visible("".join(self._partial))
        self._partial, self._fence = [], ""
        self._clear()
        return [rest] if rest else []

    def _take(self, line: str) -> list[str]:
        finished = ["".join(self._lines)] if self._begins(line) else []
        if finished:
            self._clear()
        self._lines.append(line)
        self._note(line)
        return finished

    def _begins(self, line: str) -> bool:
        """Whether *line* starts a block of its own and all before it is finished."""
        if not self._lines or self._fence or line[0] in " \t\n" or self._lines[-1].strip():
            return False
        if self._list and _ITEM.match(line):
            return False
        # Asking again only after growth keeps the cost linear in the text.
        if len(self._lines) < self._refused * 1.5:
            return False
        if self._stands_alone(line):
            return True
        self._refused = len(self._lines)
        return False

    def _stands_alone(self, line: str) -> bool:
        tokens = _skeleton().parse("".join((*self._lines, line)))
        starts = [token.map[0] for token in tokens if token.level == 0 and token.map]
        return bool(starts) and starts[-1] == len(self._lines)

    def _note(self, line: str) -> None:
        """Remember what an open fence or list means for the lines that follow."""
        fence = _FENCE.match(line.rstrip("\n"))
        if self._fence:
            if fence and fence[1].startswith(self._fence) and not fence[2].strip():
                self._fence = ""
        elif fence:
            self._fence = fence[1]
        elif _ITEM.match(line):
            self._list = True
