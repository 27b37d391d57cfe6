from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.repl.complete import NotebookCompleter
from ledgernote.repl.history import Questions, questions
from ledgernote.repl.slash import COMMANDS


def completions(notebook: Notebook, before: str) -> list[tuple[str, str]]:
    completer = NotebookCompleter(notebook, COMMANDS)
    found = completer.get_completions(Document(before), CompleteEvent(completion_requested=True))
    return [(one.text, one.display_meta_text) for one in found]


def test_a_slash_completes_commands(notebook: Notebook) -> None:
    assert completions(notebook, "/mo") == [("model", COMMANDS["model"].help)]
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
    assert "le.txt" in dict(completions(notebook, f"read @{tmp_path}/tab"))


def test_the_second_word_of_tag_is_a_handle(notebook: Notebook) -> None:
    kept = notebook.note(NewNote(text="words", tags=("rates",)))

    assert dict(completions(notebook, "/tag rates ")).keys() == {kept.handle}


@pytest.mark.parametrize("before", ["/etc/ho", "plain words", "/threads x", "@\x00", "/nope x", ""])
def test_nothing_to_complete_is_no_error(before: str, notebook: Notebook) -> None:
    assert completions(notebook, before) == []


def test_a_ledger_that_is_gone_completes_nothing(notebook: Notebook) -> None:
    notebook.settings.ledger.unlink()

    assert completions(notebook, "/show ") == []
    assert questions(notebook) == []


async def _all(history: Questions) -> list[str]:
    return [text async for text in history.load()]


def test_history_is_read_once_and_stored_nowhere() -> None:
    import asyncio

    reads = []

    def read() -> list[str]:
        reads.append(1)
        return ["newer", "older"]

    history = Questions(read)
    history.append_string("typed before it was loaded")

    assert asyncio.run(_all(history)) == ["typed before it was loaded", "newer", "older"]
    assert asyncio.run(_all(history))[0] == "typed before it was loaded"
    assert len(reads) == 1
