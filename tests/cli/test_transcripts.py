"""Sessions in a shell, as a person sees them: `tests/transcripts/*.console`.

A line that begins with `$ ` is typed, one with `> ` goes on with it; what follows is what both
streams say. `[N]` stands behind a command that ended with N. Handles become h1, h2 … in the order
in which they appear, times become TIME and TODAY.
Rewrite them with `UPDATE_TRANSCRIPTS=1 pytest …`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from shell import Run

FOLDER = Path(__file__).parents[1] / "transcripts"
MARK = "--8<--"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d")


def commands(text: str) -> list[str]:
    """What is typed, each with its continued lines."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif line.startswith("> ") and found:
            found[-1] += "\n" + line[2:]
    return found


def played(run: Run, typed: list[str]) -> list[str]:
    """What each command says, in one shell."""
    script = f'ledgernote() {{ "{sys.executable}" -m ledgernote "$@"; }}\n'
    script += "".join(f'{one}\necho "{MARK}$?"\n' for one in typed)
    path = run.cwd.parent / "script"
    path.write_text(script)
    done = subprocess.run(
        ["bash", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(run.env),
        cwd=run.cwd,
        timeout=120,
        check=False,
    )
    said = re.split(rf"{MARK}(\d+)\n", done.stdout)
    return [
        words + (f"[{code}]\n" if code != "0" else "")
        for words, code in zip(said[::2], said[1::2], strict=False)
    ]


def normal(run: Run, text: str) -> str:
    """*text* without what differs from run to run."""
    projects = [one["name"] for one in run("projects", "--json").records]
    every = [*run("log", "-n", "0", "--json").records]
    for project in projects:
        every += run("threads", "-p", project, "--json").records
    handles = {one["handle"] for one in every}
    for one in every:
        text = text.replace(one["id"], "UUID")
    seen: dict[str, str] = {}
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, handles))})\b" if handles else r"(?!)")
    text = pattern.sub(lambda found: seen.setdefault(found[1], f"h{len(seen) + 1}"), text)
    today = datetime.now().astimezone().date().isoformat()
    return TIME.sub("TIME", text).replace(str(run.cwd.parent), "ROOM").replace(today, "TODAY")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.console")), ids=lambda path: path.stem)
def test_a_session_goes_as_written(run: Run, path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    typed = commands(written)
    head = written[: written.index("$ ")]

    said = normal(run, MARK.join(played(run, typed))).split(MARK)
    seen = head + "".join(
        "$ " + one.replace("\n", "\n> ") + "\n" + words
        for one, words in zip(typed, said, strict=True)
    )

    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(seen, encoding="utf-8")
    assert seen == written
