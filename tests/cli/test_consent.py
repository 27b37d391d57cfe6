"""Consent from the shell: asked at a terminal, withheld, counted and said elsewhere; `config`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import canary
import pexpect
import pytest
from scripted import ScriptedServer
from shell import Run
from started import Terminal

CANARY = "zebrafinch"
QUESTION = ("which fund holds gilts?", "-m", "openai/a")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def remote(run: Run, server: ScriptedServer) -> Run:
    """A run that reaches the scripted server, with an import in its ledger."""
    env = {
        "OPENAI_API_BASE": server.base,
        "OPENAI_API_KEY": canary.OPENAI,
        "ANTHROPIC_API_BASE": server.root,
        "ANTHROPIC_API_KEY": canary.ANTHROPIC,
    }
    made = Run(env={**run.env, **env}, cwd=run.cwd, ledger=run.ledger)
    rows = [
        {"kind": "note", "text": f"{text} fund holds gilts", "source": "chatgpt", "ref": text}
        for text in (CANARY, "another")
    ]
    brought = made("import", "jsonl", "-", stdin="\n".join(map(json.dumps, rows)))
    assert brought.code == 0, brought.err
    return made


def told(server: ScriptedServer) -> list[bool]:
    """For each request whether it held the import."""
    return [CANARY in json.dumps(request) for request in server.requests]


def at_terminal(run: Run, *argv: str) -> Any:
    """The command at a terminal of its own, before it has said anything."""
    return run.sits(*argv)


def ended(child: Any) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


# ---- without a terminal ------------------------------------------------------------------


def test_without_a_terminal_it_is_withheld_counted_and_said(
    remote: Run, server: ScriptedServer
) -> None:
    ran = remote("ask", *QUESTION)

    assert (ran.code, told(server)) == (0, [False])
    assert "2 withheld: chatgpt" in ran.err
    assert "`ledgernote config set consent.chatgpt.openai always` sends it" in ran.err


def test_json_counts_by_source_what_has_no_consent(remote: Run) -> None:
    records = [
        remote(command, *QUESTION, "--json").records[0] for command in ("context", "ask", "context")
    ]
    answer = records[1]["answer"]

    assert [one["no_consent"] for one in records] == [{"chatgpt": 2}] * 3
    assert records[0]["digest"] == records[1]["digest"]
    assert remote("context", "--of", answer, "--json").records[0]["no_consent"] == {"chatgpt": 2}
    assert "withheld: 2 of chatgpt" in remote("why", answer).out


def test_what_had_no_consent_then_is_not_sent_when_exactly_that_is_asked_again(
    remote: Run,
) -> None:
    first = remote("ask", *QUESTION, "--json").records[0]

    again = remote("ask", "--of", first["answer"], "-m", "offline", "--json").records[0]

    told = remote("context", "--of", again["answer"], "--json").records[0]
    assert again["digest"] == first["digest"]
    assert told["no_consent"] == {"chatgpt": 2}


def test_a_dry_run_says_so_too(remote: Run, server: ScriptedServer) -> None:
    runs = [
        remote("context", *QUESTION),
        remote("ask", *QUESTION, "--dry-run"),
        remote("context", "-m", "openai/a", "--each", stdin="gilts?\nwhich gilts?\n"),
    ]

    assert server.requests == []
    assert [ran.err.count("config set consent.chatgpt.openai always") for ran in runs] == [1, 1, 1]
    assert CANARY not in "".join(ran.out for ran in runs)


def test_what_was_named_and_is_withheld_is_told_by_its_handle(remote: Run) -> None:
    handle = remote("find", CANARY, "--ids").out.strip()

    ran = remote("ask", "what of this?", "-f", handle, "-m", "openai/a")

    assert f"{handle} was imported and is not sent without consent" in ran.err


def test_many_questions_or_models_are_withheld_from_and_told_once(
    remote: Run, server: ScriptedServer
) -> None:
    each = remote("ask", "-m", "openai/a", "--each", stdin="which gilts?\nwhat gilts?\n")
    several = remote("ask", *QUESTION, "-m", "anthropic/b")

    assert told(server) == [False] * 4
    assert each.err.count("consent.chatgpt.openai always") == 1
    assert several.err.count("consent.chatgpt.openai always") == 1
    assert several.err.count("consent.chatgpt.anthropic always") == 1


def test_a_chat_in_a_pipe_withholds_and_says_so_once(remote: Run, server: ScriptedServer) -> None:
    ran = remote("chat", "-m", "openai/a", stdin="which gilts?\nwhat gilts?\n")

    assert told(server) == [False, False]
    assert ran.err.count("consent.chatgpt.openai always") == 1


def test_always_is_set_listed_and_revoked_by_config(remote: Run, server: ScriptedServer) -> None:
    remote("config", "set", "consent.chatgpt.openai", "always")
    remote("ask", *QUESTION)
    listed = remote("config", "get").lines[-1]
    remote("config", "set", "consent.chatgpt.openai", "never")
    never = remote("ask", *QUESTION)

    assert told(server) == [True, False]
    assert listed == "consent.chatgpt.openai = always"
    assert "2 withheld: chatgpt" in never.err
    assert "config set" not in never.err


# ---- config ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "consent.markdown:my v.2/notes.openai",
        'consent.chatgpt."my.house"',
        "consent.a.b.c.openai",
        'consent.say "hi".openai',
    ],
)
def test_names_with_dots_slashes_and_quotes_survive(name: str, run: Run) -> None:
    run("config", "set", name, "never")

    assert run("config", "get", name).out == "never\n"
    assert run("config", "get", "consent").out == f"{name} = never\n"
    assert run("config", "get", "consent", "--json").records == [{"name": name, "value": "never"}]


@pytest.mark.parametrize(
    "argv", [("consent.chatgpt.openai", "maybe"), ("consent.chatgpt", "never")]
)
def test_an_unknown_decision_is_a_usage_error(argv: tuple[str, str], run: Run) -> None:
    ran = run("config", "set", *argv)

    assert ran.code == 2
    assert not Path(run.env["LEDGERNOTE_CONFIG"]).exists()


def test_what_nobody_decided_reads_ask(run: Run) -> None:
    assert run("config", "get", "consent.chatgpt.openai").out == "ask\n"


# ---- at a terminal -------------------------------------------------------------------------


def test_the_question_stands_at_the_terminal_and_always_is_kept(
    remote: Run, server: ScriptedServer
) -> None:
    child = at_terminal(remote, "ask", *QUESTION)
    child.expect("send 2 entries imported from chatgpt to openai")
    child.expect_exact("[a]lways, [o]nce, [n]ever, make them [p]rivate")
    assert server.requests == []

    child.send("x\ra\r")

    child.expect("a, o, n or p")
    assert (ended(child), told(server)) == (0, [True])
    assert remote("config", "get", "consent.chatgpt.openai").out == "always\n"


@pytest.mark.parametrize(("key", "goes"), [("o", True), ("n", False), ("p", False), ("", False)])
def test_a_letter_decides_and_enter_sends_none_of_it(
    key: str, goes: bool, remote: Run, server: ScriptedServer
) -> None:
    child = at_terminal(remote, "ask", *QUESTION)
    child.expect("not now")

    child.send(f"{key}\r")

    assert (ended(child), told(server)) == (0, [goes])
    private = [one["private"] for one in remote("find", "gilts", "--json").records if one["source"]]
    assert private == [key == "p"] * 2


def test_ctrl_c_at_the_question_sends_nothing_and_keeps_what_was_asked(
    remote: Run, server: ScriptedServer
) -> None:
    child = at_terminal(remote, "ask", *QUESTION)
    child.expect("not now")

    child.send("\x03")

    child.expect("the question is kept as")
    assert (ended(child), server.requests) == (130, [])
    assert remote("log", "-n", "1", "--json").records[0]["text"] == "which fund holds gilts?"


def test_an_answer_for_a_pipe_is_not_asked_about(remote: Run, server: ScriptedServer) -> None:
    program = f"{sys.executable} -m ledgernote ask 'which gilts?' -m openai/a | cat"
    child = Terminal("/bin/sh", ["-c", program], env=dict(remote.env), timeout=30)

    child.expect("withheld from openai")

    assert (ended(child), told(server)) == (0, [False])


def test_several_models_over_the_cap_are_asked_about_as_one_is(
    remote: Run, server: ScriptedServer
) -> None:
    remote("config", "set", "cap", "0.000001")
    child = at_terminal(remote, "ask", "so?", "-m", "openai/gpt-4o", "-m", "openai/gpt-4o-mini")

    child.expect(r"Go on,\s+here up to .* unasked\? \[y/N\]")
    child.sendline("n")
    child.expect(pexpect.EOF)

    assert server.requests == []
