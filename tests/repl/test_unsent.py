"""What stands in the prompt when a talk is ended from outside is offered again by the next."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from repl.people import Person
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Kind
from ledgernote.notebook.notebook import Notebook

SitDown = Callable[..., Person]
AGAIN = "stands in the prompt again"


def ended(ann: Person, how: str) -> None:
    """End a talk from outside, and wait until it is over."""
    if how == "window":
        ann.closes()
    else:
        ann.chat.kill(signal.SIGTERM)
        ann.leaves()


def asked(notebook: Notebook) -> str:
    """The last question."""
    return next(one.text for one in reversed(notebook.latest(0)) if one.kind is Kind.QUESTION)


@pytest.mark.parametrize("how", ["window", "signal"])
def test_a_draft_outlives_its_terminal(
    how: str, person: SitDown, settings: Settings, notebook: Notebook
) -> None:
    ann = person()
    ann.sees("\n>")
    ann.types("half of a \x0athought")
    ann.sees("thought")
    ended(ann, how)

    kept = list((settings.state / "unsent").iterdir())
    assert [one.stat().st_mode & 0o777 for one in kept] == [0o600]
    bob = person()
    assert AGAIN in bob.sees("> half of a\n  thought")
    bob.types(", whole\r")
    bob.sees("recalled")
    assert asked(notebook) == "half of a \nthought, whole"
    assert not list((settings.state / "unsent").iterdir())


def test_a_draft_typed_while_an_answer_streams_outlives_its_terminal(
    person: SitDown, notebook: Notebook
) -> None:
    with ScriptedServer() as server:
        server.script(Say("one " * 100, delay=0.1))
        key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        ann = person(**key, LEDGERNOTE_MODEL="openai/gpt-5")
        ann.sees(">")
        ann.types("first question\r")
        ann.sees("one one")
        ann.types("sent\rhalf of\x1b\ra thought")  # Alt-Enter does not send
        ann.watches(0.5)
        ended(ann, "window")

    assert [one.text.strip() for one in notebook.latest(0) if one.kind is Kind.NOTE] == ["sent"]
    assert AGAIN in person().sees("> half of\n  a thought")


def test_lines_of_multi_outlive_their_terminal(person: SitDown) -> None:
    ann = person()
    ann.sees("\n>")
    ann.types("/multi\rone\rtw")
    ann.sees(". tw")
    ended(ann, "signal")

    person().sees("> one\n  tw")


def test_each_talk_offers_one_draft_and_none_of_another_project(person: SitDown) -> None:
    both = [person(), person()]
    for one, words in zip(both, ("the first", "the second"), strict=True):
        one.sees("\n>")
        one.types(words)
        one.sees(words)
    for one in both:
        ended(one, "signal")

    elsewhere = person(PROJECT="fed").sees("\n>")
    bob = person()
    bob.sees("> the second")
    person().sees("> the first")
    assert AGAIN not in elsewhere


def test_what_was_sent_or_cleared_is_not_offered_again(person: SitDown) -> None:
    ann = person()
    ann.sees("\n>")
    ann.types("a question\r")
    ann.sees("offline · ~")
    ann.types("cleared\x03")
    ended(ann, "signal")

    assert AGAIN not in person().sees("\n>")


def test_a_draft_that_cannot_be_kept_is_saved(
    person: SitDown, settings: Settings, tmp_path: Path
) -> None:
    (settings.state).mkdir(exist_ok=True)
    (settings.state / "unsent").write_text("no folder")
    ann = person(TMPDIR=tmp_path)
    ann.sees("\n>")
    ann.types("precious words")
    ann.sees("precious words")
    ended(ann, "signal")

    saved = list(tmp_path.glob("ledgernote-*.txt"))
    assert [one.read_text() for one in saved] == ["precious words"]
