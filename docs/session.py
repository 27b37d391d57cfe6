"""The session in README: `PYTHONPATH=tests python docs/session.py` runs it and writes the screen.

The program, its terminal, its ledger and the HTTP between are real; the clock stands at a night
in September, and a server on this machine answers in place of the model. A test runs it again and
compares all but handles, seconds and counts of tokens, which differ from run to run.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from repl.people import Person
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind, Scope, Status
from ledgernote.ledger import places
from ledgernote.ledger.keep import New, keep
from ledgernote.notebook.notebook import NewNote, Notebook

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(
    r"(?<=<!-- session -->\n```text\n).*?(?=```\n<!-- end of session -->)", re.DOTALL
)
COLUMNS, LINES = 84, 60

JUNE, AUGUST = datetime(2026, 6, 12, 9, 30, tzinfo=UTC), datetime(2026, 8, 19, 2, 31, tzinfo=UTC)
REVISED, TONIGHT = AUGUST + timedelta(days=12), datetime(2026, 9, 7, 2, 14, tzinfo=UTC)

CHAT = """
import os, sys, time
from datetime import datetime, timedelta
from ledgernote.config import load
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl.loop import run
now, begun = datetime.fromisoformat(os.environ["NOW"]), time.monotonic()
clock = lambda: now + timedelta(seconds=time.monotonic() - begun)
settings = load(os.environ, ledger=None, actor="ann")
book = Notebook.open(settings, project="fed", create=True, say=print, clock=clock)
code = run(book, thread=os.environ.get("THREAD"), fresh="THREAD" not in os.environ)
sys.stdout.flush()
os._exit(code)
"""

VARIES = (
    (re.compile(r"(?<![\w.:-])[0-9a-hjkmnp-tv-z]{5}(?![\w-])"), "HANDLE"),
    (re.compile(r"(first word [\d.]+ s, all )?\d+\.\d s\b"), "SECONDS"),
    (re.compile(r"\d+(?= of 16k| tokens?\b)"), "N"),
    (re.compile(r"tokens?\b"), "tokens"),
    (re.compile(r"\s+"), " "),
)


class Night:
    """One ledger and one server, through a summer."""

    def __init__(self, folder: Path, server: ScriptedServer) -> None:
        self.settings = Settings(
            ledger=folder / "ledger.db",
            state=folder / "state",
            config=folder / "config.toml",
            actor="ann",
        )
        self._environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "TZ": "UTC",
            "TERM": "xterm-256color",
            "LEDGERNOTE_LEDGER": str(self.settings.ledger),
            "LEDGERNOTE_STATE": str(self.settings.state),
            "LEDGERNOTE_CONFIG": str(self.settings.config),
            "LEDGERNOTE_EMBEDDER": "none",
            "LEDGERNOTE_LOCAL_PORTS": "none",
            "OPENAI_API_KEY": "none",
            "ANTHROPIC_API_KEY": "none",
            "ANTHROPIC_API_BASE": server.root,
        }

    @contextmanager
    def at(self, moment: datetime) -> Iterator[Notebook]:
        """The notebook as it is opened then."""
        with closing(
            Notebook.open(
                self.settings, project="fed", create=True, say=print, clock=lambda: moment
            )
        ) as book:
            yield book

    def note(self, moment: datetime, new: NewNote) -> Entry:
        """Keep a note then."""
        with self.at(moment) as book:
            return book.note(new)

    def sits_down(self, moment: datetime, **more: str) -> Person:
        """Begin to talk then."""
        environ = self._environ | {"NOW": moment.isoformat(), **more}
        person = Person(environ, COLUMNS, lines=LINES, chat=CHAT)
        person.sees("\n>")
        return person


def session() -> str:
    """What is on the screen at the end of the talk."""
    with tempfile.TemporaryDirectory() as folder, ScriptedServer() as server:
        night = Night(Path(folder), server)
        pin = night.note(JUNE, NewNote(text="no cut before Sept, 5.25", pin=Scope.PROJECT))
        with night.at(AUGUST) as book:
            _half_an_answer(book)
        now = night.note(REVISED, NewNote(text="Sept cut priced at 80 %", supersedes=pin.handle))
        server.script(
            Say(
                "Half of it. Your June pin, no cut before September, is overtaken by your own "
                f"note of August: the cut is priced at 80 % [@{now.handle}]. What stands is that "
                "services ex-shelter are turning."
            )
        )
        ann = night.sits_down(TONIGHT, THREAD="rates-thesis")
        ann.types("/model sonnet\r")
        ann.sees("tokens\n>")
        ann.types("is my thesis on cuts still right after tonight's print?\r")
        ann.sees("1 cited\n>")
        ann.types("/why\r")
        screen = ann.until(
            lambda seen: re.search(r"\ncited\n.*\n>\n+fed · ", seen, re.DOTALL) is not None,
            "where the answer comes from",
        )
        ann.chat.close(force=True)
    return re.sub(r"\n{4,}", "\n\n", screen) + "\n"


def _half_an_answer(book: Notebook) -> None:
    """August: the line drops in the middle of an answer."""
    with book.writing() as tx:
        fed = places.need_project(tx, "fed")
        thread = places.new_thread(tx, fed, "rates-thesis")
        question = New(
            kind=Kind.QUESTION, text=b"what speaks for a cut?", project=fed, thread=thread
        )
        asked = keep(tx, question)
        half = New(
            kind=Kind.ANSWER,
            text=b"Services ex-shelter are turning, which argues for a cut before the",
            project=fed,
            thread=thread,
            reply_to=asked,
            model="openai/gpt-5",
            actor="openai/gpt-5",
            status=Status.INTERRUPTED,
            more={"remote": True},
        )
        keep(tx, half)


def settled(screen: str) -> str:
    """The screen without what differs from run to run."""
    for pattern, word in VARIES:
        screen = pattern.sub(word, screen)
    return screen


if __name__ == "__main__":
    page = ROOT / "README.md"
    page.write_text(BLOCK.sub(lambda _: session(), page.read_text("utf-8")), "utf-8")
