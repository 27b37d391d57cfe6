"""What the pass over argv takes for an option and what for a word."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgernote.cli.argv import Globals, Invocation, phrase_words, read
from ledgernote.cli.options import COMMANDS, GLOBALS
from ledgernote.domain.errors import UsageError


def arguments(line: str) -> tuple[str, ...]:
    return typed(read(line.split()))


def typed(seen: Invocation) -> tuple[str, ...]:
    """What was read, in its one plainest spelling: options, then `--`, then the words."""
    assert seen.command
    known = {option.parameter: option for option in COMMANDS[seen.command].options}
    options = []
    for parameter, value in seen.options.items():
        option = known[parameter]
        every = value if option.repeat else (value,)
        options += [option.long if one is True else f"{option.long}={one}" for one in every]
    return (*options, "--", *seen.words)


def refusal(*argv: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(argv)
    assert caught.value.hint
    return str(caught.value)


def test_nothing_at_all_is_no_command() -> None:
    assert read([]) == Invocation(globals=Globals(), command=None)


@pytest.mark.parametrize(
    "line",
    [
        "-d my.db --as ann --json find x",
        "find -d my.db --as ann --json x",
        "find x --json --as=ann --ledger=my.db",
        "--json find --as ann x -d my.db",
    ],
)
def test_globals_are_taken_from_anywhere(line: str) -> None:
    seen = read(line.split())

    assert seen.globals == Globals(ledger="my.db", actor="ann", json=True)
    assert (seen.command, seen.words, seen.options) == ("find", ("x",), {})


def test_every_global_has_its_field() -> None:
    line = "--ledger l --project p --json --no-color --as a --quiet --verbose --version --help"

    assert read(line.split()).globals == Globals(
        ledger="l",
        project="p",
        json=True,
        no_color=True,
        actor="a",
        quiet=True,
        verbose=True,
        version=True,
        help=True,
    )
    assert len(line.split()) - 3 == len(GLOBALS)


def test_behind_two_dashes_everything_is_a_word() -> None:
    seen = read(["find", "a", "--", "--json", "-d", "x", "--", "--nonsense"])

    assert seen.globals == Globals()
    assert seen.words == ("a", "--json", "-d", "x", "--", "--nonsense")


@pytest.mark.parametrize("command", ["find", "note", "ask", "context"])
@pytest.mark.parametrize("word", ["-debt", "-tariff", "-project", "-0.75%", "-", '-"a b"', "-T"])
def test_a_dashed_token_that_is_no_option_is_a_word_of_a_query(command: str, word: str) -> None:
    seen = read([command, "rates", word])

    assert seen == Invocation(globals=Globals(), command=command, words=("rates", word))


@pytest.mark.parametrize("command", [name for name, row in COMMANDS.items() if not row.dashed])
def test_elsewhere_a_dashed_token_is_a_usage_error_that_names_an_option(command: str) -> None:
    assert "the nearest is -d" in refusal(command, "-debt")
    assert f"{command} has no option '-0.75%'" in refusal(command, "-0.75%")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_name_is_a_usage_error_that_names_the_nearest(command: str) -> None:
    assert f"{command} has no option '--jsn'; the nearest is --json" in refusal(command, "--jsn")
    assert "'--projct'; the nearest is --project" in refusal(command, "x", "--projct=a")


@pytest.mark.parametrize("name", ["--frobnicate", "--zzz", "--zzz=json"])
def test_an_unknown_name_like_no_other_has_no_nearest(name: str) -> None:
    assert "nearest" not in refusal("log", name)
    assert "nearest" not in refusal(name)


def test_hidden_spellings_are_never_named() -> None:
    assert not refusal("ask", "--cidd").endswith("--cid")
    assert "`logs`" not in refusal("lgo")


def test_a_count_may_be_glued_where_the_command_counts() -> None:
    assert arguments("find x -n5") == ("--number=5", "--", "x")
    assert arguments("find x -3") == ("--number=3", "--", "x")
    assert arguments("log -n 0") == ("--number=0", "--")
    assert arguments("find -n5x") == ("--", "-n5x")


def test_in_ask_n_is_a_flag_and_figures_are_words() -> None:
    assert arguments("ask -n why -3 -n5") == ("--no-log", "--", "why", "-3", "-n5")
    assert arguments("note -3 -n 5") == ("--", "-3", "-n", "5")


def test_short_options_are_neither_bundled_nor_glued() -> None:
    assert arguments("ask -cx -mgpt") == ("--", "-cx", "-mgpt")
    assert "the nearest is -c" in refusal("chat", "-cm", "gpt")


def test_every_option_leaves_under_its_long_name() -> None:
    assert arguments("find -t a -r b -a --kind=note -p q") == (
        "--tag=a",
        "--thread=b",
        "--all",
        "--kind=note",
        "--",
    )
    assert arguments("ask -m a -m b q -o k=v") == (
        "--model=a",
        "--model=b",
        "--option=k=v",
        "--",
        "q",
    )


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("-n 3 log", ("log", ("--number=3", "--"))),
        ("-3 log", ("log", ("--number=3", "--"))),
        ("-n ask log", ("ask", ("--no-log", "--", "log"))),
        ("--thread log find x", ("find", ("--thread=log", "--", "x"))),
        ("--thread pin k3f9a", ("pin", ("--thread", "--", "k3f9a"))),
        ("-t find note x", ("note", ("--tag=find", "--", "x"))),
        ("-p find find find", ("find", ("--", "find"))),
        ("-- find -x", ("find", ("--", "-x"))),
        ("-debt find rates", ("find", ("--", "-debt", "rates"))),
    ],
)
def test_options_may_stand_before_the_command(line: str, seen: tuple[str, tuple[str, ...]]) -> None:
    read_line = read(line.split())

    assert (read_line.command, typed(read_line)) == seen


def test_a_value_may_begin_with_a_dash_but_is_never_an_option() -> None:
    assert arguments("note --title -5% x") == ("--title=-5%", "--", "x")
    assert arguments("note -f - x") == ("--file=-", "--", "x")
    assert "-t needs a value" in refusal("find", "-t", "--json")
    assert "-t needs a value" in refusal("find", "-t", "-a")
    assert "-t needs a value" in refusal("find", "-t", "--", "x")


@pytest.mark.parametrize("argv", [["-d"], ["find", "-n"], ["ask", "x", "--model"], ["-p", "--"]])
def test_a_missing_value_is_a_usage_error(argv: list[str]) -> None:
    assert "needs a value" in refusal(*argv)


def test_a_flag_takes_no_value() -> None:
    assert refusal("log", "--json=yes") == "--json takes no value"


def test_a_value_keeps_every_character() -> None:
    value = "a=b\n--json \udce9 -- "

    assert read(["note", f"--title={value}", "x"]).options == {"title": value}
    assert read(["note", "--title=", "x"]).options == {"title": ""}


def test_dashes_that_name_nothing_are_words() -> None:
    assert read(["note", "--- minutes", "--5"]).words == ("--- minutes", "--5")


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("logs", "log"),
        ("q", "find"),
        ("search", "find"),
        ("a", "note"),
        ("add", "note"),
        ("conversations", "threads"),
        ("trace", "why"),
    ],
)
def test_hidden_names_work(alias: str, name: str) -> None:
    words = ["k3f9a"] if COMMANDS[name].words else []

    assert read([alias, *words]).command == name


def test_hidden_options_work_where_their_own_does() -> None:
    assert arguments("ask --cid a q -C") == ("--thread=a", "--continue", "--", "q")
    assert arguments("find --conversation=a q -C") == ("--thread=a", "--", "q", "-C")
    assert arguments("ask --xl q") == ("--extract-last", "--", "q")
    refusal("pin", "--cid", "x")


def test_an_unknown_command_names_the_nearest() -> None:
    assert "`find`" in refusal("fnd", "x")
    assert "'lgo'; the nearest is `log`" in refusal("-n", "3", "lgo")
    assert refusal("zzzz") == "no command 'zzzz'"


def test_an_option_of_a_command_without_the_command_is_a_usage_error() -> None:
    assert "without a command" in refusal("-n", "3")


def test_a_verb_is_a_plain_word() -> None:
    assert arguments("config get --json model") == ("--", "get", "model")
    assert arguments("completion bash") == ("--", "bash")


def test_help_is_a_command_and_an_option() -> None:
    assert read(["help"]) == Invocation(globals=Globals(help=True), command=None)
    assert read(["help", "q"]) == Invocation(globals=Globals(help=True), command="find")
    assert read(["find", "--help"]).globals.help
    assert "no command 'fnd'" in refusal("help", "fnd")


def test_no_spelling_means_two_things_in_one_command() -> None:
    for command in COMMANDS.values():
        spellings = [s for o in (*GLOBALS, *command.options) for s in o.spellings]
        assert len(spellings) == len(set(spellings)), command.name


def test_no_name_means_two_commands() -> None:
    names = [name for row in COMMANDS.values() for name in (row.name, *row.also)]

    assert len(names) == len(set(names))


@given(st.sampled_from(list(COMMANDS)), st.lists(st.text(st.characters(), max_size=6)))
def test_what_is_read_reads_the_same_again(command: str, words: list[str]) -> None:
    try:
        seen = read([command, *words])
    except UsageError:
        return
    again = read([command, *typed(seen)])
    assert (again.command, again.words, again.options) == (seen.command, seen.words, seen.options)


@given(st.lists(st.sampled_from(["-n", "5", "find", "x", "-t", "--json", "-d", "log", "--", "-q"])))
def test_any_tokens_are_read_or_refused(argv: list[str]) -> None:
    with suppress(UsageError):
        assert isinstance(read(argv), Invocation)


def test_an_option_means_the_same_in_every_place() -> None:
    words = ["find", "rates", "-debt"]
    for option in (["-t", "a"], ["-n5"], ["--since=7d"], ["-p", "x"], ["-a"]):
        first, *others = (read([*words[:at], *option, *words[at:]]) for at in range(len(words) + 1))
        assert all(other == first for other in others)


def test_reading_loads_nothing_heavy() -> None:
    code = (
        "import sys; from ledgernote.cli.argv import read; read(['find', '-t', 'a', '-b']);"
        "print(*sorted({'rich', 'difflib', 'argparse', 'sqlite3'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert run.stdout.strip() == ""


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["hard landing"], "hard landing"),
        (['say "hi" now'], 'say "hi" now'),
        (["rates", "hard landing"], 'rates "hard landing"'),
        (["rates", "-debt"], "rates -debt"),
        (["a", "-hard landing"], 'a -"hard landing"'),
        (["a", "thread:rates thesis"], 'a thread:"rates thesis"'),
        (["a", "-not:x y"], 'a -not:"x y"'),
        (["a", "-5 percent"], 'a "-5 percent"'),
        (["a", "-$T bonds"], 'a -"$T bonds"'),
        (["a", "- one"], 'a "- one"'),
        (["a", "Fed: hold"], 'a "Fed: hold"'),
        (["a", 'he said "no" twice'], 'a "he said  no  twice"'),
        (["a", '"x y" OR z'], 'a "x y" OR z'),
        (["a", "", "b\tc"], 'a "b\tc"'),
    ],
)
def test_an_argument_with_spaces_among_others_is_a_phrase(words: list[str], text: str) -> None:
    assert phrase_words(words) == text
