"""`auto` knows a format by content; a wrong name is refused with the remedy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from interchange.hands import SAMPLES, lines, read

from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.interchange.formats import FORMATS, recognise
from ledgernote.ledger import foreign

FOLDERS = {"chatgpt": "chatgpt", "claude": "claude", "claude-code": "claude-code"} | {
    "codex": "codex",
    "aichat": "aichat",
    "vault": "markdown",
}


@pytest.mark.parametrize("sample", FOLDERS)
def test_a_folder_is_recognised_by_what_is_in_it(sample: str) -> None:
    assert recognise(SAMPLES / sample, foreign.opened) == FOLDERS[sample]


@pytest.mark.parametrize(
    "sample",
    [
        "chatgpt/conversations.json",
        "claude/conversations.json",
        "claude-code/s-1.jsonl",
        "aichat/messages.md",
    ],
)
def test_a_file_is_recognised_whatever_it_is_called(sample: str, tmp_path: Path) -> None:
    other = tmp_path / "download (1)"
    other.write_bytes((SAMPLES / sample).read_bytes())

    if sample.endswith(".md"):
        other = other.rename(tmp_path / "other.md")
    assert recognise(other, foreign.opened) == sample.partition("/")[0]


def test_our_own_lines_and_plain_text_are_recognised(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"kind": "note", "text": "x"}\n')
    (tmp_path / "b").write_text("just some words\n")

    assert recognise(tmp_path / "a", foreign.opened) == "jsonl"
    assert recognise(tmp_path / "b", foreign.opened) == "text"
    assert [one.text for one in lines(tmp_path / "b")] == [b"just some words\n"]


@pytest.mark.parametrize("name", ["chatgpt", "claude", "llm", "claude-code", "codex", "aichat"])
def test_a_wrong_name_is_refused_with_the_right_one(name: str) -> None:
    other = "claude" if name == "chatgpt" else "chatgpt"

    with pytest.raises(UsageError) as refused:
        read(SAMPLES / other, name)

    assert f"ledgernote import {other} " in refused.value.hint


def test_what_nobody_knows_is_refused_with_a_list(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(range(256)))

    for path in (tmp_path / "x.bin", tmp_path):
        with pytest.raises(UsageError) as refused:
            read(path)
        assert all(name in refused.value.hint for name in FORMATS)
    with pytest.raises(UsageError, match="no format is called 'gemini'"):
        read(tmp_path, "gemini")


def test_a_path_that_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(NoSuchThing):
        read(tmp_path / "missing")
    with pytest.raises(NoSuchThing):
        read(Path("a\0b"))
    with pytest.raises(UsageError):
        read(tmp_path / "pipe")


def test_a_vault_with_links_to_nowhere_pipes_and_a_locked_file_comes_in(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("good")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.md")

    assert [one.ref for one in lines(tmp_path)] == ["a.md"]


def test_bytes_that_are_no_text_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_bytes(b"caf\xe9 #\xe9t\xe9 #ok\n")

    (found,) = lines(tmp_path)

    assert found.text == b"caf\xe9 #\xe9t\xe9 #ok\n"
    assert found.tags == ("ok",)
