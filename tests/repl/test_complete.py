from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from scripted import ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import INBOX, Kind
from ledgernote.domain.frozen import replace
from ledgernote.ledger.keep import New, keep
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.saved import save
from ledgernote.notebook.turn import Question, take_turn
from ledgernote.repl.complete import NotebookCompleter
from ledgernote.repl.fuzzy import fits
from ledgernote.repl.history import TAIL, Questions, questions
from ledgernote.repl.slash import COMMANDS


def completions(notebook: Notebook, before: str) -> list[tuple[str, str]]:
    completer = NotebookCompleter(notebook, COMMANDS)
    found = completer.get_completions(Document(before), CompleteEvent(completion_requested=True))
    return [(one.text, one.display_meta_text) for one in found]


def test_a_slash_completes_commands(notebook: Notebook) -> None:
    found = completions(notebook, "/mod")
    assert found[:2] == [(name, COMMANDS[name].help) for name in ("model", "models")]
    assert len(completions(notebook, "/")) == len(COMMANDS)


def test_a_handle_stands_beside_its_first_words(notebook: Notebook) -> None:
    kept = notebook.note(NewNote(text="no cut before Sept\x1b[31m"))

    for before in (f"is @{kept.handle[:2]}", "is @before", "/show ", "/pin @"):
        assert (kept.handle, "note: no cut before Sept\\x1b[31m") in completions(notebook, before)


def test_tags_models_projects_and_files(notebook: Notebook, tmp_path: Path) -> None:
    notebook.note(NewNote(text="words", tags=("rates",)))
    (tmp_path / "table.txt").write_text("words")

    assert ("rates", "1") in completions(notebook, "/tag ra")
    assert ("rates", "1") in completions(notebook, "/note more #r")
    assert "offline" in dict(completions(notebook, "/model off"))
    assert "offline: " in dict(completions(notebook, "@off"))
    assert "inbox" in dict(completions(notebook, "/project "))
    assert "table.txt" in dict(completions(notebook, f"read @{tmp_path}/tab"))


def test_a_server_of_the_settings_is_offered_once_by_the_name_they_give_it(
    notebook: Notebook, settings: Settings
) -> None:
    with ScriptedServer() as server:
        house = replace(settings, models={"house/b": {"api_base": server.base}})
        with closing(Notebook.open(house, create=False, say=lambda _: None)) as mine:
            for _ in take_turn(mine, Question(text="what now?"), the_model(mine, "house/b")):
                pass
            found = completions(mine, "/compare hou")

    assert [name for name, _ in found] == ["house/b"]


def test_the_second_word_of_tag_is_a_handle(notebook: Notebook) -> None:
    kept = notebook.note(NewNote(text="words", tags=("rates",)))

    assert dict(completions(notebook, "/tag rates ")).keys() == {kept.handle}


def test_the_options_of_find_are_completed_and_their_values(notebook: Notebook) -> None:
    kept = notebook.note(NewNote(text="words", tags=("rates",)))
    save(notebook, "cuts", "rate cut", (), everywhere=True)

    assert "--like" in dict(completions(notebook, "/find words --li"))
    assert list(dict(completions(notebook, "/find --like "))) == [kept.handle]
    assert list(dict(completions(notebook, "/find --sort "))) == ["score", "new", "old"]
    for before in ("/find @cu", "/find rates @", "/find --forget "):
        assert ("cuts", "rate cut") in completions(notebook, before)


def test_the_fields_of_a_query_are_completed_and_their_values(notebook: Notebook) -> None:
    notebook.note(NewNote(text="words", tags=("rates",)))

    for before in ("/find tag:ra", "/find words -tag:", "/find not:tag:r"):
        assert ("rates", "1") in completions(notebook, before)
    for before in ("/find ta", "/find -ta", "/find words not:ta"):
        assert list(dict(completions(notebook, before))) == ["tag:"]


@pytest.mark.parametrize("before", ["/etc/ho", "plain words", "/threads x", "@\x00", "/nope x", ""])
def test_nothing_to_complete_is_no_error(before: str, notebook: Notebook) -> None:
    assert completions(notebook, before) == []


def test_a_ledger_that_is_gone_completes_nothing(notebook: Notebook) -> None:
    notebook.settings.ledger.unlink()

    assert completions(notebook, "/show ") == []
    assert questions(notebook) == []


async def _all(history: Questions) -> list[str]:
    return [text async for text in history.load()]


def test_history_is_read_for_every_prompt_and_stored_nowhere() -> None:
    import asyncio

    kept = ["newer", "older"]
    history = Questions(lambda: kept)
    history.append_string("typed before it was loaded")

    first = asyncio.run(_all(history))
    kept.insert(0, "asked in another terminal")
    second = asyncio.run(_all(history))

    assert first == ["typed before it was loaded", "newer", "older"]
    assert second == ["typed before it was loaded", "asked in another terminal", "newer", "older"]


def test_only_the_tail_of_the_questions_is_read(notebook: Notebook) -> None:
    with notebook.writing() as tx:
        for number in range(TAIL + 20):
            new = New(kind=Kind.QUESTION, text=b"question %d" % number, project=INBOX)
            keep(tx, new)

    found = questions(notebook)

    assert found[0] == f"question {TAIL + 19}"
    assert len(found) == TAIL


def test_a_few_letters_of_a_name_find_it(notebook: Notebook, tmp_path: Path) -> None:
    notebook.note(NewNote(text="words", tags=("interest-rates",)))
    (tmp_path / "table-of-yields.txt").write_text("words")

    assert "interest-rates" in dict(completions(notebook, "/tag rat"))
    assert "interest-rates" in dict(completions(notebook, "/tag intrt"))
    assert "table-of-yields.txt" in dict(completions(notebook, f"read @{tmp_path}/yields"))
    assert "table-of-yields.txt" in dict(completions(notebook, f"read @{tmp_path}/tofy"))


def test_scattered_letters_fit_only_where_nothing_holds_the_word(notebook: Notebook) -> None:
    assert list(dict(completions(notebook, "/hel"))) == ["help"]
    assert "help" in dict(completions(notebook, "/hlp"))


@pytest.mark.parametrize(
    ("wanted", "better", "worse"),
    [
        ("rate", "rates", "the rates"),
        ("rate", "the rates", "corporate"),
        ("rate", "corporate", "royal tea"),
        ("rt", "rt", "art"),
    ],
)
def test_the_nearer_to_a_beginning_the_better(wanted: str, better: str, worse: str) -> None:
    near, far = fits(wanted, better), fits(wanted, worse)

    assert near is not None
    assert far is not None
    assert near < far


@pytest.mark.parametrize("text", ["tear", "a rocket that ends somewhere", "", "r.t.e."])
def test_letters_in_another_order_or_far_apart_do_not_fit(text: str) -> None:
    assert fits("rate", text) is None
