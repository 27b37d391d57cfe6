"""`note`: what is kept, what is printed, and that nothing typed is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shell import Run


def kept(run: Run, name: str = "@last") -> dict[str, object]:
    return run("show", name, "--json").records[0]


def test_words_are_kept_and_the_handle_is_printed(run: Run) -> None:
    ran = run("note", "no", "cut", "before", "September", "-p", "fed")

    assert ran.code == 0
    assert kept(run, ran.out.strip())["text"] == "no cut before September"
    assert f'kept {ran.out.strip()} in fed: "no cut before September"' in ran.err


def test_every_option_reaches_the_note(run: Run) -> None:
    older = run.note("older view")
    run.note(
        *("newer view", "-t", "macro, rates", "-t", "#fed", "--pin", "--mute", "--private"),
        *("--title", "View", "--supersedes", older, "--at", "2026-01-02T03:04:05+02:00"),
    )

    entry = kept(run)
    assert entry["tags"] == ["fed", "macro", "rates"]
    assert (entry["pinned"], entry["muted"], entry["private"]) == ("project", True, True)
    assert (entry["title"], entry["supersedes"]) == ("View", older)
    assert entry["created"] == "2026-01-02T03:04:05+02:00"


def test_a_pipe_is_kept_byte_for_byte(run: Run) -> None:
    body = b"\xff\xfe caf\xe9 \x00 \xed\xa0\x80 end\n"
    handle = run.note(stdin=body)

    assert run("show", handle).stdout == body


def test_words_stand_before_what_is_piped(run: Run) -> None:
    run.note("look", "here", stdin="1\n2\n")

    assert kept(run)["text"] == "look here\n\n1\n2\n"


def test_a_dash_alone_is_the_pipe(run: Run) -> None:
    run.note("-", stdin="from a pipe")

    assert kept(run)["text"] == "from a pipe"


def test_a_last_dash_is_the_pipe_below_the_words(run: Run) -> None:
    run.note("look", "here", "-", stdin="piped")

    assert kept(run)["text"] == "look here\n\npiped"


def test_a_dash_is_a_word_among_words_and_where_nothing_is_piped(run: Run) -> None:
    run.note("buy", "-", "sell", stdin="piped")
    assert kept(run)["text"] == "buy - sell\n\npiped"

    run.note("to be gone on with", "-")
    assert kept(run)["text"] == "to be gone on with -"


def test_files_are_kept_with_their_path_as_source(run: Run) -> None:
    (run.cwd / "a.txt").write_bytes(b"alpha\n")
    (run.cwd / "b.txt").write_bytes(b"beta\n")

    ran = run("note", "-f", "a.txt", "-f", "b.txt")

    assert len(ran.lines) == 2
    assert [kept(run, handle)["source"] for handle in ran.lines] == ["a.txt", "b.txt"]
    assert kept(run, ran.lines[1])["text"] == "beta\n"


def test_what_is_piped_beside_files_stands_below_the_last(run: Run) -> None:
    (run.cwd / "a.txt").write_bytes(b"alpha")
    (run.cwd / "b.txt").write_bytes(b"beta")

    ran = run("note", "see", "-f", "a.txt", "-f", "b.txt", stdin="piped\n")

    texts = [kept(run, handle)["text"] for handle in ran.lines]
    assert texts == ["see\n\nalpha", "see\n\nbeta\n\npiped\n"]


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("-f", "missing.txt"), 4, "missing.txt cannot be read"),
        (("-f", "."), 2, ". is a folder"),
        (("-f", "https://example.org/"), 2, "cannot be fetched yet"),
        (("",), 2, "nothing to keep"),
        ((" \n ",), 2, "nothing to keep"),
        ((), 2, "nothing to keep"),
        (("x", "--at", "soonish"), 2, "'soonish' is no time"),
        (("x", "--supersedes", "zzzzz"), 4, "nothing is called 'zzzzz'"),
    ],
)
def test_what_cannot_be_kept_is_one_sentence(
    run: Run, argv: tuple[str, ...], code: int, said: str
) -> None:
    ran = run("note", *argv)

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_split_keeps_a_note_for_each_paragraph(run: Run) -> None:
    ran = run("note", "--split", "-t", "x", stdin="one\nstill one\n\n\n two \n\nthree\n")

    texts = [kept(run, handle)["text"] for handle in ran.lines]
    assert texts == ["one\nstill one", " two ", "three"]


def test_each_keeps_a_note_a_line_and_hands_over_at_once(run: Run) -> None:
    with run.begins("note", "--each", stderr=subprocess.DEVNULL) as talk:
        assert talk.stdin
        assert talk.stdout
        for word in (b"one", b"two"):
            talk.stdin.write(word + b"\n\n")
            talk.stdin.flush()
            handle = talk.stdout.readline().decode().strip()
            assert kept(run, handle)["text"] == word.decode()
        talk.stdin.close()

    assert talk.returncode == 0


def test_the_editor_gives_the_text(run: Run) -> None:
    editor = run.cwd / "editor"
    editor.write_text('#!/bin/sh\nstat -c %a "$1" > mode; printf edited >> "$1"\n')
    editor.chmod(0o755)

    ran = run("note", "-e", "begun ", env={"EDITOR": str(editor)})

    assert ran.code == 0, ran.err
    assert kept(run)["text"] == "begun edited"
    assert (run.cwd / "mode").read_text().strip() == "600"


def test_a_file_may_be_edited_before_it_is_kept(run: Run) -> None:
    (run.cwd / "a.txt").write_text("alpha ")

    ran = run("note", "-e", "-f", "a.txt", env={"EDITOR": "sh -c 'printf edited >> \"$0\"'"})

    assert ran.code == 0, ran.err
    assert kept(run)["text"] == "alpha edited"
    assert (run.cwd / "a.txt").read_text() == "alpha "


def test_without_a_terminal_no_editor_is_waited_for(run: Run) -> None:
    with run.begins("note", "-e", stdin=subprocess.DEVNULL, start_new_session=True) as program:
        _, err = program.communicate(timeout=20)

    assert program.returncode == 2
    assert b"there is no terminal for an editor" in err


def test_a_pipe_without_end_is_named_after_a_second(run: Run) -> None:
    with run.begins("note", "words") as talk:
        assert talk.stderr
        begun = time.monotonic()
        assert talk.stderr.readline() == b"reading piped text; </dev/null to skip\n"
        assert time.monotonic() - begun >= 0.9
        talk.communicate(timeout=20)

    assert talk.returncode == 0


def test_a_closed_stdin_is_no_text(run: Run) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m ledgernote note words <&-', sys.executable],
        capture_output=True,
        env=run.env,
        timeout=20,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert kept(run)["text"] == "words"


def test_a_text_that_cannot_be_kept_is_saved(run: Run, tmp_path: Path) -> None:
    run.ledger.write_bytes(b"this is no ledger at all, but long enough to look like a file" * 20)

    ran = run("note", "precious", stdin="and piped\n", env={"TMPDIR": str(tmp_path)})

    assert ran.code == 5
    path = Path(ran.err.split("Your text is safe in ")[1].strip())
    assert path.read_bytes() == b"precious\n\nand piped\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_text_that_cannot_even_be_saved_is_on_the_screen(run: Run) -> None:
    run.ledger.write_bytes(b"no ledger" * 100)
    code = (
        "import sys, tempfile; tempfile.mkstemp = None\n"
        "def refuse(**_): raise OSError(28, 'No space left on device')\n"
        "tempfile.mkstemp = refuse\n"
        "from ledgernote.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "note", "precious words"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=run.env,
        timeout=20,
        check=False,
    )

    assert done.returncode == 5
    assert b"precious words" in done.stderr


@pytest.mark.slow
def test_a_hundred_megabytes_are_kept(run: Run) -> None:
    body = b"rates and more rates\n" * 5_000_000
    handle = run.note(stdin=body)

    assert run("show", handle).stdout == body


def test_forty_at_once_on_a_new_ledger_all_succeed(run: Run) -> None:
    started = [
        run.begins("note", f"note {number}", stdin=subprocess.DEVNULL) for number in range(40)
    ]
    ended = [(one.communicate(timeout=120), one.returncode) for one in started]

    assert [code for _, code in ended] == [0] * 40, [said for said, code in ended if code]
    assert len(run("log", "-n", "0", "--json").records) == 40
    assert run("verify").code == 0


def test_a_ledger_in_ones_home_is_named_from_there(run: Run) -> None:
    path = f"{run.env['HOME']}/deep/l.db"

    assert "no ledger at ~/deep/l.db" in run("log", "-d", path).err
    assert "a new ledger: ~/deep/l.db\n" in run("note", "x", "-d", path).err


def test_the_ledger_and_its_folder_are_private(run: Run, tmp_path: Path) -> None:
    os.umask(0o022)
    deep = tmp_path / "new" / "folder" / "l.db"

    assert run("note", "x", "-d", str(deep)).err.startswith(f"a new ledger: {deep}\n")

    assert deep.stat().st_mode & 0o777 == 0o600
    assert deep.parent.stat().st_mode & 0o777 == 0o700


def test_the_same_ref_and_words_are_kept_once(run: Run) -> None:
    first = run("note", "hello", "--ref", "A")
    again = run("note", "hello", "--ref", "A", "--private")
    others = [run("note", "hello", "--ref", "A", "-p", "fed"), run("note", "bye", "--ref", "A")]

    assert again.out == first.out
    assert len({first.out, *(other.out for other in others)}) == 3
    assert run("show", first.out.strip(), "--json").records[0]["private"] is True


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("why does sk-live-0123456789abcdefghij give 401?", True),
        ("AIzaSyA-0123456789abcdefghijklmnopqrst", True),
        ("the sk-learn-based-pipeline-of-theirs", False),
        ("risk-adjusted-returns-of-2026-and-2027", False),
    ],
)
def test_who_keeps_what_looks_like_a_key_is_told_how_to_erase_it(
    words: str, told: bool, run: Run
) -> None:
    ran = run("note", words)

    handle = ran.out.strip()
    assert (f"{handle} holds what looks like a key: `ledgernote purge {handle}`" in ran.err) == told
