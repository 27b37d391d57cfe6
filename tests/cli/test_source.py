"""`source` and `pull`: what a folder says is in, and no look is in anybody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from shell import Run


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    write(folder / "cut.md", "# Cut\n\nNo cut before September\n")
    write(folder / "oil.md", "Oil is up\n")
    return folder


def write(path: Path, text: str) -> None:
    """A file that was written a while ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(time.time_ns(), time.time_ns() - 10**9))


def many(folder: Path, number: int) -> None:
    for each in range(number):
        write(folder / f"{each % 50}" / f"{each}.md", f"# {each}\n\nnote {each} of many words\n")


def test_a_folder_is_taken_in_at_once_and_listed(run: Run, vault: Path) -> None:
    added = run("source", "add", str(vault))
    listed = run("source", "list", "--json").records

    assert added.code == 0
    assert "vault: 2 entries" in added.err
    assert listed == [
        {"name": "vault", "path": str(vault), "format": "markdown", "project": "vault"}
        | {"files": 2, "there": True}
    ]
    assert [one["actor"] for one in run("find", "oil", "-p", "vault", "--json").records] == ["ann"]


def test_it_goes_into_the_project_that_is_named(run: Run, vault: Path) -> None:
    run("source", "add", str(vault), "-p", "fed")
    write(vault / "new.md", "later words\n")

    assert run("pull", "-p", "other").code == 0
    assert {one["project"] for one in run("log", "--json").records} == {"fed"}


def test_what_is_new_is_found_at_once_and_said_on_one_line(run: Run, vault: Path) -> None:
    run("source", "add", str(vault))
    write(vault / "new.md", "gilts rally\n")

    found = run("find", "gilts", "-a", "--ids")
    assert (found.code, len(found.lines)) == (0, 1)
    assert found.err.splitlines() == ["new: 1 entry from vault"]

    write(vault / "newer.md", "bunds rally\n")
    quiet = run("find", "bunds", "-a", "--ids", "--quiet")
    assert (len(quiet.lines), quiet.err) == (1, "")
    assert run("find", "bunds", "-a").err == ""


@pytest.mark.parametrize("command", [("note", "x"), ("log",), ("ask", "x", "-m", "offline", "-n")])
def test_note_log_and_a_turn_that_keeps_nothing_do_not_look(
    run: Run, vault: Path, command: tuple[str, ...]
) -> None:
    run("source", "add", str(vault))
    write(vault / "new.md", "gilts rally\n")

    assert run(*command).code == 0

    assert "1 entry" in run("pull").err


def test_a_dry_run_and_the_turn_see_the_same(run: Run, vault: Path) -> None:
    run("source", "add", str(vault), "-p", "fed")
    write(vault / "new.md", "gilts rally on the print\n")

    planned = run("context", "what of gilts?", "-m", "offline", "-p", "fed", "--json").records[0]
    asked = run("ask", "what of gilts?", "-m", "offline", "-p", "fed", "--json").records[0]

    assert any("gilts rally" in message["content"] for message in planned["messages"])
    assert planned["digest"] == asked["digest"]


def test_undo_takes_back_what_a_person_did_not_what_a_look_brought(run: Run, vault: Path) -> None:
    run("source", "add", str(vault))
    run("note", "my own thought")
    write(vault / "new.md", "gilts rally\n")
    run("find", "gilts", "-a")

    assert run("undo", "-y").code == 0

    texts = [one["text"].strip() for one in run("log", "--json").records]
    assert "my own thought" not in texts
    assert "gilts rally" in texts


def test_a_pull_is_one_step_that_stays_undone(run: Run, vault: Path) -> None:
    run("source", "add", str(vault))
    before = [one["text"] for one in run("log", "--json").records]
    write(vault / "new.md", "gilts rally\n")
    write(vault / "oil.md", "Oil is down\n")
    (vault / "cut.md").unlink()
    assert "1 entry" in run("pull").err

    assert run("undo", "-y").code == 0

    assert [one["text"] for one in run("log", "--json").records] == before
    assert "nothing new" in run("pull").err
    assert [one["text"] for one in run("log", "--json").records] == before


def test_what_the_files_did_stands_in_the_log_and_is_made_again_from_it(
    run: Run, vault: Path
) -> None:
    run("source", "add", str(vault))
    handle = run("find", "september", "-a", "--ids").out.strip()
    (vault / "cut.md").rename(vault / "no cut.md")
    run("pull")
    (vault / "no cut.md").rename(vault.parent / "away.md")
    run("pull")
    (vault.parent / "away.md").rename(vault / "no cut.md")
    write(vault / "oil.md", "Oil is down #oil\n")
    run("pull")
    before = run("log", "--json").records

    told = run("history", handle).out
    for words in ("its file has another name", "hidden with its file", "brought back"):
        assert words in told

    assert run("doctor", "--rebuild").code == 0
    assert run("log", "--json").records == before
    assert run("verify").code == 0
    assert "nothing new" in run("pull").err


def test_what_came_stays_when_a_source_is_let_go(run: Run, vault: Path) -> None:
    run("source", "add", str(vault))

    gone = run("source", "rm", "vault", "--json")
    write(vault / "new.md", "gilts rally\n")

    assert (gone.code, "stays in vault" in gone.err) == (0, True)
    assert gone.records[0]["path"] == str(vault)
    assert run("source", "list").lines == []
    assert "no folder is looked at" in run("pull").err
    assert len(run("log", "--json").records) == 2
    assert run("source", "rm", "vault").code == 4


def test_a_folder_that_is_away_is_exit_4_and_hides_nothing(run: Run, vault: Path) -> None:
    run("source", "add", str(vault))
    away = vault.rename(vault.parent / "away")

    ran = run("pull")
    assert (ran.code, "is not there; nothing of it is hidden" in ran.err) == (4, True)
    assert run("find", "oil", "-a").err == ""
    assert "(not there)" in run("source", "list").out

    away.rename(vault)
    assert run("pull").code == 0
    assert len(run("log", "--json").records) == 2


def test_a_tools_name_means_where_it_keeps_its_transcripts(
    run: Run, home: dict[str, str], tmp_path: Path
) -> None:
    line = '{"type": "user", "uuid": "u", "sessionId": "s", "message": {"content": "fix it"}}\n'
    write(Path(home["HOME"]) / ".claude" / "projects" / "p" / "s.jsonl", line)
    write(tmp_path / "codex" / "sessions" / "rollout-1.jsonl", "")

    assert run("source", "add", "claude-code").code == 0
    assert run("source", "add", "codex", env={"CODEX_HOME": str(tmp_path / "codex")}).code == 2
    assert run("source", "add", "codex").code == 4
    assert [one["text"] for one in run("log", "--json").records] == ["fix it"]


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (("source",), 2, "list"),
        (("source", "forget", "x"), 2, "cannot 'forget'"),
        (("source", "add"), 2, "source add PATH"),
        (("source", "add", "nowhere"), 4, "there is no"),
        (("source", "add", "VAULT", "--format", "llm"), 2, "import llm PATH"),
        (("source", "add", "VAULT", "--format", "codex"), 0, "looked at from now on"),
        (("source", "add", "VAULT/cut.md"), 2, "is no folder"),
        (("source", "list", "x"), 2, "usage: ledgernote source list"),
        (("source", "rm", "x"), 5, "no ledger"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    run: Run, vault: Path, argv: tuple[str, ...], code: int, says: str
) -> None:
    ran = run(*(one.replace("VAULT", str(vault)) for one in argv))

    assert (ran.code, says in ran.err) == (code, True), ran.err
    assert "Traceback" not in ran.err


def test_who_is_killed_in_the_middle_loses_and_doubles_nothing(run: Run, vault: Path) -> None:
    many(vault, 1_500)
    nothing = subprocess.DEVNULL
    adding = run.begins("source", "add", str(vault), stdin=nothing, stdout=nothing, stderr=nothing)
    while len(run("find", "words", "-a", "--ids", "-n", "0").lines) < 250:
        assert adding.poll() is None
    adding.send_signal(signal.SIGKILL)
    adding.wait()

    assert run("pull").code == 0

    refs = [one["ref"] for one in run("log", "-n", "0", "--json").records]
    assert len(refs) == len(set(refs)) == 1_502
    assert run("verify").code == 0


def test_two_pulls_at_once_take_each_file_in_once(run: Run, vault: Path) -> None:
    run("source", "add", str(vault))
    many(vault, 500)

    both = [run.begins("pull", stdin=subprocess.DEVNULL) for _ in range(2)]
    assert [(one.communicate(timeout=60), one.returncode)[1] for one in both] == [0, 0]

    refs = [one["ref"] for one in run("log", "-n", "0", "--json").records]
    assert len(refs) == len(set(refs)) == 502
    assert run("verify").code == 0


@pytest.mark.slow
def test_a_look_at_20_000_unchanged_files_takes_as_long_as_asking_for_their_times(
    run: Run, vault: Path
) -> None:
    from ledgernote.interchange.folder import ENDINGS, look

    many(vault, 20_000)
    assert run("source", "add", str(vault)).code == 0
    assert run("pull").err == "nothing new in 1 source\n"

    def seconds(top: Path, *, ours: bool) -> float:
        begun = time.perf_counter()
        if ours:
            assert look(top, ENDINGS["markdown"]).digest
        else:
            for folder, _, files in os.walk(top):
                for file in files:
                    os.stat(f"{folder}/{file}")  # noqa: PTH116  the bare call is measured
        return time.perf_counter() - begun

    bare = min(seconds(vault, ours=False) for _ in range(7))
    assert min(seconds(vault, ours=True) for _ in range(7)) < 1.5 * bare


def test_help_names_the_formats_that_are_looked_at() -> None:
    from ledgernote.cli.options import LOOKED_AT
    from ledgernote.interchange.folder import ENDINGS

    assert LOOKED_AT.split("|") == list(ENDINGS)
