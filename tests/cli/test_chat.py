"""`chat` from the shell's side: through pipes, as JSON, and what it refuses."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
from shell import Run
from started import Terminal


def test_chat_as_json_is_one_object_a_turn_in_the_form_of_ask(run: Run) -> None:
    run.note("no cut before September")
    ran = run("chat", "--json", stdin="what of September?\n\nand what of cuts?\n")

    one, two = ran.records
    asked = run("ask", "what of September?", "--json").records[0]
    assert one.keys() == two.keys() == asked.keys()
    assert one["thread"] == two["thread"]
    assert "no cut before September" in one["text"]


def test_chat_as_json_at_a_terminal_names_the_way(run: Run) -> None:
    child = run.sits("chat", "--json")
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == 2
    assert "chat --json is for pipes" in child.before
    assert not run.ledger.exists()


def test_what_was_piped_to_a_chat_with_an_unknown_model_is_saved(run: Run) -> None:
    child = Terminal(
        "/bin/sh",
        ["-c", f"echo 'a long table' | {sys.executable} -m ledgernote chat -m nosuch"],
        env=dict(run.env),
        timeout=20,
        encoding="utf-8",
        dimensions=(24, 200),
    )
    child.expect(r"Your text is safe in (\S+)")
    saved = Path(child.match[1])
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == 4
    assert saved.read_text() == "a long table\n"
