"""`ask`, `context`, `why`, `chat` without a terminal: streams, forms and exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import canary
import pytest
from notebook.hands import Scripted
from scripted import SERVED, Cut, Refuse, Say, ScriptedServer
from shell import Run

from ledgernote.cli.asking import Watched
from ledgernote.config import load
from ledgernote.domain.turns import Asked, Replayed
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Question

BLOCKS = "First:\n\n```python\none = 1\n```\n\nthen\n\n~~~\ntwo\n~~~\nend"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def remote(run: Run, server: ScriptedServer) -> Run:
    """A run that reaches the scripted server as `openai/a` and `anthropic/b`."""
    env = {
        "OPENAI_API_BASE": server.base,
        "OPENAI_API_KEY": canary.OPENAI,
        "ANTHROPIC_API_BASE": server.root,
        "ANTHROPIC_API_KEY": canary.ANTHROPIC,
    }
    return Run(env={**run.env, **env}, cwd=run.cwd, ledger=run.ledger)


def test_the_answer_is_on_stdout_and_all_else_on_stderr(run: Run) -> None:
    handle = run.note("rates are at 5.25 since July")
    ran = run("ask", "where", "are", "rates?")

    assert ran.code == 0
    assert "rates are at 5.25 since July" in ran.out
    assert "recalled 1" not in ran.out
    assert f"match  {handle}" in ran.err


def test_json_is_one_object_with_every_field(run: Run) -> None:
    run.note("rates are at 5.25 since July")
    record = run("ask", "where are rates?", "--json").records[0]

    assert list(record) == [
        *("question", "answer", "thread", "text", "status", "model", "served_model"),
        *("tokens_in", "tokens_out", "usage_source", "cost", "digest", "receipt", "citations"),
        *("withheld", "no_consent", "tokens_cached", "finish", "error"),
    ]
    assert run("show", record["answer"], "--json").records[0]["reply_to"] == record["question"]


def test_json_counts_what_is_withheld_as_private(remote: Run) -> None:
    remote.note("rates are at 5.25 since July", "--private")
    asked = ("where are rates?", "-m", "openai/a", "--json")

    counts = [remote(command, *asked).records[0]["withheld"] for command in ("context", "ask")]
    local = remote("context", "where are rates?", "-m", "offline", "--json").records[0]

    assert counts == [1, 1]
    assert local["withheld"] == 0


def test_what_is_private_and_was_brought_along_is_named_with_the_remedy(remote: Run) -> None:
    handle = remote.note("my own position", "--private")

    told = remote("ask", "so?", "-f", handle, "-m", "openai/a").err
    local = remote("ask", "so?", "-f", handle, "-m", "offline").err

    assert f"{handle} is private and not sent; a local model gets it: offline" in told
    assert "not sent" not in local


def test_context_and_ask_and_why_agree(run: Run) -> None:
    run.note("rates are at 5.25 since July")
    planned = run("context", "where are rates?", "--json").records[0]
    dry = run("ask", "where are rates?", "--dry-run", "--json").records[0]
    asked = run("ask", "where are rates?", "--json").records[0]
    was = run("context", "--of", asked["answer"], "--json").records[0]
    why = run("why", asked["answer"], "--json").records[0]

    digests = {one["digest"] for one in (planned, dry, asked, was, why)}
    assert len(digests) == 1
    assert why["answer"]["handle"] == asked["answer"]


def test_a_pipe_beside_words_is_material_and_alone_the_question(run: Run) -> None:
    run("ask", "what is this?", stdin="cpi rose 0.3\n")
    kinds = [(one["kind"], one["text"], one["source"]) for one in run("log", "--json").records]
    assert ("note", "cpi rose 0.3\n", "stdin") in kinds

    run("ask", stdin="a piped question\n", env={"LEDGERNOTE_PROJECT": "p"})
    first = run("log", "--json", "-p", "p").records[0]
    assert (first["kind"], first["text"]) == ("question", "a piped question")


def test_files_and_handles_come_along(run: Run) -> None:
    handle = run.note("a private thought of mine")
    (run.cwd / "t.txt").write_text("table a\n")
    record = run("ask", "so?", "-f", "t.txt", "-f", handle, "--json").records[0]

    given = [row for row in record["receipt"] if row["reason"] == "given"]
    assert len(given) == 2
    assert run("ask", "so?", "-f", "nowhere").code == 4
    assert run("ask", "so?", "-f", "./nowhere.txt").code == 4


def test_a_thread_goes_on_or_is_begun_by_name(run: Run) -> None:
    run("ask", "one?", "-r", "rates thesis")
    run("ask", "two?", "-c")
    run("ask", "three?", "-r", "rates thesis")
    run("ask", "four?")

    counts = {one["title"]: one["entries"] for one in run("threads", "--json").records}
    assert counts == {"rates thesis": 6, "four?": 2}


def test_a_thread_goes_on_with_the_model_that_answered_last(remote: Run) -> None:
    def model(*argv: str, **env: str) -> str:
        return str(remote("ask", "and?", "--json", *argv, env=env).records[0]["model"])

    assert model("-r", "talk", "-m", "anthropic/b") == "anthropic/b"

    assert [model("-c"), model("-r", "talk")] == ["anthropic/b"] * 2
    assert remote("context", "and?", "-c", "--json").records[0]["model"] == "anthropic/b"
    assert model("-c", LEDGERNOTE_MODEL="openai/a") == "openai/a"
    assert model() == "openai/gpt-5.4"


def test_a_model_that_cannot_be_asked_now_is_replaced_and_that_is_said(
    remote: Run, run: Run
) -> None:
    remote("ask", "first?", "-r", "talk", "-m", "anthropic/b")
    ran = run("ask", "second?", "-c", "--json")

    assert ran.records[0]["model"] == "offline"
    assert "anthropic/b was asked here last and cannot be asked now" in ran.err
    assert "ANTHROPIC_API_KEY is not set; offline answers" in ran.err


def test_a_thread_that_offline_answered_stays_with_it_and_says_so(remote: Run, run: Run) -> None:
    run("ask", "first?", "-r", "talk")
    ran = remote("ask", "second?", "-c", "--json")

    assert ran.records[0]["model"] == "offline"
    assert "-m openai/gpt-5.4 asks that model" in ran.err


def test_a_thread_goes_on_at_the_address_that_the_config_gives_its_model(
    run: Run, server: ScriptedServer
) -> None:
    Path(run.env["LEDGERNOTE_CONFIG"]).write_text(
        f'[models."house/llama"]\napi_base = "{server.base}"\nlocal = true\n'
    )
    run.note("the zebrafinch fund holds gilts", "--private")
    run("ask", "hello?", "-r", "talk", "-m", "house/llama")

    again = run("ask", "which fund holds gilts?", "-c", "--json").records[0]

    assert (again["text"], again["withheld"]) == ("answer 2", 0)
    assert "zebrafinch" in json.dumps(server.requests[1])


def test_a_talk_with_a_local_model_goes_on_with_no_remote_one_of_the_same_name(
    run: Run, server: ScriptedServer
) -> None:
    config = Path(run.env["LEDGERNOTE_CONFIG"])
    table = '[models.{}]\nmodel = "openai/x"\napi_base = "{}"\nlocal = {}\n'
    with ScriptedServer() as cloud:
        away = table.format("cloud", cloud.base, "false")
        config.write_text(away + table.format("mine", server.base, "true"))
        run("ask", "hello?", "-r", "talk", "-m", "mine")
        again = run("ask", "and now?", "-c", "--json").records[0]
        config.write_text(away + table.format("mine", server.base, "false"))
        later = run("ask", "and then?", "-c", "--json")

        assert (again["text"], len(server.requests)) == ("answer 2", 2)
        assert later.records[0]["model"] == "offline"
        assert "it was local, and is not now" in later.err
        assert cloud.requests == []


def test_another_name_for_the_same_address_leaves_no_doubt_who_goes_on(
    run: Run, server: ScriptedServer
) -> None:
    run("config", "set", "models.house/b.api_base", server.base)
    run("config", "set", "models.quick.model", "house/b")
    run("ask", "hello?", "-r", "talk", "-m", "quick")

    again = run("ask", "and now?", "-c", "--json")

    assert (again.code, again.records[0]["model"]) == (0, "house/b"), again.err
    assert len(server.requests) == 2


def test_a_talk_that_had_a_server_by_its_older_name_goes_on_with_it(
    run: Run, server: ScriptedServer
) -> None:
    older = {"OPENAI_API_BASE": server.base}
    run("ask", "hello?", "-r", "talk", "-m", "openai/house/b", env=older)
    with ScriptedServer() as house:
        run("config", "set", "models.house/b.api_base", house.base)
        again = run("ask", "and now?", "-c", "--json", env={"OPENAI_API_KEY": canary.OPENAI})

    assert again.records[0]["model"] == "house/b"
    assert "hello?" in json.dumps(house.requests)


def test_a_model_that_fails_without_a_word_was_not_interrupted(
    remote: Run, server: ScriptedServer
) -> None:
    remote.note("a heron")
    server.script(Refuse(401))

    ran = remote("ask", "what?", "-n", "-m", "openai/a")

    assert ran.code == 6
    assert "no answer; nothing was to be kept" in ran.err
    assert "interrupted" not in ran.err


def test_no_log_writes_nothing(run: Run) -> None:
    run.note("x")
    ran = run("ask", "what?", "-n")

    assert ran.code == 0
    assert ran.out
    assert len(run("log").lines) == 1


def test_no_question_is_usage(run: Run) -> None:
    assert run("ask").code == 2
    assert run("ask", stdin="  \n").code == 2
    assert run("ask", "x", "--budget", "lots").code == 2
    assert run("ask", "x", "--budget", "0").code == 2
    assert run("ask", "x", "--budget", "0.0001k").code == 2
    assert run("ask", "x", "--replay", "-1").code == 2
    assert "--budget is 1 or more tokens" in run("context", "x", "--budget", "0").err
    assert run("ask", "x", "--replay", "5", "--no-replay").code == 2
    assert run("ask", "x", "-o", "temperature").code == 2
    assert run("ask", "x", "-m", "nosuchmodel").code == 4


@pytest.mark.parametrize(
    "value", ["NaN", "-Infinity", "-inf", "nan", "1e999", '{"bias": [NaN]}', "\udcff"]
)
def test_an_option_that_no_request_can_hold_is_a_usage_error(value: str, run: Run) -> None:
    ran = run("ask", "is it so?", "-o", f"temperature={value}")

    assert ran.code == 2
    assert "ledgernote: -o 'temperature=" in ran.err
    assert run("log").out == ""


@pytest.mark.parametrize("step", [Refuse(401, "no"), Cut()])
def test_ask_c_without_words_takes_up_the_last_question_that_has_no_answer(
    remote: Run, server: ScriptedServer, step: Refuse | Cut
) -> None:
    server.script(step)
    failed = remote("ask", "-m", "openai/a", "what now?", stdin="a heron")
    again = remote("ask", "-c", "-m", "anthropic/b", "--json")
    answered = remote("ask", "-c")
    nothing = remote("ask", "-r", "nowhere")

    assert failed.code == 6
    assert "`ask -c` takes the question up again" in failed.err
    assert again.code == 0, again.err
    assert "a heron" in str(server.requests[1])
    assert "what now?" in str(server.requests[1])
    question = again.records[0]["question"]
    assert [
        one["reply_to"] for one in remote("log", "--json").records if one["kind"] == "answer"
    ] == [question] * 2
    assert (answered.code, nothing.code) == (2, 4)
    assert f"--of {question} asks it again" in answered.err


def test_a_question_is_taken_up_as_it_was_asked_and_a_dry_run_shows_it(
    remote: Run, server: ScriptedServer
) -> None:
    remote.note("the heron stands at the pond")
    server.script(Refuse(401))
    failed = remote("ask", "-m", "openai/a", "--no-replay", "--budget", "8k", "the heron?")
    dry = remote("ask", "-c", "--dry-run", "--json").records[0]
    shown = remote("context", "-c", "--json").records[0]

    again = remote("ask", "-c", "--json").records[0]

    assert failed.code == 6
    assert dry == shown
    assert shown["digest"] == again["digest"]
    assert (shown["budget"], shown["receipt"]) == (8_000, [])
    assert "pond" not in str(server.requests)


def test_a_name_in_fallback_that_nobody_knows_is_said_once_when_it_would_be_asked(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(401, "no"))
    remote("config", "set", "fallback", "nosuchmodel,anthropic/b")

    ran = remote("ask", "-m", "openai/a", "what now?")

    assert ran.code == 0, ran.err
    assert ran.err.count("fallback nosuchmodel cannot be asked: no model is called") == 1


def test_what_does_not_fit_is_exit_7(run: Run) -> None:
    ran = run("ask", "word " * 3000, "--budget", "500")

    assert ran.code == 7
    assert "Traceback" not in ran.err
    assert f"the question is kept as {run('log', '--json').records[0]['handle']}" in ran.err


@pytest.mark.parametrize(("option", "text"), [("-x", "one = 1\n"), ("--xl", "two\n")])
def test_one_fenced_block_alone(
    remote: Run, server: ScriptedServer, option: str, text: str
) -> None:
    server.script(Say(BLOCKS))

    assert remote("ask", "code?", "-m", "openai/a", option).out == text


def test_without_a_block_all_of_the_answer_comes(remote: Run, server: ScriptedServer) -> None:
    server.script(Say("just words"))
    ran = remote("ask", "code?", "-m", "openai/a", "-x")

    assert ran.out == "just words\n"
    assert "no fenced block" in ran.err


def test_several_models_get_the_same_context(remote: Run, server: ScriptedServer) -> None:
    server.script(Say("from a"), Say("from b"))
    ran = remote("ask", "who?", "-m", "openai/a", "-m", "anthropic/b")

    first, second = ran.records
    assert {first["text"], second["text"]} == {"from a", "from b"}  # they are asked at once
    assert (first["model"], second["model"]) == ("openai/a", "anthropic/b")
    assert first["digest"] == second["digest"]
    assert first["question"] == second["question"]


def test_a_model_that_fails_is_exit_6_after_what_was_kept(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(401))
    ran = remote("ask", "who?", "-m", "openai/a")

    assert (ran.code, ran.out) == (6, "")
    kept, failed = ran.err.index("the question is kept as"), ran.err.rindex("ledgernote: ")
    assert kept < failed
    assert "Traceback" not in ran.err
    assert canary.MARK not in ran.err
    assert [one["kind"] for one in remote("log", "--json").records] == ["question", "answer"]


def test_each_of_several_models_that_fail_says_why(remote: Run, server: ScriptedServer) -> None:
    server.script(Refuse(401), Refuse(404))
    ran = remote("ask", "who?", "-m", "openai/a", "-m", "anthropic/b")

    reasons = [record["error"] for record in ran.records]
    assert ran.code == 6
    assert len(set(reasons)) == 2
    for reason in reasons:
        assert ran.err.count(reason) == 1


def test_one_of_several_that_fails_is_asked_again_by_what_is_said(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(401), Say("from b"), Say("from a"))
    ran = remote("ask", "who?", "-m", "openai/a", "-m", "anthropic/b")
    (remedy,) = re.findall(r"`(ask --of \w+ -m \S+)` asks it again", ran.err)
    again = remote(*remedy.split(), "--json")

    assert ran.code == 6
    assert "ask -c" not in ran.err
    assert again.records[0]["question"] == ran.records[0]["question"]
    assert again.code == 0


def test_what_a_model_has_refused_as_too_long_is_not_called_unasked(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(400, "maximum context length is 100 tokens", "context_length_exceeded"))
    ran = remote("ask", "who?", "-m", "openai/a")

    assert ran.code == 7
    assert "not asked" not in ran.err
    assert "the question is kept as" in ran.err


def test_a_fallback_that_does_not_answer_either_says_why(
    remote: Run, server: ScriptedServer
) -> None:
    config = 'fallback = ["openai/b"]\n[models."openai/b"]\nwindow = 40\n'
    Path(remote.env["LEDGERNOTE_CONFIG"]).write_text(config, encoding="utf-8")
    server.script(Refuse(401))
    ran = remote("ask", "who?", "-m", "openai/a")

    assert ran.code == 6
    assert "openai/b did not answer either: the question needs" in ran.err


def test_an_answer_cut_in_mid_stream_keeps_its_half(remote: Run, server: ScriptedServer) -> None:
    server.script(Cut(after_pieces=3))
    ran = remote("ask", "who?", "-m", "openai/a")

    assert ran.code == 6
    assert "half kept as" in ran.err
    last = remote("log", "--json").records[-1]
    assert last["status"] == "interrupted"
    assert last["text"].strip() == ran.out.strip()
    for words in (("log", "--answer"), ("show", "@last.answer")):
        told = remote(*words)
        assert (told.out.strip(), told.err) == (
            ran.out.strip(),
            f"the answer {last['handle']}: cut off\n",
        )


def test_context_each_is_one_object_a_line_whatever_it_is(run: Run) -> None:
    run.note("rates are high")
    lines = "rates?\n" + "word " * 3000 + "\n\nmore?\n"
    ran = run("context", "--each", "--budget", "500", stdin=lines)

    assert [("messages" in one, "error" in one) for one in ran.records] == [
        *((True, False), (False, True), (False, True), (True, False)),
    ]
    assert ran.records[3]["question"] == "more?"


def test_context_as_text_shows_receipt_messages_and_digest(run: Run) -> None:
    handle = run.note("rates are high")
    out = run("context", "rates?").out

    assert re.search(rf"^recalled +\d+ .*\n +\d+ {handle}  ", out, re.M)
    assert "── system ──" in out
    assert "── user ──" in out
    assert out.splitlines()[-1].startswith("digest ")
    assert len(run("log").lines) == 1


def test_why_shows_the_receipt_and_the_other_way(run: Run) -> None:
    handle = run.note("rates are high since July")
    asked = run("ask", "how are rates?", "--json").records[0]

    assert handle in run("why", asked["answer"]).out
    assert asked["answer"] in run("why", handle, "--to").out
    assert run("why", handle).code == 2
    assert run("why", "zzzzz").code == 4


def test_each_asks_line_by_line(run: Run) -> None:
    run.note("rates are high since July")
    ran = run("ask", "--each", "--json", stdin="rates?\n\nJuly?\n")

    assert len(ran.records) == 2
    assert len({one["thread"] for one in ran.records}) == 2


def test_each_prints_an_empty_line_for_what_got_no_answer(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Say("first"), Refuse(401), Say("third"))
    plain = remote("ask", "--each", "-m", "openai/a", stdin="one?\ntwo?\nthree?\n")
    ran = remote("ask", "--each", "-m", "openai/a", "--budget", "70", "--json", stdin="one?\n")

    assert (plain.code, plain.lines) == (6, ["first", "", "third"])
    assert ran.code == 7
    assert [(one["status"], one["error"] in ran.err) for one in ran.records] == [("failed", True)]


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("--each", "-m", "openai/a"), "one?\ntwo?\n"),
        (("-m", "openai/a", "-m", "anthropic/b"), None),
    ],
)
def test_of_several_answers_one_that_was_never_begun_names_nobody_who_served_it(
    remote: Run, server: ScriptedServer, words: tuple[str, ...], stdin: str | None
) -> None:
    server.script(Refuse(401, "no"), Say("It is."), Say("It is."))
    asked = () if stdin else ("so?",)
    remote("config", "set", "retries", "0")

    rows = remote("ask", *words, "--json", *asked, stdin=stdin).records

    told = sorted((one["status"], one["served_model"], one["usage_source"]) for one in rows)
    assert told == [("complete", SERVED, "provider"), ("failed", None, None)]


def test_a_line_of_many_that_is_not_asked_is_asked_by_its_name(
    remote: Run, server: ScriptedServer
) -> None:
    long = "word " * 600
    ran = remote("ask", "--each", "-m", "openai/a", "--budget", "300", stdin=f"{long}\nand?\n")
    (remedy,) = re.findall("`(ask --of .*?) -m MODEL`", ran.err)
    again = remote(*remedy.split(), "-m", "anthropic/b")

    assert ran.code == 7
    assert "ask -c" not in ran.err
    assert again.code == 0, again.err
    assert "word word" in str(server.requests[-1])


def test_a_question_among_several_that_failed_is_asked_again_by_its_name(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(400, "no"), Say("It is."), Say("So it is."))

    ran = remote("ask", "--each", "-m", "openai/a", stdin="first?\nsecond?\n")
    (remedy,) = re.findall("`(ask --of .*?)`", ran.err)
    again = remote(*remedy.split())

    assert (again.code, again.out) == (0, "So it is.\n")
    assert "first?" in str(server.requests[-1])


@pytest.mark.parametrize("other", [("--json",), ("-m", "openai/c")])
def test_one_block_alone_and_whole_answers_contradict_each_other(
    remote: Run, other: tuple[str, ...]
) -> None:
    ran = remote("ask", "code?", "-m", "openai/a", "-x", *other)

    assert ran.code == 2
    assert "a block of one answer" in ran.err


def test_chat_without_a_terminal_is_a_turn_a_line_in_one_thread(run: Run) -> None:
    run.note("rates are high since July")
    ran = run("chat", stdin="rates?\n/help\nand July?\n")

    assert ran.code == 0
    assert "rates are high since July" in ran.out
    threads = run("threads", "--json").records
    assert [one["entries"] for one in threads] == [6]
    assert "/help" in [one["text"] for one in run("log", "--json").records]


def test_models_names_the_default_first(remote: Run, run: Run) -> None:
    run.note("x")

    assert run("models", "--json").records[0]["model"] == "offline"
    names = [one["model"] for one in remote("models", "--usable", "--json").records]
    assert names[0].startswith("openai/")
    assert "offline" in names


def test_an_answer_that_the_model_cut_off_is_no_whole_one(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Say("half of an answ", finish="length"))

    ran = remote("ask", "count", "-m", "openai/a")

    assert (ran.code, ran.out) == (0, "half of an answ\n")
    assert "cut off: the model says no more at once" in ran.err


@pytest.mark.parametrize("name", ["openai/a", "openai/gpt-4o", "anthropic/claude-sonnet-4-5"])
def test_who_has_answered_is_kept_of_an_answer_that_breaks_off(
    name: str, remote: Run, server: ScriptedServer
) -> None:
    server.script(Cut(2))

    ran = remote("ask", "count", "-m", name, "--json").records[0]

    assert (ran["status"], ran["served_model"]) == ("interrupted", SERVED)


def test_ctrl_c_while_an_answer_comes_keeps_the_half(remote: Run, server: ScriptedServer) -> None:
    import signal

    server.script(Say("one two three four five six seven eight nine ten", delay=0.4))
    command = ("ask", "count", "-m", "openai/a")
    with remote.begins(*command, stdin=subprocess.DEVNULL) as asking:
        assert asking.stdout
        assert asking.stdout.read(4) == b"one "
        asking.send_signal(signal.SIGINT)
        _, said = asking.communicate(timeout=30)

    assert asking.returncode == 130, said
    assert b"kept as" in said
    last = remote("log", "--json").records[-1]
    assert (last["status"], last["text"].split()[0]) == ("interrupted", "one")


def saved(err: str) -> str:
    """The text of the file that stderr names."""
    return Path(err.split("Your text is safe in ")[1].split("\n", maxsplit=1)[0]).read_text()


@pytest.mark.parametrize("where", ["flag", "environment"])
def test_a_question_to_an_unknown_model_is_kept_with_its_material(run: Run, where: str) -> None:
    flag = ("-m", "nosuch") if where == "flag" else ()
    env = {"LEDGERNOTE_MODEL": "nosuch"} if where == "environment" else {}
    ran = run("ask", "why so?", *flag, stdin="a long table", env=env)

    assert (ran.code, ran.out) == (4, "")
    kept = {one["text"]: one["handle"] for one in run("log", "--json").records}
    assert set(kept) == {"a long table", "why so?"}
    assert f"the question is kept as {kept['why so?']}" in ran.err


def test_a_name_after_f_that_nothing_answers_to_is_explained_and_nothing_is_lost(run: Run) -> None:
    run.note("x")
    ran = run("ask", "why so?", "-f", "typo.txt", stdin="a long table")

    assert ran.code == 4
    assert "-f typo.txt: neither a file, an address nor an entry" in ran.err
    assert f"the file {run.cwd / 'typo.txt'}" in ran.err
    assert saved(ran.err) == "why so?\n\na long table"


def test_a_question_for_an_ambiguous_thread_is_saved(run: Run) -> None:
    run("ask", "--each", stdin="q?\n" * 33)
    first = [one["handle"][0] for one in run("threads", "--json").records]
    shared = next(letter for letter in first if first.count(letter) > 1)

    ran = run("ask", "why so?", "-r", shared, stdin="a long table")

    assert ran.code == 4
    assert saved(ran.err) == "why so?\n\na long table"


@pytest.mark.parametrize(
    "wrong", [("--budget", "0"), ("--replay", "1", "--no-replay"), ("-o", "x")]
)
def test_what_was_piped_beside_a_wrong_option_is_saved(run: Run, wrong: tuple[str, ...]) -> None:
    ran = run("ask", "why so?", *wrong, stdin="a long table")

    assert ran.code == 2
    assert saved(ran.err) == "why so?\n\na long table"


def test_ctrl_c_while_the_ledger_is_locked_saves_the_question(run: Run) -> None:
    import signal
    import sqlite3

    run.note("x")
    other = sqlite3.connect(run.ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with run.begins("ask", "why so?", stdin=subprocess.DEVNULL, text=True) as asking:
        assert asking.stderr
        said = asking.stderr.readline()
        asking.send_signal(signal.SIGINT)
        said += asking.stderr.read()
    other.execute("ROLLBACK")

    assert asking.returncode == 130, said
    assert saved(said) == "why so?"
    assert [one["text"] for one in run("log", "--json").records] == ["x"]


def test_while_a_model_is_silent_a_terminal_shows_who_is_asked(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Say("one two", delay=0.6))
    screen = remote.sits("ask", "count", "-m", "openai/a", "--no-stream", columns=80)

    screen.expect(r"\ba · \d\.\d s")
    screen.expect("one two")
    assert "\r\x1b[2K" in str(screen.before)
    screen.close()


def test_the_record_of_an_ask_is_plain_json(run: Run, tmp_path: Path) -> None:
    ran = run("ask", b"caf\xe9?", "--json")

    assert json.loads(ran.stdout)


def test_a_question_that_cannot_be_kept_is_saved(run: Run, tmp_path: Path) -> None:
    run.ledger.write_bytes(b"no ledger" * 100)
    ran = run("ask", stdin="a long piped question", env={"TMPDIR": str(tmp_path)})

    assert ran.code == 5
    assert saved(ran.err) == "a long piped question"


def test_a_question_is_asked_again_with_what_was_sent_for_it(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Say("from a"), Say("from b"))
    remote.note("rates are high")
    first = remote("ask", "what of rates?", "-m", "openai/a", "--json").records[0]
    remote.note("rates fell")

    again = remote("ask", "--of", first["answer"], "-m", "openai/b", "--json").records[0]

    assert again["digest"] == first["digest"]
    assert (again["question"], again["text"]) == (first["question"], "from b")
    assert [one["kind"] for one in remote("log", "-n", "2", "--json").records] == ["note", "answer"]


def test_a_question_that_nobody_answered_is_taken_up_with_its_options(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(401, "no"), Refuse(401, "no"))
    remote("ask", "what of rates?", "-m", "openai/a", "-o", "temperature=0.2", "-r", "talk")

    again = remote("ask", "-r", "talk", "-m", "openai/b")
    other = remote("ask", "-r", "talk", "-m", "openai/b", "-o", "top_p=1")
    next_one = remote("ask", "and now?", "-r", "talk", "-m", "openai/b")

    assert "-o temperature=0.2, as it was asked" in again.err
    assert (other.code, next_one.code) == (0, 0)
    sent = [(body.get("temperature"), body.get("top_p")) for body in server.requests]
    assert sent == [(0.2, None), (0.2, None), (None, 1), (None, None)]


@pytest.mark.parametrize(
    "option",
    [
        'headers={{"x-other": "{}"}}',
        'extra_headers={{"x-other": "{}"}}',
        'extra_body={{"x-other": "{}"}}',
        "aws_secret_access_key={}",
        "password={}",
        'metadata={{"api_key": "{}"}}',
        'Headers={{"x-other": "{}"}}',
        'tools=[{{"type": "mcp", "authorization": "{}"}}]',
    ],
)
@pytest.mark.parametrize("secret", [canary.OPENAI, "correct-horse-battery"])
def test_what_may_be_a_secret_among_the_options_is_sent_and_kept_nowhere(
    option: str, secret: str, remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(401, f"no {secret}-1"))
    given = ("-o", option.format(secret + "-1"), "-o", "temperature=0.3")
    remote("ask", "what of rates?", "-m", "openai/a", *given)

    again = remote("ask", "-c", "-m", "openai/b")

    assert again.code == 0
    assert f"asked without -o {option.partition('=')[0]}: of that only the name" in again.err
    assert "-o temperature=0.3, as it was asked" in again.err
    assert server.requests[1]["temperature"] == 0.3
    assert secret.encode() not in remote.ledger.read_bytes()


@pytest.mark.parametrize(
    ("option", "is_kept"),
    [
        ("top_k=5", True),
        ("keep_alive=true", True),
        ("stop=END", True),
        ('response_format={"type": "json_object"}', True),
        (f"user={canary.OPENAI}", False),
        ("keep_alive=5m", False),
    ],
)
def test_a_number_and_a_usual_parameter_are_kept_unless_they_look_like_a_key(
    option: str, is_kept: bool, remote: Run, server: ScriptedServer
) -> None:
    name = option.partition("=")[0]
    server.script(Refuse(401, "no"))
    remote("ask", "what of rates?", "-m", "openai/a", "-o", option)

    remote("ask", "-c", "-m", "openai/b")

    first, second = server.requests
    assert name in first
    assert second.get(name) == (first[name] if is_kept else None)


def test_what_is_sent_exactly_as_it_was_and_is_too_long_is_sent_once(
    remote: Run, server: ScriptedServer
) -> None:
    answer = remote("ask", "what of rates?", "-m", "openai/a", "--json").records[0]["answer"]
    server.script(Refuse(400, "maximum context length is 100 tokens", "context_length_exceeded"))

    again = remote("ask", "--of", answer, "-m", "openai/a")

    assert (again.code, len(server.requests)) == (6, 2)
    assert "ask a model with a larger window with -m" in again.err
    assert "--budget" not in again.err
    assert "again with less" not in again.err


def test_asking_again_takes_no_words(remote: Run) -> None:
    refused = remote("ask", "what?", "--of", "k3f9a")

    assert refused.code == 2
    assert "Leave that away, or ask anew without --of." in refused.err


@pytest.mark.parametrize(
    "more", [("-f", "@last"), ("-s", "Be brief."), ("-c",), ("-r", "t"), ("--budget", "9k")]
)
def test_asking_again_takes_nothing_that_would_change_what_was_sent(
    more: tuple[str, ...], run: Run
) -> None:
    answer = run("ask", "rates?", "--json").records[0]["answer"]

    refused = run("ask", "--of", answer, *more)

    assert refused.code == 2
    assert f"it takes no {more[0]}" in refused.err


@dataclass
class Heavy(Scripted):
    """A model with much to load first."""

    loaded: threading.Event = field(default_factory=threading.Event)

    def load(self) -> None:
        self.loaded.set()


def test_a_model_is_loaded_while_its_context_is_planned(notebook: Notebook) -> None:
    model = Heavy()
    asker = Asker(notebook, lambda _: None)
    events = Watched(asker, each=False)(notebook, Question(text="so?"), (model,))

    first, loaded = next(events), model.loaded.wait(10)

    assert isinstance(first, Asked)
    assert loaded
    assert isinstance(next(events), Replayed)


def test_what_a_note_was_saved_from_is_shown_and_why_leads_there(run: Run) -> None:
    asked = run("ask", "what of cuts?", "-r", "talk", "--json").records[0]
    settings = load(run.env, ledger=str(run.ledger), actor=None)
    with closing(Notebook.open(settings, create=False, say=print)) as notebook:
        saved = notebook.note(NewNote(text="of cuts", saved_from=asked["answer"])).handle
    note = run("show", saved, "--json").records[0]

    assert note["saved_from"] == asked["answer"]
    assert run("show", asked["answer"], "--json").records[0]["saved_from"] is None
    assert f"saved from {asked['answer']}, offline" in run("show", saved, asked["answer"]).out
    out = run("why", saved).out
    assert out.startswith(f"{note['handle']}  saved from {asked['answer']}, offline\n")
    found = run("why", saved, "--json").records[0]
    assert (found["answer"]["handle"], found["note"]) == (asked["answer"], note["handle"])
    assert run("why", asked["answer"], "--json").records[0]["note"] is None
