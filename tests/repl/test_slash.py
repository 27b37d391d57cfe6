from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import canary
import pytest
from notebook.hands import Scripted, ask
from repl.people import Heard

from ledgernote.cli.options import COMMANDS
from ledgernote.domain.entries import Scope
from ledgernote.domain.errors import LedgernoteError, NoSuchThing, UsageError
from ledgernote.domain.tokens import tokens
from ledgernote.notebook.notebook import NewNote
from ledgernote.notebook.turn import Material
from ledgernote.repl import complete, shell, slash
from ledgernote.repl.bar import Facts, bar
from ledgernote.repl.session import SLASH_OF, Session, in_talk, tell

Say = Callable[..., Session]


@pytest.fixture
def say(session: Session, heard: Heard) -> Say:
    """Run one command line in the session."""

    def run(line: str, now: Session = session) -> Session:
        name, _, words = line.removeprefix("/").partition(" ")
        return slash.run(now, name, words, heard.desk())

    return run


@pytest.mark.parametrize("row", slash.COMMANDS.values(), ids=lambda row: row.name)
def test_every_command_says_what_it_does(row: slash.Row, say: Say, heard: Heard) -> None:
    say(f"/help {row.name}")

    assert f"/{row.name} {row.arguments}".rstrip() in heard.all
    assert row.help in heard.all
    assert set(row.takes) <= {*complete.LISTS, "file"}


def test_help_lists_them_all(say: Say, heard: Heard) -> None:
    say("/help")

    assert all(f"/{name}" in heard.all for name in slash.COMMANDS)


def test_hidden_names_stand_in_no_list(say: Say, heard: Heard) -> None:
    say("/help")

    assert "/quit" not in heard.all
    assert say("/quit").over


@pytest.mark.parametrize("line", ["/threads now", "/exit 1", "/find", "/show", "/tag"])
def test_words_that_do_not_fit_are_said(line: str, say: Say) -> None:
    with pytest.raises(UsageError, match=line.split(maxsplit=1)[0]):
        say(line)


def test_a_note_takes_the_tags_at_its_end(say: Say, session: Session) -> None:
    after = say("/note our #1 risk is real yields #rates #us-10y")

    kept = session.notebook.entry(after.note or "")
    assert (kept.text, kept.tags) == ("our #1 risk is real yields", ("rates", "us-10y"))


def test_a_number_at_the_end_of_a_note_is_no_tag(say: Say, session: Session) -> None:
    after = say("/note inflation is risk #1")

    assert session.notebook.entry(after.note or "").text == "inflation is risk #1"


def test_a_note_without_words_needs_an_answer(say: Say) -> None:
    with pytest.raises(NoSuchThing, match="no answer"):
        say("/note #tag")


def test_the_last_note_is_meant_without_a_handle(say: Say, session: Session) -> None:
    after = say("/note real yields")
    say("/tag rates,macro", after)
    say("/mute", after)

    kept = session.notebook.entry(after.note or "")
    assert (kept.tags, kept.muted) == (("macro", "rates"), True)


def test_a_pin_holds_for_the_thread_only(say: Say, session: Session) -> None:
    first = session.notebook.note(NewNote(text="no cut before Sept"))
    with pytest.raises(UsageError, match="no thread yet"):
        say(f"/pin {first.handle}")
    assert session.notebook.entry(first.handle).pinned is not Scope.PROJECT


def test_find_shows_hits(say: Say, session: Session, heard: Heard) -> None:
    kept = session.notebook.note(NewNote(text="services ex-shelter turning"))
    say("/find shelter")
    say("/find nosuchword")

    assert kept.handle in heard.out.getvalue()
    assert "nothing found" in heard.err.getvalue()


def test_show_makes_control_characters_visible(say: Say, session: Session, heard: Heard) -> None:
    kept = session.notebook.note(NewNote(text="red \x1b[31m alert \u202e"))
    heard.out.terminal = True
    say(f"/show {kept.handle}")

    assert "\x1b[31m" not in heard.all
    assert "\u202e" not in heard.all


def test_show_of_nothing_known_is_one_sentence(say: Say) -> None:
    with pytest.raises(LedgernoteError, match="nothing is called"):
        say("/show zzzzz")


def test_a_model_is_taken_by_name(say: Say, session: Session, heard: Heard) -> None:
    after = say("/model openai/gpt-5")
    say("/model", after)

    assert after.model.name == "openai/gpt-5"
    assert heard.warmed == [after.model]
    assert heard.all.count("openai/gpt-5") >= 2
    with pytest.raises(NoSuchThing, match="no model"):
        say("/model nosuchmodel")


def test_a_resumed_thread_goes_on_with_its_model_and_says_who_answered_last(
    say: Say, session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(session.notebook, "hm?", Scripted(name="openai/gpt-5", local=False), thread="talk")

    without = say("/resume talk")
    monkeypatch.setenv("OPENAI_API_KEY", canary.OPENAI)
    resumed = say("/resume talk")
    chosen = say("/resume talk", say("/model offline"))

    models = [after.model.name for after in (without, resumed, chosen)]
    assert models == ["offline", "openai/gpt-5", "offline"]
    assert "OPENAI_API_KEY is not set; offline answers" in " ".join(heard.all.split())
    assert ", openai/gpt-5 · offline answers now" in " ".join(heard.all.split())


def test_a_new_thread_takes_its_name_with_the_next_question(say: Say, session: Session) -> None:
    after = say("/new rates thesis", replace(session, thread="abcde", answer="fghjk"))

    assert (after.thread, after.title, after.answer) == (None, "rates thesis", None)


def test_another_project_has_its_own_threads_and_history(say: Say, session: Session) -> None:
    session.notebook.note(NewNote(text="one"))
    after = say("/project fed", replace(session, thread="abcde"))

    assert (after.notebook.project, after.thread) == ("fed", None)
    assert session.notebook.project == "inbox"


@pytest.mark.parametrize(
    ("text", "number"),
    [("16000", 16_000), ("200k", 200_000), ("1.5M", 1_500_000), ("16,000", 16_000)],
)
def test_tokens_as_people_write_them(text: str, number: int) -> None:
    assert tokens(text, "/budget") == number


@pytest.mark.parametrize("text", ["many", "", "-5", "0", "1.2.3"])
def test_what_is_no_number_of_tokens_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="tokens"):
        tokens(text, "/budget")


@pytest.mark.parametrize(
    ("word", "command"), [("/fin", "/find"), ("/modle", "/model"), ("/ES", "")]
)
def test_the_nearest_command(word: str, command: str) -> None:
    assert slash.nearest(word) == command


def test_a_command_of_the_shell_is_shown_and_may_come_along(session: Session, heard: Heard) -> None:
    heard.answers = ["y"]
    after = shell.run(session, "printf 'gr\\303\\274n\\033[1m\\n'; exit 3", heard.desk())

    assert "grün\\x1b[1m\n" in heard.all
    assert "exit 3" in heard.all
    assert after.material == (
        Material(
            text="grün\x1b[1m\n".encode(), source="!printf 'gr\\303\\274n\\033[1m\\n'; exit 3"
        ),
    )


def test_output_that_names_a_private_entry_is_warned_of(session: Session, heard: Heard) -> None:
    secret = session.notebook.note(NewNote(text="my own position", private=True)).handle
    plain = session.notebook.note(NewNote(text="rates at 5.25")).handle

    shell.run(session, f"echo '{plain}  you  rates at 5.25'", heard.desk())
    assert "private" not in heard.all

    shell.run(session, f"echo '{secret}  you  my own position'", heard.desk())
    assert f"it names private entries ({secret}); brought along, it is not private" in heard.all


def test_output_that_is_not_wanted_stays(session: Session, heard: Heard) -> None:
    assert shell.run(session, "echo hi", heard.desk()) == session


@pytest.mark.parametrize(
    ("hint", "here"),
    [
        ("Give it room with --budget 67615.", "Give it room with /budget 67615."),
        ("Ask again, or another model with -m.", "Ask again, or another model with /model."),
        ("Name another file with -d.", "Name another file with -d."),
        ("`ledgernote threads` lists them.", "`/threads` lists them."),
        ("`ledgernote models` lists what it has.", "`/models` lists what it has."),
        ("`ledgernote projects` lists them.", "`/project` lists them."),
        ("`ledgernote tags` lists them.", "`ledgernote tags` lists them."),
        ("`ledgernote pin HANDLE`", "`ledgernote pin HANDLE`"),
        ("In a shell: ledgernote keys set", "In a shell: ledgernote keys set"),
        (
            "ledgernote keys set openai, or export OPENAI_API_KEY=…",
            "/key openai, or export OPENAI_API_KEY=…",
        ),
        (
            "Set another: export OPENAI_API_KEY=…",
            "Set another: /exit, then export OPENAI_API_KEY=…, which comes before /key",
        ),
    ],
)
def test_a_remedy_is_told_as_it_is_typed_here(hint: str, here: str) -> None:
    assert in_talk(hint) == here


@pytest.mark.parametrize(("command", "here"), SLASH_OF.items())
def test_a_remedy_names_a_slash_command_that_there_is(command: str, here: str) -> None:
    assert command.split(maxsplit=1)[0] in COMMANDS
    assert here in slash.COMMANDS


@pytest.mark.parametrize(
    ("line", "remedy"), [("/resume nosuch", "`/threads`"), ("/model sonett", "`/models`")]
)
def test_a_name_that_nothing_has_is_answered_with_a_slash_command(
    line: str, remedy: str, say: Say, heard: Heard
) -> None:
    with pytest.raises(LedgernoteError) as caught:
        say(line)

    tell(heard.desk().out, caught.value)

    assert remedy in heard.all
    assert "ledgernote " not in heard.all.replace("ledgernote: ", "")


def test_use_says_at_once_what_is_private_and_does_not_go_to_the_model(
    say: Say, session: Session, heard: Heard
) -> None:
    secret = session.notebook.note(NewNote(text="my own position", private=True)).handle
    remote = say("/model openai/gpt-5.4", session)

    say(f"/use {secret}", remote)
    assert f"{secret} is private and does not go to openai/gpt-5.4" in heard.all
    assert "comes with the next question" not in heard.all

    say(f"/use {secret}", say("/model offline", session))
    assert "comes with the next question" in heard.all


def test_the_bar_and_the_budget_say_what_the_window_leaves(
    say: Say, session: Session, heard: Heard
) -> None:
    small = say("/model openai/whatever-7", session)
    wide = say("/budget 200k", small)

    assert "28.7k" in bar(wide, Facts(), 80)
    assert "200k" not in bar(wide, Facts(), 80)
    assert "28.7k tokens: the window of openai/whatever-7 has no room for 200k" in heard.all


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_the_bar_fits(width: int, session: Session) -> None:
    long = replace(session, title="a title that is rather long")
    line = bar(long, Facts(pins=3, cost=0.02), width)

    assert len(line) <= width
    assert re.search("a title", line)
