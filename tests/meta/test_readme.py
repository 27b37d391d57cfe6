"""README's first steps print what README says, at a real terminal."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pexpect
import pyte
from session import BLOCK, session
from session import settled as settled_screen

ROOT = Path(__file__).parents[2]
COLUMNS, LINES = 84, 40
STEPS = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
HANDLE = re.compile(r"(?<![\w.:])(?=[a-z]*\d)[0-9a-hjkmnp-tv-z]{5}(?!\w)")
VARIES = (
    (re.compile(r"\b\d?\d [A-Z][a-z]{2} \d\d:\d\d"), "THEN"),
    (re.compile(r"\b\d\d:\d\d\b"), "THEN"),
    (re.compile(r"a new ledger: \S+"), "a new ledger: PATH"),
    (re.compile(r"\d+ of 16k"), "N of 16k"),
    (re.compile(r"~\d+ in, ~\d+ out · [\d.]+ s"), "USAGE"),
    (re.compile(r" {2,}"), "  "),
)


def promised() -> list[tuple[str, str]]:
    """README's commands, each with what it says they print."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = "".join(STEPS.findall(text)).split("$ ")[1:]
    return [(command, printed) for command, _, printed in (step.partition("\n") for step in steps)]


def printed(command: str, env: dict[str, str]) -> str:
    """What a person sees who types *command*."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    size = (LINES, COLUMNS)
    child = pexpect.spawn(
        "/bin/sh", ["-c", command], cwd=env["HOME"], env=env, dimensions=size, timeout=60
    )
    child.expect(pexpect.EOF)
    stream.feed(child.before)
    child.close()
    assert child.exitstatus == 0, f"{command} ended with {child.exitstatus}"
    return "\n".join(line.rstrip() for line in screen.display).rstrip() + "\n"


def settled(text: str) -> str:
    """*text* without what differs from run to run."""
    for pattern, word in VARIES:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def environment(home: dict[str, str], bin_: Path) -> dict[str, str]:
    """A home in which `ledgernote` is a command that needs no installation."""
    bin_.mkdir()
    script = bin_ / "ledgernote"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ledgernote "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    Path(home["HOME"]).chmod(0o700)  # as homes are; else the first step warns of it
    path = f"{bin_}{os.pathsep}{os.environ['PATH']}"
    return home | {"PATH": path, "LANG": "C.UTF-8", "LEDGERNOTE_LEDGER": "ledger.db"}


def handles(env: dict[str, str]) -> list[str]:
    """Every handle that there is."""
    listed = [printed(f"ledgernote {words} | cut -f 1", env) for words in ("log", "threads")]
    return "".join(listed).split()


def test_the_first_steps_print_what_they_promise(home: dict[str, str], tmp_path: Path) -> None:
    env = environment(home, tmp_path / "bin")
    steps = promised()

    seen = [printed(command, env) for command, _ in steps]

    named = re.compile("|".join(map(re.escape, handles(env))))
    assert len(steps) == 6
    for (command, expected), actual in zip(steps, seen, strict=True):
        wanted = settled(HANDLE.sub("HANDL", expected))
        assert settled(named.sub("HANDL", actual)) == wanted, f"{command} printed:\n{actual}"


def test_the_session_is_what_the_program_shows() -> None:
    page = (ROOT / "README.md").read_text("utf-8")

    told = BLOCK.search(page)

    assert told
    # Where only the way it looks has changed: PYTHONPATH=tests python docs/session.py
    assert settled_screen(session()) == settled_screen(told[0])
