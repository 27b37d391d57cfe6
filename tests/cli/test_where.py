"""Which project a command works in when nobody names one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest
from shell import Run
from started import Terminal


def project(run: Run, cwd: Path | None = None, **env: str) -> str:
    ran = run("note", "x", "--json", cwd=cwd, env=env)
    assert ran.code == 0, ran.err
    return str(ran.records[0]["project"])


def test_the_inbox_is_last(run: Run) -> None:
    assert project(run) == "inbox"


def test_the_environment_names_a_project_and_an_option_beats_it(run: Run) -> None:
    assert project(run, LEDGERNOTE_PROJECT="fed") == "fed"
    ran = run("note", "x", "-p", "oil", "--json", env={"LEDGERNOTE_PROJECT": "fed"})
    assert ran.records[0]["project"] == "oil"


def test_the_nearest_marker_upward_decides(run: Run) -> None:
    run.note("x", "-p", "fed")
    id_ = next(one["id"] for one in run("projects", "--json").records if one["name"] == "fed")
    (run.cwd / ".ledgernote").write_text(f"{id_}  # fed\n")
    deep = run.cwd / "a" / "b"
    deep.mkdir(parents=True)

    assert project(run, deep) == "fed"
    (run.cwd / "a" / ".ledgernote").write_text("# by-name\n")
    assert project(run, deep) == "by-name"
    assert len(run("log", cwd=deep).lines) == 1


def test_a_marker_of_an_unknown_id_makes_the_project_of_that_id_and_name(run: Run) -> None:
    id_ = "01985e4a-0000-7000-8000-00000000abcd"
    (run.cwd / ".ledgernote").write_text(f"{id_}  # fed\n")
    run.note("older", "-p", "oil")

    refused = run("find", "x").err
    assert "no project named 'fed'" in refused
    assert "first note or question here makes it" in refused
    assert project(run) == "fed"
    assert (
        next(one["id"] for one in run("projects", "--json").records if one["name"] == "fed") == id_
    )
    assert "nothing found in fed" in run("find", "unheard").err


def test_a_marker_goes_by_its_id_where_another_project_has_its_name(run: Run) -> None:
    run.note("x", "-p", "fed")
    (run.cwd / ".ledgernote").write_text("01985e4a-0000-7000-8000-00000000abcd  # fed\n")

    assert project(run) == "fed-2"


@pytest.mark.parametrize(
    "line", ["\n", "<<<<<<< HEAD\n", "fed\n", "\x00\x01 # x\n", "0198-5e4a  # fed\n", "#\n"]
)
def test_a_damaged_marker_is_told_and_the_text_is_safe(run: Run, line: str) -> None:
    (run.cwd / ".ledgernote").write_text(line)

    ran = run("note", "precious")

    assert (ran.code, ran.out) == (2, "")
    assert ".ledgernote names no project" in ran.err
    assert Path(ran.err.split("Your text is safe in ")[1].strip()).read_text() == "precious"
    assert run("note", "x", "-p", "fed").code == 0


@pytest.mark.parametrize("whose", ["no one's", "an entry's"])
def test_a_marker_with_an_id_that_can_be_no_project_makes_none(run: Run, whose: str) -> None:
    entry = run("note", "x", "--json").records[0]["id"]
    lines = {"no one's": "01985e4a-0000-7000-8000-00000000abcd\n", "an entry's": f"{entry} # fed\n"}
    (run.cwd / ".ledgernote").write_text(lines[whose])

    assert run("note", "precious").code == 2
    assert [one["name"] for one in run("projects", "--json").records] == ["inbox"]


def test_a_folder_of_the_markers_name_is_none(run: Run) -> None:
    (run.cwd / ".ledgernote").mkdir()

    assert project(run) == "inbox"


def test_a_repository_that_was_bound_decides_also_in_its_worktrees(run: Run) -> None:
    main, tree = run.cwd / "main", run.cwd / "tree"
    own = main / ".git" / "worktrees" / "tree"
    own.mkdir(parents=True)
    tree.mkdir()
    (own / "commondir").write_text("../..\n")
    (tree / ".git").write_text(f"gitdir: {own}\n")
    state = Path(run.env["LEDGERNOTE_STATE"])
    (state / "repositories.json").write_text(json.dumps({str(main / ".git"): "bound"}))

    assert project(run, main) == "bound"
    assert project(run, tree) == "bound"
    assert project(run) == "inbox"


def test_a_terminal_goes_on_in_the_project_named_there_last(run: Run) -> None:
    program = f"{sys.executable} -m ledgernote"
    script = (
        f"{program} note one -p fed --json; {program} note two --json; "
        f"{program} {program} log | wc -l"
    )
    child = Terminal("bash", ["-c", script], env=dict(run.env), timeout=30, encoding="utf-8")
    child.expect(pexpect.EOF)

    projects = [one["project"] for one in run("log", "--json").records]
    assert projects[:2] == ["fed", "fed"], child.before
    # Elsewhere, and without a terminal, nothing of that holds.
    assert project(run) == "inbox"


def test_a_project_that_could_not_be_used_is_not_remembered(run: Run) -> None:
    run.note("x")
    script = f"{sys.executable} -m ledgernote find x -p tpyo; {sys.executable} -m ledgernote find x"
    child = Terminal("bash", ["-c", script], env=dict(run.env), timeout=30, encoding="utf-8")
    child.expect(pexpect.EOF)

    assert "no project named 'tpyo'" in child.before
    assert "note" in child.before or "inbox" in child.before


def test_a_damaged_state_file_is_as_none(run: Run) -> None:
    state = Path(run.env["LEDGERNOTE_STATE"])
    (state / "repositories.json").write_text("[1, 2")
    (state / "terminals.json").write_text("[]")

    assert project(run) == "inbox"


def test_a_marker_that_is_no_file_is_passed_by(run: Run) -> None:
    os.mkfifo(run.cwd / ".ledgernote")

    assert run("note", "one").code == 0
