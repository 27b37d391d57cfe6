from __future__ import annotations

import pytest

from ledgernote.repl.slash import COMMANDS
from ledgernote.repl.words import Command, Doubtful, Shell, Text, Typed, meaning


@pytest.mark.parametrize(
    "text",
    [
        "/etc/hosts says 127.0.0.1",
        "/etc/hosts",
        ".5% on the 10y",
        "#1 risk?",
        "@john: thanks",
        "/ES is down",
        "/ is the root",
        "/finds nothing here",
        "!important: read this",
        "! really",
        "/threads\nare what we talk in",
        '"quoted"',
    ],
)
def test_what_only_looks_like_a_command_is_text(text: str) -> None:
    assert meaning(Typed(text), COMMANDS) == Text(text)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("/help", "help", ""),
        ("  /find real yields ", "find", "real yields"),
        ("/note one\ntwo #x", "note", "one\ntwo #x"),
        ("exit", "exit", ""),
        ("quit", "exit", ""),
    ],
)
def test_a_known_command_is_a_command(text: str, name: str, words: str) -> None:
    assert meaning(Typed(text), COMMANDS) == Command(name, words)


@pytest.mark.parametrize("text", ["/ES", "/halp", "/to-do", "!nosuchprogram"])
def test_a_lone_unknown_word_is_doubtful(text: str) -> None:
    assert meaning(Typed(text), COMMANDS) == Doubtful(text)


@pytest.mark.parametrize("line", ["ls -l", "for i in 1 2; do echo $i; done", "X=1 sh -c true"])
def test_what_a_shell_knows_goes_to_the_shell(line: str) -> None:
    assert meaning(Typed(f"!{line}"), COMMANDS) == Shell(line)


@pytest.mark.parametrize("text", ["/exit\nmore", "!ls\nmore", "/note\nmore"])
def test_a_paste_of_several_lines_is_never_a_command(text: str) -> None:
    assert meaning(Typed(text, pasted=True), COMMANDS) == Text(text)
