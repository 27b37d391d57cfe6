"""The completion scripts: the packaged ones are the printed ones, and real shells use them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import canary
import pytest
from shell import Run
from started import Terminal

from ledgernote.cli.completion import script

FOLDER = Path(__file__).parents[2] / "completions"
PACKAGED = {"bash": "ledgernote.bash", "zsh": "_ledgernote", "fish": "ledgernote.fish"}


@pytest.mark.parametrize("shell", PACKAGED)
def test_the_packaged_script_is_the_printed_one(run: Run, shell: str) -> None:
    packaged = (FOLDER / PACKAGED[shell]).read_text()

    assert packaged == script(shell), f"ledgernote completion {shell} > completions/…"
    assert run("completion", shell).out == packaged


@pytest.mark.parametrize("shell", PACKAGED)
def test_the_shell_can_read_it(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", str(FOLDER / PACKAGED[shell])], check=True)


@pytest.fixture
def named(run: Run, tmp_path: Path) -> dict[str, str]:
    """A notebook with names in it, and `ledgernote` on the path."""
    run.note("x", "-t", "macro,two words,$(touch pwned)", "-p", "fed")
    run.note("y", "-t", "of-other", "-d", "other.db")
    run("find", "--save", "cuts", "tag:macro")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "ledgernote"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m ledgernote "$@"\n')
    program.chmod(0o755)
    return {**run.env, "PATH": f"{tmp_path / 'bin'}:{run.env['PATH']}"}


@pytest.fixture
def talked(named: dict[str, str], run: Run) -> dict[str, str]:
    """The same with threads, and models of a provider and of a name of one's own."""
    for thread in ("rates-thesis", "two words"):
        run("ask", "why?", "-r", thread, "-m", "offline")
    run("ask", "which heron?", "-m", "offline")
    run("config", "set", "models.quick.model", "offline")
    return {**named, "OPENAI_API_KEY": canary.OPENAI}


CASES = [
    (["find", "--model", "off"], ["offline"]),
    (["ask", "-m", "OFF"], ["offline"]),
    (["config", "get", "bud"], ["budget"]),
    (["find", "is:pi"], ["is:pinned"]),
    (["find", "tag:mac"], ["tag:macro"]),
    (["find", "@c"], ["@cuts"]),
    (["find", "on:y"], ["on:yesterday"]),
    (["find", "not:tag:mac"], ["not:tag:macro"]),
    (["find", "not:t"], ["not:tag:", "not:thread:"]),
    (["find", "word", "ta"], ["tag:"]),
    (["find", "--sort", "n"], ["new"]),
    (["find", "--since", "y"], ["yesterday"]),
    (["find", "--forget", ""], ["cuts"]),
    (["-d", "other.db", "find", "-t", "o"], ["of-other"]),
    (["tag", "mac"], ["macro"]),
    (["no"], ["note"]),
    (["find", "--ki"], ["--kind"]),
    (["find", "--kind", ""], ["question", "answer", "note", "summary"]),
    (["-p", "f"], ["fed"]),
    (["find", "-t", "m"], ["macro"]),
    (["completion", "z"], ["zsh"]),
    (["config", "se"], ["set"]),
    (["config", "set", "projects.fed.model", "off"], ["offline"]),
    (["config", "set", "ledger", "off"], []),
    (["find", "--sort", "o"], ["old"]),
    (["stats", "--by", "p"], ["project"]),
]


@pytest.mark.parametrize(("words", "wanted"), [*CASES, (["find", "--", "-"], [])])
def test_bash_completes(
    named: dict[str, str], run: Run, words: list[str], wanted: list[str]
) -> None:
    program = (
        f"source {FOLDER / 'ledgernote.bash'}\n"
        'COMP_WORDS=(ledgernote "$@"); COMP_CWORD=$#; _ledgernote\n'
        "printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        ["bash", "-c", program, "bash", *words],
        capture_output=True,
        text=True,
        env=named,
        cwd=run.cwd,
        check=True,
        timeout=30,
    )

    assert done.stdout.split("\n")[:-1] == (wanted or [""])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("ledgernote find tag:mac", "ledgernote find tag:macro "),
        ("ledgernote find @c", "ledgernote find @cuts "),
        ("ledgernote find @", "ledgernote find @cuts "),
        ("ledgernote find not:ta", "ledgernote find not:tag:"),
        ("ledgernote find --tag=mac", "ledgernote find --tag=macro "),
        ("ledgernote -d other.db find tag:o", "ledgernote -d other.db find tag:of-other "),
        ("ledgernote ask -m off", "ledgernote ask -m offline "),
        ("ledgernote --project=fed find kind:no", "ledgernote --project=fed find kind:note "),
        ("ledgernote config set day", "ledgernote config set day_starts "),
        ("ledgernote completion z", "ledgernote completion zsh "),
    ],
)
def test_bash_completes_what_is_typed_at_a_terminal(
    named: dict[str, str], run: Run, line: str, wanted: str
) -> None:
    child = Terminal(
        "bash",
        ["--norc", "--noprofile", "-i"],
        env={**named, "PS1": "% ", "INPUTRC": "/dev/null", "TERM": "dumb"},
        cwd=str(run.cwd),
        encoding="utf-8",
        timeout=20,
        dimensions=(24, 200),
    )
    child.sendline(f"source {FOLDER / 'ledgernote.bash'}; echo re''ady")
    child.expect("ready\r\n")
    child.send(f"{line}\t")

    child.expect_exact(wanted)
    child.close(force=True)


@pytest.mark.parametrize("before", [["show"], ["pin"], ["tag", "macro"]])
def test_a_handle_is_completed_where_one_may_stand(
    named: dict[str, str], run: Run, before: list[str]
) -> None:
    handle = run.note("z")

    test_bash_completes(named, run, [*before, handle[:4]], [handle])
    test_fish_completes(named, run, [*before, handle[:4]], [handle])


def test_a_name_is_never_run_as_a_command(named: dict[str, str], run: Run) -> None:
    test_bash_completes(named, run, ["find", "-t", "$"], ["\\$\\(touch\\ pwned\\)"])
    test_bash_completes(named, run, ["find", "-t", "two"], ["two\\ words"])

    assert [path.name for path in run.cwd.iterdir() if "pwned" in path.name] == []


@pytest.mark.parametrize(("words", "wanted"), CASES)
def test_fish_completes(
    named: dict[str, str], run: Run, words: list[str], wanted: list[str]
) -> None:
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    line = " ".join(["ledgernote", *words])
    done = subprocess.run(
        ["fish", "-c", f"source {FOLDER / 'ledgernote.fish'}; complete -C '{line}'"],
        capture_output=True,
        text=True,
        env=named,
        cwd=run.cwd,
        check=True,
        timeout=30,
    )

    found = [row.split("\t")[0] for row in done.stdout.splitlines()]
    assert sorted(found) == sorted(wanted)


ZSH = """
zmodload zsh/zpty
zpty shell 'PS1=%% TERM=dumb zsh -f -i'
zpty -w shell 'tell() {{ zle -I; print -r -- "[$BUFFER]"; BUFFER= }}; zle -N tell; bindkey ^T tell'
zpty -w shell '{load}; echo re''ady'
zpty -r shell out '*ready*'
zpty -w -n shell $'{line}\\t\\x14'
zpty -r shell out '*\\[*\\]*'
print -r -- $out
"""
"""The key after Tab is read when completion has ended, and tells what stands in the line."""
IN_FPATH = f"fpath=({FOLDER} $fpath); autoload -Uz compinit; compinit -u -D"


def screen_of_zsh(named: dict[str, str], run: Run, load: str, line: str) -> str:
    if not shutil.which("zsh"):
        pytest.skip("zsh is not installed")
    done = subprocess.run(
        ["zsh", "-f", "-c", ZSH.format(load=load, line=line)],
        capture_output=True,
        text=True,
        env=named,
        cwd=run.cwd,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("ledgernote no", "ledgernote note"),
        ("ledgernote find --kin", "ledgernote find --kind="),
        ("ledgernote -p fe", "ledgernote -p fed"),
        ("ledgernote find -t mac", "ledgernote find -t macro"),
        ("ledgernote find tag:mac", "ledgernote find tag:macro"),
        ("ledgernote find not:ta", "ledgernote find not:tag:]"),
        ("ledgernote -d other.db find -t o", "ledgernote -d other.db find -t of-other"),
        ("ledgernote ask -m OFF", "ledgernote ask -m offline"),
        ("ledgernote config get budg", "ledgernote config get budget"),
    ],
)
def test_zsh_completes(named: dict[str, str], run: Run, line: str, wanted: str) -> None:
    assert wanted in screen_of_zsh(named, run, IN_FPATH, line)


def test_what_may_be_typed_for_threads_and_models_is_their_names_and_shorter_ones(
    talked: dict[str, str], run: Run
) -> None:
    threads = run("threads", "--names").lines
    models = run("models", "--names", env=talked).lines

    assert set(threads[:2]) == {"rates-thesis", "two words"}
    assert all(one.isalnum() for one in threads[2:])
    assert {"quick", "openai/gpt-5.4-mini", "gpt-5.4-mini"} <= set(models)
    assert len(models) == len(set(models))


def test_threads_are_completed_by_name_and_models_without_their_provider(
    talked: dict[str, str], run: Run
) -> None:
    test_bash_completes(talked, run, ["ask", "-r", "two"], ["two\\ words"])
    test_bash_completes(talked, run, ["ask", "-m", "gpt-5.4-m"], ["gpt-5.4-mini"])
    test_fish_completes(talked, run, ["ask", "-r", "rates"], ["rates-thesis"])
    test_zsh_completes(talked, run, "ledgernote ask -m gpt-5.4-m", "ask -m gpt-5.4-mini")


@pytest.mark.parametrize("before", ["", "autoload -Uz compinit; compinit -u -D; "])
def test_zsh_completes_from_a_sourced_script(named: dict[str, str], run: Run, before: str) -> None:
    load = f"{before}source <(ledgernote completion zsh)"

    assert "find -t macro" in screen_of_zsh(named, run, load, "ledgernote find -t mac")


@pytest.mark.parametrize("shell", PACKAGED)
def test_help_says_where_the_script_of_a_shell_goes(run: Run, shell: str) -> None:
    assert f"{shell}: " in run("completion", "--help").out
