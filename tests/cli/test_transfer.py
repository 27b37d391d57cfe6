"""`import`, `export`, `verify`, `doctor`, `config`: nothing is lost, nothing is silent."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest
from shell import Run


@pytest.fixture
def filled(run: Run) -> Run:
    run.note("one", "-t", "macro", "-p", "fed", "--pin", "--title", "T")
    run.note(stdin=b"\xff raw \x00 bytes\n")
    run("ask", "what?", "-r", "thesis", "-p", "fed", stdin="material\n")
    return run


def test_out_and_in_again_is_the_same(filled: Run, tmp_path: Path) -> None:
    out = filled("export")
    assert out.code == 0
    other = str(tmp_path / "other.db")

    ran = filled("import", "jsonl", "-", "-d", other, stdin=out.stdout)

    assert ran.code == 0, ran.err
    assert "5 entries · 1 thread" in ran.err
    assert filled("export", "-d", other).stdout == out.stdout
    again = filled("import", "auto", "-", "-d", other, "--json", stdin=out.stdout)
    assert (again.records[0]["entries"], again.records[0]["known"]) == (0, 5)
    assert filled("verify", "-d", other).code == 0


def test_a_line_goes_into_the_project_that_it_names_and_else_into_that_of_p(run: Run) -> None:
    lines = ({"kind": "note", "text": "a", "project": "fed"}, {"kind": "note", "text": "b"})
    (run.cwd / "in.jsonl").write_text("\n".join(map(json.dumps, lines)))

    run("import", "jsonl", "in.jsonl", "-p", "home")

    assert {one["text"]: one["project"] for one in run("export").records} == {
        "a": "fed",
        "b": "home",
    }


def test_export_is_of_everything_unless_a_project_is_named(filled: Run) -> None:
    assert len(filled("export").lines) == 5
    assert {one["project"] for one in filled("export", "-p", "fed").records} == {"fed"}


def test_an_exported_file_is_private_and_whole_or_not_there(filled: Run) -> None:
    path = filled.cwd / "out.jsonl"

    assert filled("export", "--output", "out.jsonl").code == 0
    assert path.read_bytes() == filled("export").stdout
    assert path.stat().st_mode & 0o777 == 0o600
    assert filled("export", "--output", "no/such/folder.jsonl").code == 5
    assert [one.name for one in filled.cwd.iterdir()] == ["out.jsonl"]


def test_bad_lines_are_named_and_the_good_ones_kept(run: Run) -> None:
    lines = [
        json.dumps({"kind": "note", "text": "good"}),
        "not json",
        json.dumps({"kind": "note"}),
        json.dumps({"text": "no kind"}),
        "",
        json.dumps({"kind": "note", "text": "also good"}),
    ]
    ran = run("import", "jsonl", "-", "--verbose", stdin="\n".join(lines))

    assert ran.code == 0
    assert "2 entries" in ran.err
    assert "skipped 3 (3 damaged" in ran.err
    for number in (2, 3, 4):
        assert f"\n{number}: " in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"nope", "not JSON"),
        (b'{"kind": "note", "text": "\xff"}', "not text in UTF-8"),
        (b'{"kind": "banana", "text": "x"}', "`kind` must be one of question, answer"),
        (b'{"kind": "note", "text": "x", "pinned": "yes"}', "`pinned` must be one of thread"),
        (b'{"kind": "note", "bytes": "x"}', "`bytes` is no base64"),
    ],
)
def test_a_bad_line_is_told_in_words_of_ours(run: Run, line: bytes, why: str) -> None:
    ran = run("import", "jsonl", "-", stdin=line)

    assert f"nothing could be taken in; 1: {why}" in ran.err
    assert not re.search("codec|Kind|Scope|char 0|padding", ran.err)


def test_every_field_of_an_import_stands_in_the_page_of_json_forms(run: Run) -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
    (row,) = [line for line in page.splitlines() if line.startswith("| `import` |")]

    record = run("import", "jsonl", "-", "--json", stdin='{"kind": "note", "text": "x"}').records[0]

    assert set(record) <= set(re.findall(r"`(\w+)`", row))


def test_a_file_without_one_good_line_is_exit_2_with_the_first_reason(run: Run) -> None:
    ran = run("import", "jsonl", "-", stdin='{"kind": "note", "text": "x", "tags": 5}\n{\n')

    assert ran.code == 2
    assert "ledgernote: nothing could be taken in; 1: `tags` must be a list of names" in ran.err


def test_an_export_says_what_is_not_in_it(filled: Run) -> None:
    assert "earlier revisions, receipts and citations are not in it" in filled("export").err


def test_a_file_that_is_none_is_told(run: Run) -> None:
    (run.cwd / "x.bin").write_bytes(bytes(range(256)) * 10)

    assert run("import", "jsonl", "missing.jsonl").code == 4
    assert run("import", "jsonl", ".").code == 2
    assert run("import", "jsonl", "x.bin").code == 2


def test_the_suggested_find_finds(run: Run) -> None:
    ran = run("import", "jsonl", "-", stdin='{"kind": "note", "text": "the stubbornness"}\n')
    suggested = ran.err.splitlines()[-1].removeprefix("try: ledgernote ").split()

    assert run(*suggested).code == 0


def test_verify_counts_and_names_what_was_changed(filled: Run) -> None:
    assert "every hash is as it was written" in filled("verify").err
    assert filled("verify", "--json").records[0]["faults"] == []

    damage(filled.ledger)

    ran = filled("verify")
    assert ran.code == 5
    assert ran.lines
    assert "its words were changed" in ran.out
    assert filled("doctor").code == 5


def damage(ledger: Path) -> None:
    """Change a word behind the program's back."""
    with sqlite3.connect(ledger) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'payload'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE payload SET body = X'6f6e46' WHERE body = X'6f6e65'")
    connection.close()


def test_doctor_says_what_to_do(filled: Run) -> None:
    assert filled("doctor").code == 0
    filled.ledger.chmod(0o644)

    ran = filled("doctor", env={"OPENAI_API_KEY": "sk-never-shown-1234"})

    assert f"chmod 600 {filled.ledger}" in ran.out
    assert "OPENAI_API_KEY" in ran.out
    assert "never-shown" not in ran.out + ran.err


def test_a_rebuild_changes_nothing_that_can_be_seen(filled: Run) -> None:
    before = filled("export").stdout

    assert filled("doctor", "--rebuild").code == 0
    assert filled("export").stdout == before


def test_settings_are_set_and_read(run: Run) -> None:
    assert run("config", "path").out.strip() == run.env["LEDGERNOTE_CONFIG"]
    assert run("config", "get", "budget").out == "16000\n"
    assert run("config", "set", "budget", "8000").code == 0
    assert run("config", "set", "models.openai/a.local", "yes").code == 0
    assert run("config", "get", "budget", "--json").records == [{"name": "budget", "value": 8000}]
    assert run("config", "get", "models.openai/a.local").out == "true\n"
    assert "budget = 8000" in run("config", "get").out


@pytest.mark.parametrize(
    "line",
    [
        "set budget 0",
        "set replay -1",
        "set budget lots",
        "set nosuch 1",
        "get nosuch",
        "set",
        "get a b",
        "path x",
    ],
)
def test_wrong_settings_are_usage(run: Run, line: str) -> None:
    assert run("config", *line.split()).code == 2


@pytest.mark.parametrize("line", ["budget = 0", "replay = -1", '[models."a/b"]\nwindow = 0'])
def test_a_number_that_makes_no_sense_is_told_with_its_path(run: Run, line: str) -> None:
    Path(run.env["LEDGERNOTE_CONFIG"]).write_text(line)
    ran = run("ask", "hm?")

    assert ran.code == 2
    assert "or more, not" in ran.err
    assert run.env["LEDGERNOTE_CONFIG"] in ran.err


def test_a_line_of_the_config_that_is_no_setting_is_told_and_does_no_harm(run: Run) -> None:
    path = Path(run.env["LEDGERNOTE_CONFIG"])
    path.write_text('modle = "x"\n[models."a/b"]\nwindoww = 1\n')

    assert run("note", "x").err.count("modle") == 1
    assert run("note", "y", "--quiet").err == ""
    for command in (("config", "get"), ("config", "set", "budget", "9000")):
        assert run(*command).code == 0
        assert "no setting is called 'modle'; the nearest is model\n" in run(*command).err
    remedies = [one["what"] for one in run("doctor", "--json").records if one["remedy"]]
    assert any("the nearest is models.a/b.window" in one for one in remedies)


def test_config_answers_in_json_too(run: Run) -> None:
    assert run("config", "path", "--json").records == [{"path": run.env["LEDGERNOTE_CONFIG"]}]
    ran = run("config", "set", "budget", "9000", "--json")
    assert ran.records == [{"name": "budget", "value": 9000}]


def test_a_damaged_config_is_told_with_its_path(run: Run) -> None:
    Path(run.env["LEDGERNOTE_CONFIG"]).write_text("budget = = 3")
    ran = run("log")

    assert ran.code == 2
    assert run.env["LEDGERNOTE_CONFIG"] in ran.err


def test_an_export_never_replaces_the_ledger(filled: Run) -> None:
    ran = filled("export", "--output", str(filled.ledger))

    assert ran.code == 2
    assert "is the ledger itself" in ran.err
    assert filled("verify").code == 0


def test_a_receipt_names_the_project_that_came_with_a_brief(run: Run) -> None:
    line = '{"kind": "note", "text": "one", "project": "fed", "project_brief": "Rates first."}'

    came, again = (run("import", "jsonl", "-", "--json", stdin=line) for _ in range(2))

    assert (came.records[0]["briefs"], again.records[0]["briefs"]) == (["fed"], [])
    assert "with the brief of fed" in came.err
