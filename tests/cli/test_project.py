"""Projects and threads are kept in order by commands that can be undone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from shell import Run


def project_of(run: Run, handle: str) -> object:
    return run("show", handle, "--json").records[0]["project"]


def test_a_new_project_is_listed_and_made_once(run: Run) -> None:
    assert run("project", "new", "fed").code == 0
    assert [one["name"] for one in run("projects", "--json").records] == ["fed", "inbox"]

    again = run("project", "new", "fed")

    assert (again.code, "project use fed" in again.err) == (2, True)


def test_a_renamed_project_keeps_what_is_in_it(run: Run) -> None:
    handle = run.note("one", "-p", "fed")

    assert run("project", "rename", "fed", "the", "fed").code == 0

    assert project_of(run, handle) == "the fed"
    assert run("project", "rename", "inbox", "outbox").code == 2


def test_a_name_that_is_taken_gets_a_suffix(run: Run) -> None:
    run("project", "new", "fed")
    run("project", "new", "oil")

    ran = run("project", "rename", "oil", "fed", "--json")

    assert ran.records[0]["name"] == "fed-2"


def test_a_marker_holds_for_the_folder_and_those_below(run: Run) -> None:
    run("project", "new", "fed")
    below = run.cwd / "a" / "b"
    below.mkdir(parents=True)

    assert run("project", "use", "fed", "--here").code == 0
    run("project", "rename", "fed", "rates")

    handle = run("note", "one", cwd=below).out.strip()
    assert project_of(run, handle) == "rates"


def test_a_repository_is_bound_with_its_worktrees_and_clones(run: Run, tmp_path: Path) -> None:
    def git(*argv: str, cwd: Path) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always")
        subprocess.run(["git", *who, *argv], cwd=cwd, check=True, capture_output=True)

    repository, clone = tmp_path / "repository", tmp_path / "clone"
    repository.mkdir()
    git("init", "-q", ".", cwd=repository)
    git("commit", "-q", "--allow-empty", "-m", "x", cwd=repository)
    git("remote", "add", "origin", "git@example.org:me/it.git", cwd=repository)
    git("worktree", "add", "-q", "../tree", cwd=repository)
    git("init", "-q", str(clone), cwd=tmp_path)
    git("remote", "add", "origin", "https://example.org/me/it", cwd=clone)
    run("project", "new", "fed")

    assert run("project", "use", "fed", "--repository", cwd=repository).code == 0

    for folder in (repository, tmp_path / "tree", clone):
        assert project_of(run, run("note", "one", cwd=folder).out.strip()) == "fed"
    assert project_of(run, run.note("elsewhere")) == "inbox"


def test_without_a_repository_binding_says_so(run: Run) -> None:
    run("project", "new", "fed")

    ran = run("project", "use", "fed", "--repository", cwd=Path("/"))

    assert (ran.code, "no git repository" in ran.err) == (2, True)


def test_an_archived_project_is_out_of_the_list_and_still_found(run: Run) -> None:
    handle = run.note("oil at 90", "-p", "oil")

    assert run("project", "archive", "oil").code == 0
    assert [one["name"] for one in run("projects", "--json").records] == ["inbox"]
    assert [one["name"] for one in run("projects", "--all", "--json").records] == ["inbox", "oil"]
    assert run("find", "oil", "-a", "--ids").lines == [handle]

    assert run("project", "archive", "oil", "--back").code == 0
    assert len(run("projects", "--json").records) == 2


def test_a_brief_leads_every_context_of_the_project(run: Run) -> None:
    run("project", "new", "fed")

    assert run("project", "brief", "fed", "Answer", "in", "basis", "points.").code == 0

    assert run("project", "brief", "fed").out == "Answer in basis points.\n"
    messages = run("context", "what now?", "-p", "fed", "--json").records[0]["messages"]
    assert "Answer in basis points." in messages[0]["content"]
    assert run("project", "brief", "fed", "-e", env={"EDITOR": "truncate -s 0"}).code == 0
    assert run("project", "brief", "fed").out == "\n"


def test_a_long_brief_is_whole_wherever_it_is_read(run: Run) -> None:
    long = "Answer in basis points. " * 1_500
    run("project", "new", "fed")

    run("project", "brief", "fed", stdin=long)

    assert run("project", "brief", "fed").out == long.strip() + "\n"
    assert run("project", "brief", "fed", "-e", env={"EDITOR": "true"}).code == 0
    assert run("project", "brief", "fed").out == long.strip() + "\n"


def test_threads_are_renamed_and_archived(run: Run) -> None:
    answer = run("ask", "what of oil?", "--json").records[0]

    assert run("thread", "rename", "@last", "oil thesis").code == 0
    assert run("show", "oil thesis").code == 0

    assert run("thread", "archive", "oil thesis").code == 0
    assert run("threads").out == ""
    assert run("find", "oil", "--ids").lines != []
    assert run("thread", "archive", str(answer["thread"]), "--back").code == 0
    assert len(run("threads").lines) == 1


def test_a_fork_shares_what_was_said_and_goes_its_own_way(run: Run) -> None:
    run("ask", "first question", "-r", "trunk")
    first = str(run("log", "-n", "1", "--json").records[0]["handle"])
    run("ask", "second question", "-r", "trunk")

    fork = run("thread", "fork", "trunk", "branch", "--at", first).out.strip()
    run("ask", "third question", "-r", "branch")

    kinds = [
        one["text"] for one in run("show", fork, "--json").records if one["kind"] == "question"
    ]
    assert kinds == ["first question", "third question"]
    context = run("context", "fourth", "-r", "branch", "--json").records[0]
    said = "\n".join(message["content"] for message in context["messages"])
    assert all(word in said for word in ("first question", "third question"))
    assert "third question" not in run("show", "trunk").out


def test_the_first_turn_of_a_fork_begins_with_the_context_it_left(run: Run) -> None:
    run("ask", "first question", "-r", "trunk")
    answer = str(run("log", "-n", "1", "--json").records[0]["handle"])
    before = run("context", "--of", answer, "--json").records[0]["messages"]

    run("thread", "fork", "trunk", "branch")
    after = run("context", "second", "-r", "branch", "--json").records[0]["messages"]

    assert after[: len(before)] == before


def test_a_fork_keeps_its_past_when_its_last_common_entry_moves_away(run: Run) -> None:
    run("ask", "first question", "-r", "trunk")
    last = str(run("log", "-n", "1", "--json").records[0]["handle"])
    fork = run("thread", "fork", "trunk", "branch").out.strip()
    run("project", "new", "elsewhere")

    run("move", last, "elsewhere")

    assert "first question" in run("show", fork).out


def test_the_title_of_a_fork_holds_no_words_that_a_purge_would_not_reach(run: Run) -> None:
    run("ask", "what of the xylophone?")
    question, answer = (str(one["handle"]) for one in run("log", "--json").records)

    fork = run("thread", "fork", "@last").out.strip()
    assert "xylophone? (fork)" in run("threads").out
    run("purge", question, answer, "-y")

    assert fork in run("threads").out
    files = [path for path in run.ledger.parent.rglob("*") if path.is_file()]
    assert [str(path) for path in files if b"xylophone" in path.read_bytes()] == []


def test_removing_a_fork_leaves_its_trunk(run: Run) -> None:
    run("ask", "first question", "-r", "trunk")
    fork = run("thread", "fork", "trunk", "branch").out.strip()
    run("ask", "second question", "-r", "branch")

    run("rm", fork)

    assert "first question" in run("show", "trunk").out


@pytest.mark.parametrize(
    "line",
    [
        *("project", "project use", "project rename fed", "project dance fed", "project new"),
        *("project new a b", "project new a --here", "project archive fed x"),
        *("thread", "thread rename", "thread move x", "thread fork x --back", "thread dance x"),
    ],
)
def test_what_makes_no_sense_is_usage(run: Run, line: str) -> None:
    run("project", "new", "fed")

    assert run(*line.split()).code == 2


def test_to_go_on_after_an_import_means_its_newest_thread(run: Run) -> None:
    line = '{"kind": "question", "text": "what of oil?", "thread": "old talk", "project": "oil"}'
    (run.cwd / "old.jsonl").write_text(line)
    run("import", "jsonl", "old.jsonl")

    answer = run("ask", "-c", "-p", "oil", "and then?", "--json").records[0]

    assert run("show", str(answer["question"]), "--json").records[0]["thread_title"] == "old talk"
