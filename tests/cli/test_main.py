"""The edge: exit codes, what is imported, help, and that commands and the table agree."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from inspect import Parameter, signature
from pathlib import Path

import canary
import pytest
from shell import Run

from ledgernote.cli import config, keys, project, source, thread
from ledgernote.cli.argv import read
from ledgernote.cli.bug import redacted
from ledgernote.cli.help import GROUPS, command_help, overview
from ledgernote.cli.main import function_of
from ledgernote.cli.options import COMMANDS, Option
from ledgernote.domain.errors import UsageError

HEAVY = {
    *("litellm", "prompt_toolkit", "pydantic", "asyncio", "numpy", "sqlite_utils", "tiktoken"),
    *("rich", "httpx", "markdown_it", "platformdirs"),
}
SPARED = {
    *("dataclasses", "inspect", "argparse", "subprocess", "tempfile", "random", "shutil"),
    *("uuid", "platform", "tomllib", "urllib.request", "importlib.metadata"),
}
"""Of the standard library, what costs as much as a search does, and is not needed every day."""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_parameter_for_each_of_its_options(name: str) -> None:
    parameters = signature(function_of(name)).parameters.values()
    taken = {
        one.name: one.annotation.removesuffix(" | None")
        for one in parameters
        if one.kind is Parameter.KEYWORD_ONLY
    }

    assert taken == {option.parameter: kind(option) for option in COMMANDS[name].options}


def kind(option: Option) -> str:
    """What the value of an option is."""
    if option.takes is None:
        return "bool"
    if option.counts:
        return "int"
    return "tuple[str, ...]" if option.repeat else "str"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_can_be_called_with_any_words_that_are_let_through(name: str) -> None:
    verbs = COMMANDS[name].verbs
    words = [*verbs[:1], "a", "b", "c"]
    called = 0

    for count in range(len(words) + 1):
        with suppress(UsageError):
            seen = read([name, *words[:count]])
            signature(function_of(name)).bind("call", *seen.words, **seen.options)
            called += 1

    assert called


def test_each_verb_has_its_usage() -> None:
    modules = {
        "project": project,
        "thread": thread,
        "source": source,
        "config": config,
        "keys": keys,
    }

    assert {row.name: set(row.verbs) for row in COMMANDS.values() if row.verbs} == {
        name: set(module.USES) for name, module in modules.items()
    }


@pytest.mark.parametrize(
    "line",
    [
        *("note hello", "find hello", "show @last", "log", "log --json", "tags", "threads"),
        *("--help", "help find", "--version", "completion bash", "tag x @last", ""),
    ],
)
def test_an_everyday_command_imports_nothing_heavy(run: Run, line: str) -> None:
    run.note("hello")
    heavy = HEAVY if line in ("--version", "completion bash") else HEAVY | SPARED
    heavy |= {"hashlib", "threading"} if line.startswith(("find", "show", "log")) else set()
    env = {name: value for name, value in run.env.items() if name != "LEDGERNOTE_CONFIG"}
    code = (
        "import os, sys\n"
        "from ledgernote.cli.main import run\n"
        "code = run(sys.argv[1:], os.environ)\n"
        "print(code, *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *line.split()],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**env, "LEDGERNOTE_EMBEDDER": "static"},
        timeout=30,
        check=False,
    )

    ended, *modules = done.stderr.splitlines()[-1].split()
    assert ended == "0", done.stderr
    assert heavy.isdisjoint(modules), heavy & set(modules)


def test_help_names_every_command_once() -> None:
    grouped = [name for names in GROUPS.values() for name in names]

    assert sorted(grouped) == sorted(COMMANDS)
    for row in COMMANDS.values():
        assert row.summary in overview()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_names_its_options(run: Run, name: str) -> None:
    text = command_help(name)

    for option in COMMANDS[name].options:
        assert (option.long in text) is not option.hidden
    assert max(map(len, text.splitlines())) <= 100


def test_help_comes_in_every_spelling(run: Run) -> None:
    asked = [("help", "find"), ("find", "--help"), ("find", "-h"), ("--help", "find")]

    assert {run(*argv).out for argv in asked} == {command_help("find")}
    assert run().out == run("--help").out == run("help").out == overview()


@pytest.mark.parametrize("line", ["--json --version", "--version --json", "log --version --json"])
def test_the_version_is_an_object_too(run: Run, line: str) -> None:
    assert list(run(*line.split()).records[0]) == ["version"]


@pytest.mark.parametrize("line", ["-h --json", "--json find --help", "--json help find"])
def test_help_is_the_same_beside_json(run: Run, line: str) -> None:
    beside = run(*line.split())

    assert (beside.code, beside.err) == (0, "")
    assert beside.out == run(*line.replace("--json", "").split()).out


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("ledgernote ")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("lgo", 2, "no command 'lgo'; the nearest is `log`"),
        ("log --sinc 7d", 2, "the nearest is --since"),
        ("log -n", 2, "-n needs a value"),
        ("log -n x", 2, "--number takes a number from 0 to 999999999, not 'x'"),
        ("log extra", 2, "log has no use for 'extra'"),
        ("show", 2, "show needs HANDLE"),
        ("tag fed", 2, "tag needs HANDLE"),
        ("move k3f9a", 2, "move needs PROJECT"),
        ("history a b", 2, "history has no use for 'b'"),
        ("thread", 2, "thread needs rename|move|fork|archive\n"),
        ("thread rename", 2, "usage: ledgernote thread rename THREAD NAME"),
        ("completion tcsh", 2, "no script for 'tcsh'"),
        ("export --format html", 2, "no export is called 'html' yet"),
        ("import notion x", 2, "no format is called 'notion'"),
        ("config fetch", 2, "config cannot 'fetch'"),
        ("config set modle x", 2, "no setting is called 'modle'; the nearest is model"),
        ("config set models.a.locl yes", 2, "the nearest is models.a.local"),
        ("config set editing vim", 2, "editing is vi, emacs or empty"),
        ("config set budget lots", 2, "'lots' is no number of tokens"),
        ("--json", 2, "--json goes with a command"),
        ("log -n=3", 2, "-n stands apart from what follows it, not '-n=3'\n  Write `-n 3`."),
        ("log -a=3", 2, "log has no option '-a'"),
        ("log --as \x01", 2, "nobody can be called"),
        ("config set models..local yes", 2, "no setting is called 'models..local'\n"),
        ("completion bash --json", 2, "has no JSON form"),
    ],
)
def test_usage_errors_are_exit_2_and_one_sentence(
    run: Run, line: str, code: int, said: str
) -> None:
    ran = run(*line.split())

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert ran.err.startswith("ledgernote: ")
    assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("note", "x", "-d", ""), "--ledger was given an empty FILE"),
        (("note", "x", "-p", " "), "--project was given an empty NAME"),
        (("note", "x", "-t", ","), "--tag was given an empty TAG"),
        (("find", "x", "--thread="), "--thread was given an empty THREAD"),
        (("log", "--as", ""), "--as was given an empty NAME"),
    ],
)
def test_an_empty_value_does_not_mean_the_default(
    run: Run, argv: tuple[str, ...], said: str
) -> None:
    ran = run(*argv)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not run.ledger.exists()


def test_an_empty_system_text_is_none(run: Run) -> None:
    run.note("a heron")
    bare = run("ask", "what?", "--dry-run", "--json").records[0]["messages"][0]
    empty = run("ask", "what?", "-s", "", "--dry-run", "--json").records[0]["messages"][0]
    run("ask", "what?", "--system=", "-r", "talk", "-m", "offline")
    later = run("context", "and?", "-r", "talk", "--json").records[0]["messages"][0]

    assert empty == bare == later
    assert bare["content"] == bare["content"].strip()


def test_an_empty_system_text_takes_the_one_before_away(run: Run) -> None:
    run("ask", "what?", "-s", "Be brief.", "-r", "talk", "-m", "offline")
    run("ask", "what?", "-s", "", "-r", "talk", "-m", "offline")

    later = run("context", "and?", "-r", "talk", "--json").records[0]["messages"][0]

    assert "Be brief." not in later["content"]
    assert later["content"] == later["content"].strip()


def test_a_bug_is_exit_3_without_local_variables_or_keys(run: Run) -> None:
    code = (
        "import ledgernote.cli.log as log\n"
        "def broken(call):\n"
        "    secret_note = 'what nobody may see'\n"
        "    raise KeyError(call.environ['OPENAI_API_KEY'])\n"
        "log.log = broken\n"
        "from ledgernote.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "log"],
        capture_output=True,
        text=True,
        env={**run.env, "OPENAI_API_KEY": canary.OPENAI},
        timeout=30,
        check=False,
    )

    assert done.returncode == 3
    first, *rest = done.stderr.splitlines()
    assert first == "ledgernote: this is a bug in ledgernote: KeyError: '[key]'"
    assert "  Traceback (most recent call last):" in rest
    assert "0123456789abcdef" not in done.stderr
    assert "what nobody may see" not in done.stderr


def test_keys_are_redacted_wherever_they_stand() -> None:
    text = "Bearer abcdef123 and sk-ant-REDACTED and hunter22"

    assert redacted(text, {"MY_TOKEN": "hunter22"}) == "Bearer [key] and [key] and [key]"


@pytest.mark.parametrize(
    "command", ["log", "find word --json", "export", "ask -m offline what of the words"]
)
def test_a_full_disk_behind_stdout_is_told(command: str, run: Run) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    run.note("word " * 20_000)
    with Path("/dev/full").open("wb") as full:
        done = run.begins(*command.split(), stdin=subprocess.DEVNULL, stdout=full)
        _, err = done.communicate(timeout=30)

    assert done.returncode == 5
    assert b"No space left" in err
    assert b"Traceback" not in err


def test_talk_that_nobody_can_hear_changes_no_exit_code(run: Run) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    run.note("word")
    environ = {**run.env, "PYTHONUNBUFFERED": ""}  # what is not buffered is not flushed at the end
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ledgernote", "ask", "-m", "offline", "which word?"],
            stdout=subprocess.PIPE,
            stderr=full,
            stdin=subprocess.DEVNULL,
            env=environ,
            timeout=30,
            check=False,
        )

    assert done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
    ],
)
def test_the_locale_changes_no_byte(run: Run, locale: dict[str, str]) -> None:
    word = "naïve 📈 \udcff"
    ran = run("note", os.fsencode(word), env=locale)

    assert ran.code == 0, ran.err
    shown = run("show", ran.out.strip(), env=locale)
    assert shown.stdout == word.encode("utf-8", "surrogateescape") + b"\n"
    assert run("find", os.fsencode("naïve"), env=locale).code == 0


def test_quiet_says_nothing_but_errors(run: Run) -> None:
    assert run("note", "x", "--quiet").err == ""
    assert run("find", "zzz", "--quiet").err == ""
    assert run("show", "zzzzz", "--quiet").err != ""


def test_the_writer_can_be_named(run: Run) -> None:
    run.note("a", "--as", "bob")
    run("note", "b", env={"LEDGERNOTE_ACTOR": "eve"})
    run.note("c")

    assert [one["actor"] for one in run("log", "--json").records] == ["bob", "eve", "ann"]
    assert run("show", "@last", "--as", "bob").out == "a\n"


def test_closed_streams_do_not_reach_the_ledger(run: Run) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m ledgernote note words <&- >&- 2>&-', sys.executable],
        env=run.env,
        timeout=30,
        check=False,
    )

    assert done.returncode == 0
    assert run("show", "@last").out == "words\n"
    assert run("verify").code == 0
