"""The published shape of each format, its traps included, becomes exactly these entries."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from interchange.hands import SAMPLES, damages, left_out, lines, rows

from ledgernote.domain.entries import Status

EXPECTED = {
    "chatgpt": [
        ("question", "u1", None, "What are real yields?"),
        ("answer", "a1", "u1", "First \n\nanswer."),
        ("answer", "a1b", "u1", "Second answer."),
        (
            "question",
            "u2",
            "a1",
            "[image: chart.png 1024×768]\n\nRead this chart.\n\n[file: data.csv]",
        ),
        ("answer", "a2", "u2", "[tool python: print(6 * 7)]\n\n[result: 42]\n\nIt says 42."),
        ("question", "u2b", "a1", "Say it shorter."),
        ("answer", "a2b", "u2b", "Shor"),
        ("question", "q", None, "No time here."),
        ("answer", "v", "q", "spoken words\n\n[audio]"),
        ("question", "x", None, "round"),
        ("answer", "y", "x", "and"),
        ("question", "z", None, "round again"),
    ],
    "claude": [
        ("note", "p-1/prompt", None, "Be terse."),
        ("note", "d-1", None, "No cut before September."),
        ("note", "memory/acc", None, "Trades rates."),
        ("note", "memory/p-1", None, "Prefers figures."),
        (
            "question",
            "m1",
            None,
            "What is duration?\n\n[file: bonds.txt]\na bond\n\n[image: curve.png]",
        ),
        (
            "answer",
            "m2",
            "m1",
            "Sensitivity.\n\n[tool web_search: duration]\n\n[result: found it]\n\nDone.",
        ),
        ("answer", "m2b", "m1", "Another go."),
        ("question", "o1", None, "old export"),
        ("answer", "o2", "o1", "no parents"),
    ],
    "claude-code": [
        ("question", "u1", None, "Fix the curve."),
        (
            "answer",
            "a1",
            "u1",
            (
                "I look.\n\n[tool Bash: ls]\n\n[tool Read: a.py]\n\n[result: a.py]\n\n"
                "[result: x = 1]\n\nFixed."
            ),
        ),
        ("question", "u2", None, "And the plot?\n\n[image: image/png]"),
        ("answer", "a5", "u2", "Half"),
    ],
    "codex": [
        ("question", "s9:5", None, "Count the files."),
        (
            "answer",
            "s9:8",
            "s9:5",
            '[tool shell: {"command":["ls"]}]\n\n[result: {"output":"a b"}]\n\nTwo files.',
        ),
        ("question", "s9:13", None, "Stop there.\n\n[image]"),
        ("answer", "s9:14", "s9:13", "I was"),
        ("question", "old-1:3", None, "An older one."),
        ("answer", "old-1:4", "old-1:3", "Indeed."),
    ],
    "vault": [
        ("note", "Plain.md", None, "no heading, a link to [[nowhere]]"),
        (
            "note",
            "Thesis.md",
            None,
            (
                "aliases:\n  - the thesis\nrating: 5\n\n# Ignored heading\n\n"
                "No cut before #September, see [[CPI|the print]] and ![[chart.png]].\n\n"
                "```\n#notatag\n```\n"
                "The `#neither` and C#sharp, #1 is none, #real-yields/us is.\n"
            ),
        ),
        ("note", "broken.md", None, "---\nbroken: [\n---\ntext stays\n"),
        ("note", "daily/2025-06-13.md", None, "# Daily note\n\nCPI was hot. #cpi\n"),
        (
            "note",
            "daily/only-front.md",
            None,
            "---\ntags: macro, fed\ndate: not a date\n---\n",
        ),
    ],
}

LEFT_OUT = {
    "chatgpt": {"images": 1, "attachments": 1, "reasoning": 1, "hidden": 1, "audio": 1}
    | {"damaged": 3},
    "claude": {"images": 1, "reasoning": 1},
    "claude-code": {"commands": 1, "reasoning": 1, "side talks": 1, "images": 1, "damaged": 1},
    "codex": {"hidden": 2, "reasoning": 1, "images": 1},
    "aichat": {"hidden": 1, "images": 1},
    "vault": {"other files": 1, "empty files": 1},
}


@pytest.mark.parametrize("sample", EXPECTED)
def test_entries_are_these(sample: str) -> None:
    assert rows(SAMPLES / sample) == EXPECTED[sample]


@pytest.mark.parametrize("sample", LEFT_OUT)
def test_what_does_not_come_in_is_counted(sample: str) -> None:
    assert left_out(SAMPLES / sample) == LEFT_OUT[sample]


@pytest.mark.parametrize("sample", ["chatgpt", "claude", "vault"])
def test_a_zip_reads_as_its_folder_does(sample: str, tmp_path: Path) -> None:
    path = tmp_path / "vault.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((SAMPLES / sample).rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(SAMPLES / sample))

    assert rows(path) == EXPECTED[sample]


def test_models_times_and_states_are_those_of_the_file() -> None:
    found = {one.ref: one for one in lines(SAMPLES / "chatgpt")}

    assert [found[ref].model for ref in ("a1", "a1b", "a2", "a2b", "v")] == [
        *("gpt-4", "gpt-4o", "o1", None, None)
    ]
    assert found["a1b"].created is not None
    assert found["a1b"].created.timestamp() == 1_710_000_040.25
    assert found["a1"].created == found["u1"].created, "an answer is never before its question"
    assert found["x"].created is None
    assert found["a2b"].status is Status.INTERRUPTED
    assert {one.model for one in lines(SAMPLES / "claude")} == {None}


def test_talks_keep_their_titles_and_projects() -> None:
    chats = {one.thread_ref: (one.thread_name, one.project) for one in lines(SAMPLES / "chatgpt")}
    assert chats == {
        "conv-1": ("Real yields", None),
        "conv-2": (None, "ChatGPT 68a1b2c3"),
        "conv-3": (None, None),
    }
    assert {one.ref: one.project for one in lines(SAMPLES / "claude") if one.project} == {
        "p-1/prompt": "Rates",
        "d-1": "Rates",
        "memory/p-1": "Rates",
    }
    assert {one.thread_name for one in lines(SAMPLES / "claude-code")} == {"Fix the curve"}


def test_notes_have_the_titles_tags_and_times_of_their_files() -> None:
    found = {one.ref: one for one in lines(SAMPLES / "vault")}

    assert found["Thesis.md"].title == "Rates thesis"
    assert found["Thesis.md"].tags == ("macro", "fed/path", "September", "real-yields/us")
    assert found["Thesis.md"].created is not None
    assert found["Thesis.md"].created.isoformat() == "2025-06-12T00:00:00+00:00"
    assert found["daily/2025-06-13.md"].title == "Daily note"
    assert found["daily/only-front.md"].tags == ("macro", "fed")
    assert found["Plain.md"].title == "Plain"
    assert {one.source for one in found.values()} == {"markdown:vault"}


def test_a_session_of_aichat_has_the_time_of_its_name_and_its_log_that_of_its_headings() -> None:
    found = lines(SAMPLES / "aichat")

    assert [(one.kind, one.text.decode(), one.model) for one in found] == [
        ("question", "What is carry?", None),
        ("answer", "Roll and yield.", None),
        ("question", "And\nmore?", None),
        ("answer", "More.", None),
        ("question", "What is r-star?", None),
        ("answer", "The neutral rate.", "openai:gpt-4o"),
        ("question", "And this?\n\n[image]", None),
        ("answer", "A chart.\n\nTwo lines.", "openai:gpt-4o"),
    ]
    assert [str(one.created)[:16] for one in found[::4]] == ["2024-05-02 10:00", "2024-05-01 12:13"]
    assert found[-1].thread_name == "neutral rate"


def test_damage_is_told_with_its_reason() -> None:
    assert list(damages(SAMPLES / "chatgpt")) == [
        "no `mapping` in it",
        "3 of its messages follow each other in a circle; kept in their order",
        "no `mapping` in it",
    ]
    assert "line 15" in next(damages(SAMPLES / "claude-code"))
