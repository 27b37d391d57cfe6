"""Makes text of notes and models safe to show.

Owns which characters a terminal must never get from a text: control codes, direction
overrides, hidden characters and lone bytes become visible escapes. Knows no colour.
"""

from __future__ import annotations

import re

_PLANE_ENDS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SUSPECTS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0, DEL, C1: escape sequences start here
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction: reorders what is read
    "\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # hidden
    "\u2028\u2029"  # line ends that only some programs see
    "\ud800-\udfff\ufdd0-\ufdef" + _PLANE_ENDS + "\U000e0000-\U000e0fff" + _VARIATION
)
# The class comes first and alone, so that the engine skips ordinary text quickly.
_SUSPECT = re.compile(
    f"[{_SUSPECTS}\U0001f3f4](?:(?<=\r)\n|(?<=\U0001f3f4)[\U000e0020-\U000e007e]{{3,6}}\U000e007f)?"
)
_IS_VARIATION = re.compile(f"[{_VARIATION}]")
_WORD = re.compile(r"\S+")
# What may mean something else once the next piece is there.
_UNDECIDED = re.compile("[\r\u200c\u200d\U0001f3f4\U000e0020-\U000e007f]+\\Z")


def visible(text: str, *, multiline: bool = True) -> str:
    """*text* with everything dangerous as an escape such as `\\x1b`; safe text comes back as it is.

    Line feeds and tabs stay unless *multiline* is off. Doing it twice changes nothing more.
    """
    shown = _SUSPECT.sub(_shown, text)
    return shown if multiline else shown.replace("\n", "\\n").replace("\t", "\\t")


def _shown(match: re.Match[str]) -> str:
    found = match.group()
    if found == "\r\n":
        return "\n"
    if found[0] == "\U0001f3f4" or _belongs(match, found):
        return found  # a flag, with the region tags that make it Scotland's; or part of a glyph
    return "\\r" if found == "\r" else escaped(found)


def _belongs(match: re.Match[str], char: str) -> bool:
    """Whether an invisible character is part of the glyphs around it, as in emoji or Persian."""
    before = match.string[match.start() - 1 : match.start()]
    if char in "\u200c\u200d":
        return _joins(before) and _joins(match.string[match.end() : match.end() + 1])
    # One variation selector chooses a glyph; a run of them can carry a hidden message.
    return bool(_IS_VARIATION.match(char)) and before > " " and not _IS_VARIATION.match(before)


def _joins(char: str) -> bool:
    import unicodedata

    return char > "\u02ff" and unicodedata.category(char)[0] in "LMS"


def escaped(char: str) -> str:
    """One character as `\\x1b`, `\\u202e` or `\\U000e0041`; a lone byte as that byte, `\\xff`."""
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


class Pieces:
    """`visible` for text that arrives in pieces: the same result wherever it was cut."""

    def __init__(self) -> None:
        self._before = ""
        """The last character given out, which decides about an invisible one after it."""
        self._held = ""

    def feed(self, piece: str) -> str:
        """Take the next piece; give what can be shown now."""
        text = self._held + piece
        undecided = _UNDECIDED.search(text)
        cut = undecided.start() if undecided else len(text)
        self._held = text[cut:]
        return self._give(text[:cut])

    def end(self) -> str:
        """Give what was held back."""
        held, self._held = self._held, ""
        return self._give(held)

    def _give(self, text: str) -> str:
        if not text:
            return ""
        shown = visible(self._before + text)[len(self._before) :]
        self._before = text[-1] if visible(text[-1]) == text[-1] else ""
        return shown


def cells(text: str) -> int:
    """How many columns of a terminal *text* takes (its characters are shown as they are)."""
    if text.isascii():
        return len(text)
    import unicodedata

    hidden, wide = ("Mn", "Me", "Cf"), ("W", "F")
    return sum(
        0
        if unicodedata.category(char) in hidden
        else 2
        if unicodedata.east_asian_width(char) in wide
        else 1
        for char in text
    )


def padded(text: str, width: int) -> str:
    """*text* with spaces behind it up to *width* columns."""
    return text + " " * (width - cells(text))


def one_line(text: str, width: int | None = None) -> str:
    """The first words of *text* on one line of at most *width* columns, cut with `…`.

    None cuts nothing. Reads only as much of *text* as it shows.
    """
    words: list[str] = []
    used = -1
    for match in _WORD.finditer(text):
        word = visible(match.group() if width is None else match.group()[: 4 * width + 8])
        used += cells(word) + 1
        words.append(word)
        if width is not None and used > width:
            return _cut(" ".join(words), width)
    return " ".join(words)


def _cut(line: str, width: int) -> str:
    """*line*, which is too long, up to a word's end and `…`; inside a word if that saves much."""
    room, end = width - 1, 0
    for char in line:
        room -= cells(char)
        if room < 0:
            break
        end += 1
    fitting = line[:end].rstrip()
    whole = fitting if line[end : end + 1] == " " else fitting.rpartition(" ")[0].rstrip()
    return (whole if 2 * cells(whole) >= width else fitting) + "…" * (width > 0)
