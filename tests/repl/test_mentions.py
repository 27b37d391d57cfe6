from __future__ import annotations

from pathlib import Path

import pytest

from ledgernote.domain.errors import UsageError
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Material
from ledgernote.repl.mentions import Brought, bring, question_of, to_model
from ledgernote.repl.session import Session
from ledgernote.repl.words import Typed


@pytest.mark.parametrize(
    "text",
    [
        "@john: thanks",
        "mail me@example.com",
        "a lone @ sign",
        "@",
        '@"',
        "the @federalreserve account",
        "\x00 @\x00",
        "@/",
    ],
)
def test_what_resolves_to_nothing_stays_text(text: str, notebook: Notebook) -> None:
    assert bring(notebook, text) == Brought()


@pytest.mark.parametrize("form", ["@{}", "is @{}, right?", "(@{})", "@{}: so?", "“@{}”", "@{}."])
def test_a_handle_brings_its_entry(form: str, notebook: Notebook) -> None:
    handle = notebook.note(NewNote(text="no cut before Sept")).handle

    assert bring(notebook, form.format(handle)) == Brought((handle,))


def test_a_few_letters_are_no_handle(notebook: Notebook) -> None:
    handle = notebook.note(NewNote(text="no cut before Sept")).handle

    assert bring(notebook, f"@{handle[:3]} thanks") == Brought()


def test_the_last_note_has_a_name(notebook: Notebook) -> None:
    handle = notebook.note(NewNote(text="no cut before Sept")).handle

    assert bring(notebook, "and @last.note?").given == (handle,)


def test_a_file_comes_along_as_bytes(notebook: Notebook, tmp_path: Path) -> None:
    path = tmp_path / "my table.txt"
    path.write_bytes(b"1\xff2")

    brought = bring(notebook, f'read @"{path}", please')

    assert brought.material == (Material(text=b"1\xff2", source=str(path)),)


def test_a_file_is_brought_once(notebook: Notebook, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("words")

    assert len(bring(notebook, f"@{path} and @{path}.").material) == 1


def test_a_file_that_cannot_be_read_is_said(notebook: Notebook) -> None:
    sealed = Path("/proc/1/mem")
    try:
        sealed.read_bytes()
    except PermissionError:
        with pytest.raises(UsageError, match="cannot be read"):
            bring(notebook, f"@{sealed}")
    except OSError:
        assert bring(notebook, f"@{sealed}") == Brought()


def test_a_handle_comes_before_a_file(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = notebook.note(NewNote(text="no cut before Sept")).handle
    (tmp_path / handle).write_text("a file of that name")
    monkeypatch.chdir(tmp_path)

    assert bring(notebook, f"@{handle}") == Brought((handle,))


def test_another_model_is_asked_once(notebook: Notebook) -> None:
    model, question = to_model(notebook, "@openai/gpt-5: is it so?")

    assert model is not None
    assert (model.name, question) == ("openai/gpt-5", "is it so?")


@pytest.mark.parametrize(("typed", "once"), [("@openai/gpt-5: is it so?", True), ("so?", False)])
def test_such_a_question_says_that_it_was_for_that_model_once(
    session: Session, typed: str, *, once: bool
) -> None:
    question, _ = question_of(session, Typed(typed))

    assert question.once is once


@pytest.mark.parametrize("text", ["@john: thanks", "@offline", "ask @offline: this", "@offline:"])
def test_no_model_is_meant(text: str, notebook: Notebook) -> None:
    assert to_model(notebook, text) == (None, text)
