"""Bare `ledgernote`: where you were, one key to go on; help where nobody looks."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pexpect
import pytest
from shell import Run
from started import Terminal

from ledgernote.config import Settings
from ledgernote.domain.entries import INBOX, Kind, Scope
from ledgernote.ledger import keep, lists, places
from ledgernote.notebook.home import home, same_days
from ledgernote.notebook.notebook import NewNote, Notebook


def test_nothing_yet_names_six_commands(run: Run) -> None:
    child = run.sits(rows=40)
    child.expect(pexpect.EOF)
    child.close()

    assert len([line for line in child.before.splitlines() if line.startswith("  ")]) == 6
    assert child.exitstatus == 0
    assert not run.ledger.exists()


def test_where_you_were_and_a_key_that_leaves(run: Run) -> None:
    run.note("old pin", "--pin", "--at", "2020-01-01")
    run("ask", "what of rates?", "-r", "thesis")
    child = run.sits(rows=40)

    child.expect("last threads.*thesis.*old pins.*old pin.*Enter goes on with thesis · n starts")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_in_a_pipe_it_is_help(run: Run) -> None:
    assert run().out.startswith("ledgernote: one local notebook")


def test_old_pins_are_those_that_deserve_another_look(notebook: Notebook) -> None:
    now = notebook.clock()
    notebook.note(NewNote(text="old", pin=Scope.PROJECT, at=now - timedelta(days=31)))
    notebook.note(NewNote(text="new", pin=Scope.PROJECT))

    found = home(notebook, everywhere=True)

    assert [pin.text for pin in found.pins] == ["old"]
    assert not found.empty


def test_this_day_in_earlier_weeks_and_years_comes_back(settings: Settings) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    notebook = Notebook.open(settings, create=True, say=lambda _: None, clock=lambda: noon)
    days = {"last week": 7, "a month": 28, "a year": 365, "two years": 731, "yesterday": 1}
    for text, ago in days.items():
        notebook.note(NewNote(text=text, at=noon - timedelta(days=ago)))
    notebook.note(NewNote(text="muted", mute=True, at=noon - timedelta(days=14)))
    old = notebook.note(NewNote(text="replaced", at=noon - timedelta(days=21)))
    notebook.note(NewNote(text="x", supersedes=old.handle))

    found = home(notebook, everywhere=True)

    assert [entry.text for entry in found.day] == ["last week", "a month", "a year"]
    notebook.close()


@pytest.mark.parametrize(
    ("now", "day_starts", "last", "years"),
    [
        ("2026-11-21T12:00+00:00", 300, "2026-11-14T05:00+00:00", [2025, 2024]),
        ("2026-11-21T02:00+02:00", 300, "2026-11-13T05:00+02:00", [2025, 2024]),
        ("2028-02-29T12:00+00:00", 0, "2028-02-22T00:00+00:00", [2024]),
    ],
)
def test_a_day_begins_at_its_hour_and_a_leap_day_has_few_years(
    now: str, day_starts: int, last: str, years: list[int]
) -> None:
    oldest = datetime(2024, 1, 1, tzinfo=UTC)

    days = list(same_days(datetime.fromisoformat(now), day_starts, oldest))

    assert days[0][0].isoformat(timespec="minutes") == last
    assert [begin.year for begin, _ in days[4:]] == years
    assert all(end - begin == timedelta(days=1) for begin, end in days)


def test_a_question_is_open_until_something_is_said_in_its_thread(notebook: Notebook) -> None:
    with notebook.writing() as tx:
        for name in ("one", "two"):
            thread = places.new_thread(tx, INBOX, name)
            new = keep.New(kind=Kind.QUESTION, text=name.encode(), project=INBOX, thread=thread)
            asked = keep.keep(tx, new)
            failed = replace(new, kind=Kind.ANSWER, text=b"", reply_to=asked, status="failed")
            keep.keep(tx, failed)
    notebook.note(NewNote(text="went on", thread="one"))

    found = home(notebook, everywhere=True)

    assert [entry.text for entry in found.open] == ["two"]
    assert [thread.title for thread in found.threads] == ["one", "two"]


def test_what_home_reads_is_read_by_an_index(notebook: Notebook) -> None:
    asked = [
        (lists.OLDEST, ()),
        (lists.NOTE_BETWEEN, (0, 1)),
        (lists.NOTE_OF_PROJECT, (0, 1, b"")),
        (places.RECENTLY_USED, (b"",)),
        (places.THREADS_OF.format("?"), (b"",)),
        (lists.LATEST, (0, None, 9)),
    ]
    for sql, values in asked:
        plan = [row[3] for row in notebook.ledger.rows(f"EXPLAIN QUERY PLAN {sql}", values)]

        some = [line for line in plan if line != "SCAN later"]  # what replaces one entry
        scans = [line for line in some if line.startswith("SCAN") and "subquery" not in line]
        assert all("USING" in line for line in scans), plan


def test_an_empty_notebook_is_told_as_such(notebook: Notebook) -> None:
    assert home(notebook, everywhere=True).empty


@pytest.mark.parametrize("argv", [[], ["chat"]])
def test_nothing_waits_for_keys_in_the_background(run: Run, argv: list[str]) -> None:
    run("ask", "what of rates?", "-r", "thesis")
    # `timeout` puts what it runs into a group of its own, behind the shell.
    program = shlex.join([sys.executable, "-m", "ledgernote", *argv])
    child = Terminal(
        "bash",
        ["-c", f"timeout -s KILL 20 {program}; echo over $?"],
        env=dict(run.env),
        timeout=30,
        encoding="utf-8",
    )

    child.expect(r"over (\d+)")

    assert child.match[1] == ("2" if argv else "0"), child.before
    child.close(force=True)
