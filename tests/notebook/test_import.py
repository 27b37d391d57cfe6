"""Other assistants' exports become entries once, in one step that can be taken back."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from interchange.hands import SAMPLES

from ledgernote.domain.entries import Entry, Kind
from ledgernote.ledger import keep
from ledgernote.notebook import undoing
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.transfer import ImportReceipt, import_from, sentence

SOURCES = ["chatgpt", "claude", "claude-code", "codex", "aichat", "vault"]


def take(notebook: Notebook, path: Path, name: str = "auto", **more: Any) -> ImportReceipt:
    return import_from(notebook, path, name, **more)


def kept(notebook: Notebook) -> list[Entry]:
    """Everything, in the one order."""
    return list(notebook.every())


def chat(number: int, *texts: str, title: str | None = None) -> dict[str, Any]:
    """A ChatGPT conversation of turns that follow each other."""
    mapping: dict[str, Any] = {}
    for at, text in enumerate(texts):
        id_ = f"{number}-{at}"
        role = "answer" if at % 2 else "user"
        mapping[id_] = {
            "id": id_,
            "parent": f"{number}-{at - 1}" if at else None,
            "message": {
                "id": id_,
                "author": {"role": {"answer": "assistant"}.get(role, role)},
                "create_time": 1_700_000_000 + number * 1000 + at,
                "content": {"content_type": "text", "parts": [text]},
                "metadata": {},
            },
        }
    return {"title": title, "mapping": mapping, "conversation_id": f"c{number}"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Where an export is written."""
    return tmp_path / "conversations.json"


@pytest.mark.parametrize("sample", SOURCES)
def test_again_adds_nothing_and_undo_takes_all_back(notebook: Notebook, sample: str) -> None:
    first = take(notebook, SAMPLES / sample)
    there = [(one.id, one.text, one.thread) for one in kept(notebook)]

    again = take(notebook, SAMPLES / sample)
    assert (again.entries, again.threads, again.known) == (0, 0, first.entries)
    assert first.entries == len(there) > 0

    assert undoing.take_back(notebook)
    assert kept(notebook) == []
    assert notebook.threads(everywhere=True) == []
    assert notebook.verify().faults == ()

    assert undoing.take_back(notebook, redo=True)
    assert [(one.id, one.text, one.thread) for one in kept(notebook)] == there
    assert notebook.verify().faults == ()


def test_branches_are_siblings_of_one_thread(notebook: Notebook) -> None:
    take(notebook, SAMPLES / "chatgpt")

    found = {one.ref: one for one in kept(notebook)}
    assert found["a1"].reply_to == found["a1b"].reply_to == found["u1"].handle
    assert found["u2"].reply_to == found["u2b"].reply_to == found["a1"].handle
    assert len({found[ref].thread for ref in ("u1", "a1", "a1b", "u2", "u2b", "a2b")}) == 1
    assert found["u1"].thread_title == "Real yields"


def test_models_stay_unknown_and_whoever_spoke_is_named(notebook: Notebook) -> None:
    take(notebook, SAMPLES / "chatgpt")

    found = {one.ref: one for one in kept(notebook)}
    assert (found["a1"].model, found["a1"].actor) == ("gpt-4", "gpt-4")
    assert (found["v"].model, found["v"].actor) == (None, "ChatGPT")
    assert found["u1"].actor == "ann"
    assert found["a1"].source == "chatgpt"


def test_projects_of_the_source_are_projects_unless_one_is_named(notebook: Notebook) -> None:
    take(notebook, SAMPLES / "claude")
    take(notebook, SAMPLES / "chatgpt", project="past")

    where = Counter((one.source, one.project) for one in kept(notebook))
    assert where == {
        ("claude", "Rates"): 3,
        ("claude", "claude"): 6,
        ("chatgpt", "past"): 12,
    }


def test_a_grown_export_adds_what_is_new_in_its_thread(notebook: Notebook, export: Path) -> None:
    export.write_text(json.dumps([chat(1, "one?", "first", title="T")]))
    take(notebook, export)
    export.write_text(
        json.dumps([chat(2, "other?"), chat(1, "one?", "first", "two?", "second", title="New")])
    )

    grown = take(notebook, export)

    assert (grown.entries, grown.known, grown.threads) == (3, 2, 1)
    assert {one.text: one.thread_title for one in kept(notebook)} == {
        **{"one?": "T", "first": "T", "two?": "T", "second": "T"},
        "other?": "other?",
    }


def test_another_text_under_a_known_name_is_added(notebook: Notebook, export: Path) -> None:
    export.write_text(json.dumps([chat(1, "one?", "first")]))
    take(notebook, export)
    export.write_text(json.dumps([chat(1, "one?", "changed")]))

    assert take(notebook, export).entries == 1
    assert take(notebook, export).entries == 0
    assert [one.text for one in kept(notebook)] == ["one?", "first", "changed"]


def test_what_was_edited_here_is_not_brought_again(notebook: Notebook, export: Path) -> None:
    export.write_text(json.dumps([chat(1, "one?", "first")]))
    take(notebook, export)
    with notebook.writing() as tx:
        keep.revise(tx, kept(notebook)[0].id, b"mine now")

    assert take(notebook, export).entries == 0


def test_thousands_of_talks_of_one_name_stay_apart(notebook: Notebook, export: Path) -> None:
    export.write_text(json.dumps([chat(at, f"q{at}", title="Greeting") for at in range(300)]))

    take(notebook, export)

    titles = {one.thread_title for one in kept(notebook)}
    assert titles == {"Greeting", *(f"Greeting-{number}" for number in range(2, 301))}


def test_an_edited_file_is_a_revision_and_a_new_tag_a_tag(
    notebook: Notebook, tmp_path: Path
) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(SAMPLES / "vault", vault)
    first = take(notebook, vault)
    (vault / "Plain.md").write_text("another text")
    (vault / "broken.md").write_text((vault / "broken.md").read_text() + "#late\n")

    again = take(notebook, vault)

    assert (again.entries, again.revised, again.known) == (0, 2, first.entries - 2)
    found = {one.ref: one for one in kept(notebook)}
    assert found["Plain.md"].text == "another text"
    assert found["broken.md"].tags == ("late",)


def test_two_vaults_with_files_of_one_name_do_not_mix(notebook: Notebook, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.md").write_text(f"vault {name}")
        take(notebook, tmp_path / name)

    assert sorted(one.text for one in kept(notebook)) == ["vault one", "vault two"]


def test_a_session_that_went_on_revises_its_last_answer(notebook: Notebook, tmp_path: Path) -> None:
    whole = (SAMPLES / "claude-code" / "s-1.jsonl").read_text().splitlines(keepends=True)
    path = tmp_path / "s-1.jsonl"
    path.write_text("".join(whole[:9]))
    take(notebook, path)
    path.write_text("".join(whole))

    grown = take(notebook, path)

    assert (grown.entries, grown.revised, grown.known) == (2, 1, 1)
    assert [one.kind for one in kept(notebook)] == [Kind.QUESTION, Kind.ANSWER] * 2
    assert kept(notebook)[1].text.endswith("Fixed.")


def test_a_thread_that_was_moved_grows_where_it_is(notebook: Notebook, export: Path) -> None:
    export.write_text(json.dumps([chat(1, "one?", "first")]))
    take(notebook, export, project="a")
    export.write_text(json.dumps([chat(1, "one?", "first", "two?")]))

    take(notebook, export, project="b")

    assert {one.project for one in kept(notebook)} == {"a"}
    assert [one.name for one in notebook.projects()] == ["a", "inbox"]


def test_a_receipt_is_one_sentence(notebook: Notebook, export: Path) -> None:
    assert sentence(take(notebook, SAMPLES / "chatgpt")) == (
        "12 entries · 3 threads · 2024-03 to 2026-11 · skipped 8"
        " (3 damaged, 1 image, 1 attachment, 1 reasoning, 1 hidden, 1 audio: --verbose)"
    )
    export.write_text(json.dumps([chat(1, "one?")]))
    assert sentence(take(notebook, export)) == "1 entry · 1 thread · 2023-11"
    assert sentence(take(notebook, export)) == "0 entries · 0 threads · 1 known"


def test_progress_is_told_after_each_transaction(notebook: Notebook, export: Path) -> None:
    export.write_text(json.dumps([chat(at, f"q{at}") for at in range(2_000)]))
    told: list[int] = []

    take(notebook, export, progress=told.append)

    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == 2_000
