"""Images in a chat: from a file by `@name`, from the clipboard by `/paste`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import canary
import pytest
from drawn import png
from repl.people import Heard, Person
from scripted import ScriptedServer

from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl import clipboard
from ledgernote.repl.asking import ask
from ledgernote.repl.back import retry
from ledgernote.repl.mentions import bring, question_of
from ledgernote.repl.session import Session
from ledgernote.repl.words import Typed

CHART = png(200, 100)
LINE = f"image chart.png, PNG, 200 × 100, {len(CHART):,} bytes"


@pytest.fixture
def tools(tmp_path: Path) -> Callable[[str, str], Path]:
    """A folder of programs that print what the clipboard holds."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (tmp_path / "held.png").write_bytes(CHART)

    def tool(name: str, script: str) -> Path:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n".replace("HELD", f"{tmp_path}/held.png"))
        (folder / name).chmod(0o755)
        return folder

    return tool


def test_a_picture_that_is_mentioned_comes_along(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "chart.png").write_bytes(CHART)

    (brought,) = bring(notebook, f"what is @{tmp_path}/chart.png about?").material

    assert (brought.text, brought.image) == (LINE, CHART)


def test_a_picture_for_a_blind_model_is_kept_and_retried_with_one_that_sees(
    session: Session, heard: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chart.png").write_bytes(CHART)
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.base)
        monkeypatch.setenv("OPENAI_API_KEY", canary.OPENAI)
        question, model = question_of(session, Typed(f"what is @{tmp_path}/chart.png?"))
        session = ask(session, question, heard.desk(), model)
        session = retry(session, "openai/gpt-5.4", heard.desk())

    assert f"offline cannot see: {LINE}" in heard.all
    assert [part["type"] for part in server.requests[0]["messages"][-1]["content"]] == [
        *("text", "text", "image_url")
    ]
    assert the_model(session.notebook, "openai/gpt-5.4").sees


@pytest.mark.parametrize(
    ("display", "name", "script"),
    [
        ("WAYLAND_DISPLAY", "wl-paste", "cat HELD"),
        ("WAYLAND_DISPLAY", "wl-paste", 'test "$2" = image/png && cat HELD'),
        ("DISPLAY", "xclip", 'test "$4" = image/png && cat HELD'),
        ("HOME", "pngpaste", "cat HELD"),
        ("HOME", "osascript", "echo «data PNGf$(od -An -v -tx1 HELD | tr -d ' \\n')»"),
    ],
)
def test_every_tool_for_the_clipboard_gives_the_image_whole(
    tools: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    display: str,
    name: str,
    script: str,
) -> None:
    monkeypatch.setenv("PATH", f"{tools(name, script)}:/usr/bin:/bin")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv(display, "x")

    assert clipboard.read() == CHART


def test_text_on_the_clipboard_comes_before_an_image_of_it(
    tools: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'if [ "$2" = image/png ]; then cat HELD; else echo "a\tb"; fi'
    monkeypatch.setenv("PATH", f"{tools('wl-paste', script)}:/usr/bin:/bin")
    monkeypatch.setenv("WAYLAND_DISPLAY", "x")

    assert clipboard.read() == b"a\tb\n"


def test_a_pasted_image_goes_with_the_next_question(
    person: Callable[..., Person], tools: Callable[[str, str], Path]
) -> None:
    folder = tools("wl-paste", "cat HELD")
    with ScriptedServer() as server:
        ann = person(
            PATH=f"{folder}:/usr/bin:/bin",
            WAYLAND_DISPLAY="x",
            OPENAI_API_BASE=server.base,
            OPENAI_API_KEY=canary.OPENAI,
            LEDGERNOTE_MODEL="openai/gpt-5.4",
            columns=100,
        )
        ann.sees(">")
        ann.types("/paste\r")
        ann.sees("image clipboard, PNG, 200 × 100")
        ann.types("what is it?\r")
        ann.sees("answer 1")

    content = server.requests[0]["messages"][-1]["content"]
    assert [part["type"] for part in content] == ["text", "text", "image_url"]
