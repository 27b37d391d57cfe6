"""What the program says of itself fits the terminal, and breaks between words only."""

from __future__ import annotations

import pexpect
import pytest
from shell import Run

from ledgernote.cli.help import command_help, overview
from ledgernote.cli.options import COMMANDS


def seen(run: Run, columns: int, *argv: str, keys: str = "") -> list[str]:
    child = run.sits(*argv, rows=200, columns=columns, NO_COLOR="1")
    before = ""
    if keys:
        child.expect("leaves")
        before = child.before + child.after
        child.send(keys)
    child.expect(pexpect.EOF)
    return str(before + child.before).splitlines()


@pytest.mark.parametrize("argv", [(), ("--help",), ("help", "note"), ("ask", "--help")])
def test_no_line_is_wider_than_a_narrow_terminal(run: Run, argv: tuple[str, ...]) -> None:
    lines = seen(run, 40, *argv)

    assert max(map(len, lines)) <= 40
    assert len(lines) > 8


def test_where_you_were_fits_a_narrow_terminal(run: Run) -> None:
    run("ask", "what is the matter with the long end of the curve tonight?")
    run.note("an old pin of many words that goes on and on", "--pin", "--at", "2020-01-01")

    lines = seen(run, 40, keys="q")

    assert max(map(len, lines)) <= 40, lines
    assert any("old pin" in line for line in lines)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_the_same_in_every_width(name: str) -> None:
    for told in (overview, lambda width=None: command_help(name, width)):
        assert told(40).split() == told(100).split() == told().split()
        assert max(map(len, told(80).splitlines())) <= 80


def test_what_is_said_breaks_between_words(run: Run) -> None:
    run.note("no tag on this")

    lines = seen(run, 40, "tags")

    assert max(map(len, lines)) <= 40
    assert " ".join(lines).split() == [
        "no",
        "tags",
        "yet;",
        "`ledgernote",
        "tag",
        "NAME",
        "HANDLE…`",
        "puts",
        "one",
        "on",
    ]
