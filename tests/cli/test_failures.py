"""Every way in which a model fails: what is said, the exit code, what is in the ledger."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import canary
import pytest
from scripted import Cut, Fault, Garbage, Hang, Raw, Refuse, Say, ScriptedServer, Step
from shell import Ran, Run

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

from failures import FAILURES, HALF

from ledgernote.repl.session import in_talk

SAID = "so the server said"
MODEL = "openai/gpt-5.4"
"""Asked through litellm; a model of one's own is asked directly."""
QUICK = "retries = 1\nfirst_seconds = 1\nsilence_seconds = 1\n"
NOWHERE = {"refused": "http://127.0.0.1:9/v1", "unknown": "http://nowhere.invalid/v1"}
STEPS: Mapping[str, Step] = {
    "moved": Raw("", 307, (("location", NOWHERE["refused"]),)),
    "401": Refuse(401, SAID),
    "402": Refuse(402, SAID),
    "403": Refuse(403, SAID),
    "404": Refuse(404, SAID),
    "408": Refuse(408, SAID, wait="0"),
    "429": Refuse(429, SAID, wait="0"),
    "429 for long": Refuse(429, SAID, wait="3600"),
    "500": Refuse(500, SAID, wait="0"),
    "503": Refuse(503, SAID, wait="0"),
    "cut before": Cut(0),
    "cut": Cut(2),
    "fault": Fault(SAID),
    "silence": Hang(30),
    "silence in it": Hang(30, 2),
    "garbage": Garbage(),
    "no length": Say("", finish="length"),
    "filtered": Say("", finish="content_filter"),
    "empty": Say(""),
    "too long": Refuse(400, "maximum context length is 100 tokens", "context_length_exceeded"),
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def env(home: dict[str, str], server: ScriptedServer) -> dict[str, str]:
    """A user of the scripted server, who does not wait long."""
    settings(home, QUICK)
    return home | {"OPENAI_API_KEY": canary.OPENAI, "OPENAI_API_BASE": server.base}


def settings(env: Mapping[str, str], text: str) -> None:
    Path(env["LEDGERNOTE_CONFIG"]).write_text(text, "utf-8")


def answers(run: Run, env: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What is in the ledger: kind, status and words of each entry."""
    rows = run("log", "--json", env=env).records
    return [(row["kind"], row["status"], row["text"]) for row in rows]


def asked(run: Run, env: Mapping[str, str], face: str, model: str = MODEL) -> Ran:
    if face == "ask":
        return run("ask", "is it so?", "-m", model, env=env)
    return run("chat", "--new", "-m", model, stdin="is it so?\n", env=env)


# The face words what the way to a model tells, whichever way that was.
@pytest.mark.parametrize(
    ("face", "model"), [("ask", MODEL), ("ask", "openai/own-model"), ("chat", "openai/own-model")]
)
@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_ends_as_the_page_says(
    name: str, face: str, model: str, run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    env["OPENAI_API_BASE"] = where = NOWHERE.get(name, server.base)
    server.script(*[STEPS[name]] * 2 if name in STEPS else [])
    told = FAILURES[name]

    ran = asked(run, env, face, model)

    assert ran.code == told.code
    sentence = told.sentence.format(where=where).replace(MODEL, model)
    remedy = in_talk(told.remedy) if face == "chat" else told.remedy
    remedy = remedy.replace(MODEL, model)
    assert f"ledgernote: {sentence}\n  {remedy}\n" in ran.err
    assert ("asked again" in ran.err) == told.again
    half = ("answer", "interrupted", "one two ")
    kept = half if told.kept == HALF else ("answer", "failed", "")
    assert answers(run, env) == [("question", "complete", "is it so?"), kept]


def test_a_busy_model_is_asked_again_and_answers(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    server.script(Refuse(503, SAID), Say("It is."))

    ran = asked(run, env, "ask")

    assert (ran.code, ran.out) == (0, "It is.\n")
    assert "(asked again in 0.5 s)" in ran.err
    assert [kind for kind, _, _ in answers(run, env)] == ["question", "answer"]


def test_after_the_first_word_nothing_is_asked_again(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    server.script(Cut(2), Say("It is."))

    ran = asked(run, env, "ask")

    assert ran.out == "one two \n"
    assert len(server.requests) == 1


def test_another_model_answers_and_is_named(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    settings(env, 'retries = 0\nfallback = ["anthropic/claude-sonnet-4-5"]\n')
    other = {"ANTHROPIC_API_KEY": canary.ANTHROPIC, "ANTHROPIC_API_BASE": server.root}
    server.script(Refuse(401, SAID), Say("It is."))

    ran = run("ask", "is it so?", "-m", "openai/gpt-5.4", "--json", env=env | other)

    assert ran.records[0]["model"] == "anthropic/claude-sonnet-4-5"
    assert "(anthropic/claude-sonnet-4-5 is asked instead)" in ran.err
    rows = [
        (row["kind"], row["model"], row["text"]) for row in run("log", "--json", env=env).records
    ]
    assert rows == [
        ("question", None, "is it so?"),
        ("answer", "openai/gpt-5.4", ""),
        ("answer", "anthropic/claude-sonnet-4-5", "It is."),
    ]


def test_the_options_go_along_to_another_model_as_far_as_it_takes_them(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    settings(env, 'retries = 0\nfallback = ["anthropic/claude-sonnet-4-5"]\n')
    other = {"ANTHROPIC_API_KEY": canary.ANTHROPIC, "ANTHROPIC_API_BASE": server.root}
    server.script(Refuse(401, SAID), Say("It is."))
    given = ("temperature=0.2", "seed=7", "top_k=5", "max_tokens=90")
    options = [word for one in given for word in ("-o", one)]

    ran = run("ask", "is it so?", "-m", "openai/gpt-4o", *options, env=env | other)

    assert (ran.code, ran.out) == (0, "It is.\n"), ran.err
    sent = server.requests[1]
    assert (sent["temperature"], sent["max_tokens"]) == (0.2, 90)
    assert not sent.keys() & {"seed", "top_k"}
    told = "anthropic/claude-sonnet-4-5 is asked without -o seed, -o top_k, which it does not take"
    assert ran.err.count(told) == 1


def test_another_server_of_ones_own_takes_what_any_takes(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    house = f'[models.house]\napi_base = "{server.base}"\n'
    settings(env, f'retries = 0\nfallback = ["house"]\n{house}')
    server.script(Refuse(401, SAID), Say("It is."))

    ran = run("ask", "so?", "-m", "openai/gpt-4o", "-o", "seed=7", "-o", "top_k=5", env=env)

    assert (ran.code, server.requests[1]["seed"]) == (0, 7), ran.err
    assert ran.err.count("which it does not take") == 0
    assert server.requests[1]["top_k"] == 5


def test_what_a_local_model_may_have_another_one_asked_instead_does_not_get(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    near = f'[models."openai/near"]\napi_base = "{NOWHERE["refused"]}"\nlocal = true\n'
    settings(env, f'retries = 0\nfallback = ["openai/far"]\n{near}')
    run("note", "my own rates position is short", "--private", env=env)
    run("note", "rates are at 5.25", env=env)
    server.script(Say("It is."))

    ran = run("ask", "where are rates?", "-m", "openai/near", "--json", env=env)

    assert ran.records[0]["model"] == "openai/far"
    assert ran.records[0]["withheld"] == 1
    assert "rates are at 5.25" in str(server.requests)
    assert "short" not in str(server.requests)


def test_in_a_private_project_nobody_else_is_asked(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    near = f'[models."openai/near"]\napi_base = "{NOWHERE["refused"]}"\nlocal = true\n'
    settings(env, f'retries = 0\nfallback = ["openai/far"]\n{near}')
    run("project", "new", "mine", env=env)
    run("private", "project:mine", env=env)

    ran = run("ask", "where are rates?", "-m", "openai/near", "-p", "mine", env=env)

    assert (ran.code, server.requests) == (6, [])
    assert f"no answer at {NOWHERE['refused']}" in ran.err


def test_a_project_says_who_is_asked_instead(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    settings(env, 'retries = 0\nfallback = ["offline"]\n[projects.fed]\nfallback = ["openai/b"]\n')
    server.script(Refuse(500), Say("It is."))

    ran = run("ask", "is it so?", "-m", "openai/a", "-p", "fed", "--json", env=env)

    assert ran.records[0]["model"] == "openai/b"


def test_a_window_that_nobody_knew_is_learned_from_the_refusal(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    long = "and stayed there for long " * 20
    run("note", "--each", stdin="".join(f"rates were at {at} {long}\n" for at in range(60)))
    words = "This model's maximum context length is 3000 tokens. However, you sent more."
    server.script(Refuse(400, words, "context_length_exceeded"), Say("It is."))

    ran = run("ask", "where were rates?", "-m", "openai/unheard-of", env=env)
    next_one = run("context", "where were rates?", "-m", "openai/unheard-of", "--json", env=env)

    assert (ran.code, ran.out) == (0, "It is.\n")
    assert "(asked again with less)" in ran.err
    assert next_one.records[0]["budget"] == 2250
    sent = [len(str(body["messages"])) for body in server.requests]
    assert sent[1] < sent[0]


def test_a_failed_turn_is_taken_up_by_the_next_one(
    run: Run, env: dict[str, str], server: ScriptedServer
) -> None:
    server.script(Refuse(401, SAID), Say("It is."))
    asked(run, env, "ask")

    ran = run("ask", "well?", "-c", "-m", "openai/gpt-5.4", env=env)

    assert ran.out == "It is.\n"
    assert "is it so?" in str(server.requests[1])
