"""The door to rich: Markdown as lines for a terminal. Imported only where that pays."""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from pygments.token import Comment, Error, Generic, Keyword, Name, Number, String, Token
from rich.console import Console
from rich.markdown import CodeBlock, Heading, ListItem, Markdown
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.syntax import ANSISyntaxTheme, Syntax
from rich.text import Text
from rich.theme import Theme

from ledgernote.render.blocks import Blocks, grammar
from ledgernote.render.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token
    from rich.console import ConsoleOptions, JustifyMethod, RenderableType, RenderResult


# Colours that can be read on a dark and on a light background alike: no bright one, no yellow,
# no blue, and never a background of our own.
_CODE = ANSISyntaxTheme(
    {
        Token: Style(),
        Comment: Style(dim=True),
        Keyword: Style(bold=True),
        Name.Tag: Style(bold=True),
        Name.Attribute: Style(color="cyan"),
        String: Style(color="green"),
        Number: Style(color="cyan"),
        Generic.Deleted: Style(color="red"),
        Generic.Inserted: Style(color="green"),
        Error: Style(color="red"),
    }
)
_THEME = Theme({"markdown.code": "bold cyan", "markdown.block_quote": "magenta"})

_SGR = re.compile(r"\x1b\[[0-9;]*m")
_ENTITY = re.compile(r"&#?\w+;")
_NO_LETTER = re.compile(r"[\W_]+")


class _Code(CodeBlock):
    """Code set in by two columns, without the blank lines and the backdrop."""

    info = ""
    """What stands behind the opening fence."""

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> _Code:
        made = cls(token.info.partition(" ")[0] or "text", "")
        made.info = visible(token.info).strip()
        return made

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip()
        painted = Syntax(code, self.lexer_name, theme=_CODE, word_wrap=True, padding=(0, 2))
        # Its colours tell the one word that names a language; all other words would be lost.
        if " " in self.info or not (code and painted.lexer):
            yield from [Padding(Text(self.info, style="dim"), (0, 2))] * bool(self.info)
        if code or not self.info:
            yield painted


class _Title(Heading):
    """All headings at the left, where the eye looks for them."""

    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class _Item(ListItem):
    """Numbers with their full stop: `1 Sept cut` would read as a date."""

    def render_number(
        self, console: Console, options: ConsoleOptions, number: int, last_number: int
    ) -> RenderResult:
        width = len(str(last_number)) + 3
        style = console.get_style("markdown.item.number", default="none")
        inner = options.update(width=max(options.max_width - width, 1))
        for at, line in enumerate(console.render_lines(self.elements, inner, style=self.style)):
            sign = "" if at else f"{number}."
            yield Segment(f"{sign:>{width - 1}} ", style)
            yield from line
            yield Segment.line()


class _Words(Markdown):
    """Markdown in our grammar, its words made visible once more after parsing.

    The parser turns `&#x202e;` into the character, so that text made safe before is not
    safe any more behind it.
    """

    elements: ClassVar = Markdown.elements | {
        "fence": _Code,
        "code_block": _Code,
        "heading_open": _Title,
        "list_item_open": _Item,
    }

    def __init__(self, text: str) -> None:
        # Addresses stand beside their words: what a link hides cannot be traced.
        super().__init__("", hyperlinks=False)
        self.parsed = grammar().parse(text)
        _disarm(self.parsed)


def _disarm(tokens: Iterable[Token]) -> None:
    for token in tokens:
        token.content = visible(token.content)
        _disarm(token.children or ())


# What comes before a block decides about the blank line above it, so each is rendered below
# a stand-in for the last one, whose lines are then dropped.
_FIRST, _BELOW, _BELOW_RULE = ("", 0), ("x\n\n", 1), ("---\n\n", 2)

_NARROWEST = 20
"""Below this rich drops words that find no room; a terminal breaks the lines instead."""


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
            width=max(width, _NARROWEST),
            height=1000,
            no_color=not self._color,
            theme=_THEME,
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
        lines = self._printed(words)[drop:]
        if _lost(text, words.parsed, lines) and (rows := _as_list(words.parsed)):
            lines = self._printed(_Words(stand_in + rows))[drop:]
        if _lost(text, words.parsed, lines):
            lines = [""] * bool(drop) + self._printed(Text(text.strip("\n")))
        if self._above is _FIRST and lines and not lines[0]:
            del lines[0]  # a list or quote comes with a blank line above it
        if final:
            self._above = _BELOW_RULE if words.parsed[-1].type == "hr" else _BELOW
        return lines

    def _printed(self, what: RenderableType) -> list[str]:
        with self._console.capture() as capture:
            self._console.print(what)
        return [line.rstrip() for line in capture.get().split("\n")[:-1]]


def _as_list(tokens: Iterable[Token]) -> str:
    """A table that is too wide for the screen as a list, an item a row; empty without a table."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(token.content)
    heads, body = (rows[0], rows[1:]) if rows else ([], [])
    lines = [
        f"{'  - ' if at else '- '}{head}: {cell}".rstrip()
        for row in body
        for at, (head, cell) in enumerate(zip(heads, row, strict=False))
    ]
    return "".join(f"{line}\n" for line in lines)


def _lost(text: str, tokens: Iterable[Token], lines: Iterable[str]) -> bool:
    """Whether letters or figures of *text* are not on the *lines*.

    rich leaves out what finds no room (a table of many columns, deep quotes), the parser what
    stands too deep or outside a table's columns. Such a block is shown as it was written.
    """
    hidden = [token.info for token in tokens]  # the language of a fence, the number of an item
    shown = _SGR.sub("", "".join((*lines, *hidden, *_ENTITY.findall(text))))
    return not _letters(text) <= _letters(shown)


def _letters(text: str) -> Counter[str]:
    return Counter(_NO_LETTER.sub("", text))


PIECE = 1 << 14
"""Characters that are parsed at a time: the first screen of a long text waits for no more."""
LONGEST = 1 << 18
"""A block of more characters, and what follows it, is shown as it was written: it is a log, or
data, and to parse it would take minutes."""


def painting(pieces: Iterable[str], *, width: int, color: bool) -> Iterator[str]:
    """The lines of a text, which comes in *pieces*, as `show` prints it and as when it streamed."""
    renderer, blocks = Renderer(width, color=color), Blocks()
    unfinished, rest = 0, chain.from_iterable(map(_cut, pieces))
    for piece in rest:
        finished = blocks.feed(piece)
        for block in finished:
            yield from renderer.lines(block, final=True)
        unfinished = len(piece) if finished else unfinished + len(piece)
        if unfinished > LONGEST and not piece.endswith("\r"):
            yield from _as_written(blocks.open, rest)
            return
    for block in blocks.end():
        yield from renderer.lines(block, final=True)


def _as_written(before: str, pieces: Iterable[str]) -> Iterator[str]:
    """What was made visible *before*, then what comes."""
    for line in _lines(pieces):
        yield from (before + visible(line)).removesuffix("\n").split("\n")
        before = ""


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of what comes, with their ends; the last one has none."""
    held: list[str] = []
    for piece in pieces:
        first, *others = piece.split("\n")
        held.append(first)
        for other in others:
            yield "".join((*held, "\n"))
            held = [other]
    yield "".join(held)


def _cut(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def painted(text: str, *, width: int, color: bool) -> str:
    """All of them."""
    return "\n".join(painting([text], width=width, color=color))
