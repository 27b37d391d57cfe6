"""Answers arrive in pieces; what is printed for good must be what one rendering gives."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledgernote.render.blocks import Blocks, grammar
from ledgernote.render.escape import visible
from ledgernote.render.markdown import Renderer, painted, painting

SAMPLES = {
    "paragraphs": "One line\nand another.\n\nA second one\\\nwith a break.\n",
    "headings": "# One\ntext\n\n## Two\n\ntext\nSetext\n---\n\n### Three",
    "numbers": "Reasons:\n\n1. first\n\n2. second\n   goes on\n\n10. tenth\n\nAnd so on.\n",
    "nested": "- a\n  - b\n\n    - c\n\n    text of c\n- d\n\nafter\n\n* other\n",
    "fence": "Run:\n\n```py\ndef f():\n\n    return 1\n\nprint(f())\n\n- no list\n```\n\ndone\n",
    "fence in a list": "1. do\n\n   ```sh\n   ls\n\n   pwd\n   ```\n\n2. so\n\n~~~\na\n\nb\n~~~\n",
    "open fence": "```\nnever\n\nclosed",
    "long fence": "````md\n```\n\ninner\n```\n\nouter\n````\n\nafter",
    "table": "| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |\n\nbelow\n\nx | y\n--|--\n1 | 2\n",
    "quote": "> said\n> so\n\n> again\nlazily\n\n> - list\n>\n> end\n\nme\n",
    "rules": "a\n\n---\n\nb\n\n***\n- - -\n\nc\n",
    "links": "See [BLS][1] and [CPI](https://bls.gov).\n\n[1]: https://bls.gov\n\n<b>kept</b>\n\n<div>\n",
    "indented": "text\n\n    code\n\n    more\n\nback\n",
    "windows": "a\r\n\r\n- b\r\n\r\n- c\r\n\r\n```\r\nx\r\n\r\ny\r\n```\r\n\r\nd",
}
LINES = st.sampled_from(
    [
        *("", "", "", "text", "more text", "# head", "---", "===", "* * *", "- item", "  - deeper"),
        *("1. one", "2. two", "10. ten", "   under", "    code", "```", "```py", "   ```", "````"),
        *(
            "~~~",
            "> quote",
            ">",
            "a | b",
            "--|--",
            "| 1 | 2 |",
            "[1]: http://x",
            "<div>",
            "\t- tab",
        ),
        *("- ```", "  ```", "-", "1.", "\\", "*em", "em*", "&#27;", "\u202e", "👩‍🚀"),
    ]
)
TEXTS = st.lists(LINES, max_size=14).map("\n".join)


def blocks_of(*pieces: str) -> list[str]:
    blocks = Blocks()
    return [block for piece in pieces for block in blocks.feed(piece)] + blocks.end()


def shape(text: str) -> list[tuple[str, int, str, str]]:
    return [(t.type, t.level, t.content, t.info) for t in grammar().parse(text)]


@given(text=TEXTS, cuts=st.lists(st.integers(0, 120), max_size=12))
@example(text="a\r\n\r\nb", cuts=[2, 3])
def test_blocks_do_not_depend_on_where_the_pieces_were_cut(text: str, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    pieces = [text[a:b] for a, b in pairwise(ends)]

    assert blocks_of(*pieces) == blocks_of(text)
    assert "".join(blocks_of(text)) == visible(text)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_a_block_means_alone_what_it_means_in_its_text(text: str) -> None:
    alone = [token for block in blocks_of(text) for token in shape(block)]

    assert alone == shape(visible(text))


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("width", [30, 100])
def test_rendering_block_by_block_is_rendering_at_once(name: str, width: int) -> None:
    at_once = Renderer(width, color=True).lines(visible(SAMPLES[name]), final=True)

    assert painted(SAMPLES[name], width=width, color=True) == "\n".join(at_once)


def test_a_block_is_finished_as_soon_as_the_next_one_starts() -> None:
    blocks = Blocks()

    assert blocks.feed("One.\n\nTwo") == []
    assert blocks.feed(" goes on\n") == ["One.\n\n"]
    assert blocks.open == "Two goes on\n"


@pytest.mark.parametrize("name", ["fence", "numbers", "table"])
def test_fences_lists_and_tables_stay_whole(name: str) -> None:
    marks = {"fence": "```", "numbers": "tenth", "table": "| 3 | 4 |"}
    begins = {"fence": "```py", "numbers": "1. ", "table": "| a"}

    block = next(block for block in blocks_of(SAMPLES[name]) if begins[name] in block)

    assert marks[name] in block.partition(begins[name])[2]


def test_a_numbered_line_does_not_read_as_a_date() -> None:
    assert painted("9. x\n10. Sept cut\n", width=40, color=False).splitlines()[1].split()[-3:] == [
        "10.", "Sept", "cut",
    ]  # fmt: skip


def test_a_screen_of_a_few_columns_is_no_crash() -> None:
    for text in SAMPLES.values():
        for width in (1, 2, 5):
            painted(text, width=width, color=True)


@pytest.mark.parametrize(
    "text",
    [
        "| a |\n|---|\n| 1 | beyond |\n",
        "> " * 12 + "deep",
        "\n".join("  " * depth + f"- item{depth}" for depth in range(24)),
    ],
)
def test_what_finds_no_room_is_shown_as_it_was_written(text: str) -> None:
    shown = "".join(painted(text, width=20, color=False).split())

    assert "".join(text.split()) in shown


WIDE = """| series | July | August | change | remark |
|---|---:|---:|---:|---|
| CPI core, services ex-shelter | 4.1 % | 3.9 % | −0.2 | turning |
| shelter | 5.0 % | 4.8 % | −0.2 | slow |
"""


def test_a_table_that_finds_no_room_is_a_list_of_its_rows() -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", painted(WIDE, width=40, color=False))

    assert "|" not in shown
    assert " • series: shelter\n    • July: 5.0 %\n    • August: 4.8 %\n" in shown
    assert "──" in painted(WIDE, width=70, color=False)


def test_words_that_markdown_would_hide_or_decode_are_shown() -> None:
    shown = painted("<b>bold</b> &#x202e;x [a](http://b)\n\n[1]: http://c", width=70, color=False)

    assert "<b>bold</b>" in shown
    assert "\\u202ex" in shown
    assert "http://b" in shown
    assert "[1]: http://c" in shown


@pytest.mark.parametrize("language", ["python", "sh", "json", "diff", "html", "sql", ""])
def test_no_colour_is_lost_on_a_light_or_a_dark_background(language: str) -> None:
    code = "# a comment\ndef double(x): return 2 * 'x' if True else -1.5\n- gone\n+ new\n<a b='c'>"
    text = f"# A title\n\n`code` and **bold**\n\n> quoted\n\n```{language}\n{code}\n```\n\n---\n"

    shown = painted(text, width=60, color=True)

    styles = {part for found in re.findall(r"\x1b\[([0-9;]*)m", shown) for part in found.split(";")}
    # Bold, dim and the like; red, green, magenta, cyan. No bright colours and no backgrounds.
    assert styles <= {"", "0", "1", "2", "3", "4", "9", "31", "32", "35", "36"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so\n\n``` [bold]x[/bold] done", ["so", "", "  [bold]x[/bold] done"]),
        ("```done", ["  done"]),
        ("```python title=x.py\nx = 1\n```", ["  python title=x.py", "  x = 1"]),
        ("```python\nx = 1\n```", ["  x = 1"]),
    ],
)
def test_words_behind_a_fence_are_shown(text: str, shown: list[str]) -> None:
    lines = painted(text, width=60, color=False)

    assert re.sub(r"\x1b\[[0-9;]*m", "", lines).splitlines() == shown


@pytest.mark.parametrize("line", ["a *line* of words\n", "code = 1\n"])
def test_a_block_that_is_very_long_is_shown_as_written_and_nothing_of_it_is_lost(line: str) -> None:
    text = "# Log\n\n" + "```\n" * ("code" in line) + line * 40_000 + "\x1b end"

    lines = list(painting([text], width=80, color=False))

    assert lines.count(line.strip()) == 40_000
    assert lines[-1] == "\\x1b end"


def test_the_first_lines_of_a_long_text_do_not_wait_for_the_last() -> None:
    pieces = iter(["a paragraph of words\n\n" * 500] * 100)
    painting_ = painting(pieces, width=80, color=False)

    first = [next(painting_) for _ in range(24)]

    assert first.count("a paragraph of words") == 12
    assert len(list(pieces)) == 99


def test_a_text_in_pieces_is_shown_like_the_whole() -> None:
    text = "# Log\n\n" + "a line\r\n" * 40_000 + "\u200b\ud83d end\n\n"
    pieces = [text[at : at + 7_001] for at in range(0, len(text), 7_001)]

    shown = list(painting(pieces, width=80, color=False))

    assert shown == list(painting([text], width=80, color=False))
