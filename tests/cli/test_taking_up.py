"""A question without an answer is taken up by whom it was put to: a local one by nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import canary
import pytest
from drawn import png
from scripted import Cut, Refuse, ScriptedServer
from shell import Run

SECRET = "the zebrafinch fund " + "holds gilts " * 40
TABLE = '[models."house/llama"]\napi_base = "{}"\nlocal = {}\n'

ID = "0198c0de-0000-7000-8000-000000000001"

Servers = tuple[ScriptedServer, ScriptedServer]


@pytest.fixture
def servers() -> Iterator[Servers]:
    with ScriptedServer() as home, ScriptedServer() as cloud:
        yield home, cloud


@pytest.fixture
def put(run: Run, servers: Servers) -> Run:
    """A run with a local model, `house/llama`, and a remote one that answers unless told."""
    home, cloud = servers
    Path(run.env["LEDGERNOTE_CONFIG"]).write_text(TABLE.format(home.base, "true"))
    env = {"OPENAI_API_BASE": cloud.base, "OPENAI_API_KEY": canary.OPENAI}
    return Run(env={**run.env, **env}, cwd=run.cwd, ledger=run.ledger)


def is_told(server: ScriptedServer) -> bool:
    return "zebrafinch" in str(server.requests)


@pytest.mark.parametrize("step", [Refuse(401, "no"), Cut()])
@pytest.mark.parametrize("env", [{}, {"LEDGERNOTE_MODEL": "openai/gpt-5"}])
def test_who_was_asked_and_failed_is_asked_again(
    put: Run, servers: Servers, step: Refuse | Cut, env: dict[str, str]
) -> None:
    home, cloud = servers
    put("ask", "hello?", "-r", "talk", "-m", "openai/a")
    home.script(step)

    failed = put("ask", "-c", "-m", "house/llama", SECRET, env={"LEDGERNOTE_RETRIES": "0"})
    again = put("ask", "-c", env=env)

    assert (failed.code, again.code) == (6, 0), failed.err + again.err
    assert ("house/llama is asked, as before; -m openai/gpt-5" in again.err) is bool(env)
    assert (is_told(cloud), len(cloud.requests), len(home.requests)) == (False, 1, 2)


@pytest.mark.parametrize(("more", "code"), [(["--budget", "60"], 7), (["-f", "dot.png"], 2)])
def test_so_is_who_was_refused_before_anything_was_sent(
    put: Run, servers: Servers, more: list[str], code: int
) -> None:
    (put.cwd / "dot.png").write_bytes(png(4, 4))

    failed = put("ask", "-r", "talk", "-m", "house/llama", *more, SECRET)
    shown = put("context", "-r", "talk", "--json")
    again = put("ask", "-r", "talk")
    next_one = put("ask", "-c", "and now?")

    assert (failed.code, is_told(servers[1])) == (code, False)
    assert again.code == (0 if code == 7 else 2)
    assert "house/llama" in shown.out + shown.err
    assert next_one.code == 0
    assert is_told(servers[0])


def test_what_a_local_model_has_answered_is_asked_again_of_nobody_else_unnamed(
    put: Run, servers: Servers
) -> None:
    first = put("ask", "-m", "house/llama", SECRET, "--json").records[0]

    again = put("ask", "--of", first["answer"], "--json")

    assert again.records[0]["model"] == "house/llama"
    assert not is_told(servers[1])


def test_another_gets_it_by_name_alone_where_the_model_is_local_no_more(
    put: Run, servers: Servers
) -> None:
    home, cloud = servers
    handle = put("ask", "-r", "talk", "-m", "house/llama", "--budget", "60", SECRET)
    Path(put.env["LEDGERNOTE_CONFIG"]).write_text(TABLE.format(home.base, "false"))

    refused = put("ask", "-c")
    before = is_told(home) or is_told(cloud)
    named = put("ask", "-c", "-m", "openai/a")

    assert (handle.code, refused.code, named.code) == (7, 2, 0)
    assert "was put to house/llama, a local model, and to nobody else" in refused.err
    assert (before, is_told(cloud)) == (False, True)


def test_what_was_for_a_model_that_nobody_knows_goes_to_no_other_unnamed(
    put: Run, servers: Servers
) -> None:
    put("ask", "-r", "talk", "-m", "hause/lama", SECRET)

    refused = put("ask", "-r", "talk")
    named = put("ask", "-r", "talk", "-m", "house/llama")

    assert (refused.code, named.code) == (2, 0)
    assert "nobody knows the model that was named for" in refused.err
    assert not is_told(servers[1])


@pytest.mark.parametrize("again", [["-c"], ["-r", "talk"], ["--of", "k3f9a"]])
def test_where_nothing_was_asked_yet_no_ledger_is_made_for_asking_it_again(
    run: Run, again: list[str]
) -> None:
    ran = run("ask", *again, stdin="")

    assert ran.code == 5
    assert "no ledger at" in ran.err
    assert not run.ledger.exists()


def test_who_takes_up_an_imported_question_is_told(run: Run) -> None:
    row = {"kind": "question", "text": "and since?", "thread": "talk", "id": ID}
    (run.cwd / "talk.jsonl").write_text(json.dumps(row) + "\n")
    run("import", "jsonl", "talk.jsonl")

    ran = run("ask", "-r", "talk", stdin="")

    assert ran.code == 0, ran.err
    assert "offline is asked: whom " in ran.err


def prefer_remote(put: Run) -> None:
    config = Path(put.env["LEDGERNOTE_CONFIG"])
    config.write_text('model = "openai/gpt-5"\n' + config.read_text())


def moved(put: Run) -> Run:
    """The same person with another ledger, which has taken in all of this one.

    A remote model is the default there.
    """
    prefer_remote(put)
    ledger = put.cwd / "other.db"
    env = {**put.env, "LEDGERNOTE_LEDGER": str(ledger)}
    other = Run(env=env, cwd=put.cwd, ledger=ledger)
    put("export", "--output", "all.jsonl")
    assert other("import", "jsonl", "all.jsonl").code == 0
    return other


@pytest.mark.parametrize("step", [Refuse(401, "no"), Cut()])
def test_an_export_carries_whom_a_question_was_put_to(
    put: Run, servers: Servers, step: Refuse | Cut
) -> None:
    home, cloud = servers
    home.script(step)
    put("ask", "-r", "talk", "-m", "house/llama", SECRET, env={"LEDGERNOTE_RETRIES": "0"})

    again = moved(put)("ask", "-r", "talk")

    assert again.code == 0, again.err
    assert (len(home.requests), len(cloud.requests)) == (2, 0)


def test_an_imported_thread_goes_on_with_the_local_model_that_answered_there(
    put: Run, servers: Servers
) -> None:
    put("ask", "-r", "talk", "-m", "house/llama", SECRET)

    other = moved(put)
    why = other("models", "--why", "-r", "talk")
    next_one = other("ask", "-r", "talk", "and now?")

    assert "house/llama" in why.out
    assert (next_one.code, len(servers[0].requests)) == (0, 2)
    assert servers[1].requests == []


def test_whether_a_model_that_another_file_names_is_local_is_not_assumed(put: Run) -> None:
    prefer_remote(put)
    rows = (
        {"kind": "question", "text": "rates?", "thread": "talk", "handle": "q1"},
        {
            "kind": "answer",
            "text": "up",
            "thread": "talk",
            "reply_to": "q1",
            "model": "house/llama",
        },
    )
    (put.cwd / "talk.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    put("import", "jsonl", "talk.jsonl")

    assert "house/llama" not in put("models", "--why", "-r", "talk").out
