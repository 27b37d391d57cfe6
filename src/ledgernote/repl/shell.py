"""`!command`: runs a shell command, shows what it says, and offers to bring it along."""

from __future__ import annotations

import codecs
import os
import subprocess

from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_text
from ledgernote.notebook.named import private_named
from ledgernote.notebook.turn import Material
from ledgernote.render.escape import Pieces
from ledgernote.render.output import Output
from ledgernote.repl.session import Desk, Session

MOST = 1_000_000
"""Bytes of output that can be brought along; all of it is shown."""


def run(session: Session, line: str, desk: Desk) -> Session:
    """Run *line* with the user's shell; what it printed may become material."""
    said, code, more = _run(line, desk.out)
    if code:
        desk.out.say(f"exit {code}")
    if not said.strip():
        return session
    if more:
        desk.out.say(f"only the first {MOST:,} bytes of it can be brought along")
    if private := private_named(session.notebook, to_text(said)):
        names = ", ".join(private[:5]) + ", …" * (len(private) > 5)
        desk.out.say(f"it names private entries ({names}); brought along, it is not private itself")
    answer = desk.choose(
        "bring it along with the next question? [y/N]",
        {"y": "y", "yes": "y", "n": "", "no": ""},
        "",
    )
    if not answer:
        return session
    material = Material(text=said, source=f"!{line}")
    return replace(session, material=(*session.material, material))


def _run(line: str, out: Output) -> tuple[bytes, int, bool]:
    """What it printed, its exit code, and whether it printed more than that."""
    # No stdin: keys typed meanwhile are for us. A password is asked at the terminal itself.
    process = subprocess.Popen(
        [os.environ.get("SHELL") or "/bin/sh", "-c", line],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    said, size, pieces = [], 0, Pieces()
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    try:
        while piece := os.read(process.stdout.fileno(), 65_536):
            out.piece(pieces.feed(decode(piece)), flush=True)
            if size < MOST:
                said.append(piece)
            size += len(piece)
    except KeyboardInterrupt:
        process.terminate()  # it got the same Ctrl-C; this is for one that ignores it
        out.say("stopped")
    finally:
        process.stdout.close()
        code = process.wait()
        last = pieces.end()
        out.piece(last if not said or said[-1].endswith(b"\n") else last + "\n", flush=True)
    return b"".join(said)[:MOST], code, size > MOST
