"""What notes and models wrote reaches a terminal without its power."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgernote.render.escape import Pieces, cells, one_line, padded, visible

TRICKY = st.sampled_from(
    "\x1b\r\n\t\x00\x7f\x9b\u200b\u200c\u200d\u202e\u2028\ufe0f\ufeff\ufdd0\uffff\udcff\ud800"
    "\U0001f3f4\U000e0067\U000e007f👩🚀é́नa"
)
TEXTS = st.text(st.one_of(TRICKY, st.characters()))
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def dangerous(char: str) -> bool:
    return (
        (unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in "\n\t")
        or char in DIRECTIONS + "\u200b\ufeff\u2060"
        or 0xFDD0 <= ord(char) <= 0xFDEF
        or ord(char) & 0xFFFE == 0xFFFE
    )


@given(TEXTS)
def test_nothing_dangerous_is_left(text: str) -> None:
    shown = visible(text)

    assert not [char for char in shown if dangerous(char)]
    assert visible(shown) == shown


@given(TEXTS, st.lists(st.integers(0, 40)))
def test_pieces_show_the_same_as_the_whole(text: str, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    pieces = Pieces()

    shown = [pieces.feed(text[a:b]) for a, b in pairwise(ends)]

    assert "".join((*shown, pieces.end())) == visible(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("pay\u202egpj", "pay\\u202egpj"),
        ("a\r\nb\rc", "a\nb\\rc"),
        ("lone \udcff byte", "lone \\xff byte"),
        ("half \ud83d pair", "half \\ud83d pair"),
        ("pass\u200dword", "pass\\u200dword"),
        ("\ufeffbom", "\\ufeffbom"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("\ufdd0mark\ufdd1", "\\ufdd0mark\\ufdd1"),
    ],
)
def test_what_could_harm_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain\n\ttext \\x1b",
        "👩‍🚀 👩🏽‍💻 ❤️‍🔥 🏴‍☠️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 1️⃣",
        "می‌خواهم",
        "क्‍ष",
        "e\u0301 Ελλάδα 今日は",
        "שלום",
    ],
)
def test_ordinary_text_is_untouched(text: str) -> None:
    assert visible(text) == text


def test_line_ends_can_be_written_out_too() -> None:
    assert visible("a\n\tb", multiline=False) == "a\\n\\tb"


def test_a_megabyte_is_made_visible_in_the_blink_of_an_eye() -> None:
    text = "CPI at 4.1 % — 今日 \x1b[31m\n" * 40_000

    begun = time.process_time()
    visible(text)

    assert time.process_time() - begun < 1


@given(TEXTS, st.integers(1, 30))
def test_one_line_is_one_line_and_fits(text: str, width: int) -> None:
    line = one_line(text, width)

    assert cells(line) <= width
    assert not set(line) & set("\n\t\r")


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("no  cut\n before", 20, "no cut before"),
        ("no cut before Sept", 12, "no cut…"),
        ("no cut before Sept", 14, "no cut before…"),
        ("今日は世界", 7, "今日は…"),
        ("https://example.org/long", 9, "https://…"),
        ("a https://example.org/long", 11, "a https://…"),
        ("   ", 5, ""),
    ],
)
def test_one_line_is_cut_at_the_end_of_a_word(text: str, width: int, line: str) -> None:
    assert one_line(text, width) == line


def test_one_line_of_a_huge_text_is_quick() -> None:
    begun = time.process_time()
    one_line("x" * 50_000_000, 40)
    one_line("word " * 5_000_000, 40)

    assert time.process_time() - begun < 1


def test_padding_counts_columns() -> None:
    assert padded("今日", 6) + "|" == "今日  |"
