"""`config`, and what a file of settings may be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import canary
import pytest
from shell import Run


@pytest.fixture
def file(run: Run) -> Path:
    return Path(run.env["LEDGERNOTE_CONFIG"])


def test_a_setting_that_there_is_not_is_said_once_by_whatever_reads_it(
    run: Run, file: Path
) -> None:
    file.write_text('modle = "house/a"\n[models.x]\nwndow = 10\n')

    kept, quiet = run("note", "a heron"), run("note", "a heron", "--quiet")

    assert kept.err.count("no setting is called 'modle'; the nearest is model") == 1
    assert kept.err.count("'models.x.wndow'; the nearest is models.x.window") == 1
    assert quiet.err == ""


def test_a_byte_order_mark_is_no_part_of_the_settings(run: Run, file: Path) -> None:
    file.write_bytes("\ufeffbudget = 9000\n".encode())

    assert run("config", "get", "budget").out == "9000\n"
    assert run("config", "set", "replay", "100").code == 0
    assert file.read_text("utf-8") == "budget = 9000\nreplay = 100\n"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_settings_that_would_come_from_a_pipe_or_a_folder_are_no_file(
    run: Run, file: Path, make: Callable[[Path], None]
) -> None:
    make(file)

    ran = run("note", "a heron")

    assert ran.code == 2
    assert f"{file} is no file" in ran.err


def test_get_shows_the_settings_of_tables_too(run: Run) -> None:
    run("config", "set", "models.house/b.window", "9000")
    run("config", "set", "projects.fed.fallback", "a, b")

    everything = run("config", "get", "--json").records

    assert {"name": "models.house/b.window", "value": 9000} in everything
    assert run("config", "get", "models").out == "models.house/b.window = 9000\n"
    assert run("config", "get", "models.house/b").out == "models.house/b.window = 9000\n"
    assert run("config", "get", "projects").out == "projects.fed.fallback = a, b\n"


@pytest.mark.parametrize("name", ["models.house/b.windw", "models.nobody", "modle"])
def test_get_of_what_is_no_setting_says_so(name: str, run: Run) -> None:
    assert run("config", "get", name).code == 2
    assert run("config", "get", "models").out == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key_command", canary.OPENAI),
        ("key_command", f"echo '{canary.OPENAI}'"),
        ("providers.openai.key_command", canary.OPENAI),
        ("system", f"my key is {canary.OPENAI}"),
        (f"models.{canary.OPENAI}.window", "9000"),
        (canary.OPENAI, "9000"),
    ],
)
def test_a_key_is_kept_under_no_setting_and_not_repeated(
    run: Run, file: Path, name: str, value: str
) -> None:
    ran = run("config", "set", name, value)

    assert ran.code == 2
    assert "keys set keeps a key" in ran.err
    assert canary.OPENAI not in ran.out + ran.err
    assert not file.exists()


def test_tokens_are_set_as_they_are_asked_for(run: Run) -> None:
    for name, typed in (("budget", "16k"), ("replay", "1.5k"), ("models.house/b.window", "200k")):
        assert run("config", "set", name, typed).code == 0

    assert run("config", "get", "budget").out == "16000\n"
    assert run("config", "get", "replay").out == "1500\n"
    assert run("config", "get", "models.house/b.window").out == "200000\n"
    assert run("config", "set", "idle_hours", "6k").code == 2


def test_the_password_of_an_address_is_shown_by_neither_set_nor_get(run: Run, file: Path) -> None:
    name = "models.house/b.api_base"
    done = run("config", "set", name, "http://ann:secret@box:8080/v1")
    listed = run("config", "get"), run("config", "get", name), run("config", "get", "--json")

    assert "secret" in file.read_text()
    assert all("secret" not in ran.out + ran.err for ran in (done, *listed))
    assert "http://box:8080/v1" in listed[1].out


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("notaurl", "lacks its http://: notaurl"),
        ("localhost:8080/v1", "lacks its http://: localhost:8080/v1"),
        ("ftp://box/v1", "is no address: ftp://box/v1"),
        ("http://", "is no address: http://"),
        ("http://box:port", "is no address: http://box:port"),
    ],
)
def test_an_address_that_is_no_url_is_a_usage_error_typed_or_read_from_the_file(
    run: Run, file: Path, typed: str, told: str
) -> None:
    typing = run("config", "set", "models.house.api_base", typed)
    assert not file.exists()
    file.write_text(f'[models.house]\napi_base = "{typed}"\n')
    reading = run("note", "a heron")

    assert (typing.code, reading.code) == (2, 2)
    assert f"models.house.api_base {told}" in typing.err
    assert f"{file}: models.house.api_base {told}" in reading.err
    assert all("Such as http://127.0.0.1:8080/v1" in ran.err for ran in (typing, reading))


def test_the_address_of_an_ollama_may_be_written_as_its_own_server_has_it(
    run: Run, file: Path
) -> None:
    typed = run("config", "set", "models.ollama/llama3.api_base", "box:11434")
    file.write_text('[models.big]\nmodel = "ollama/llama3"\napi_base = "box:11434"\n')

    assert typed.code == 0
    assert run("config", "get", "models.big.api_base").out == "box:11434\n"
    assert run("config", "set", "models.big.window", "8k").code == 0


def test_a_key_typed_for_an_address_is_neither_kept_nor_repeated(run: Run, file: Path) -> None:
    typed = run("config", "set", "models.house.api_base", canary.OPENAI)
    file.write_text(f'[models.house]\napi_base = "{canary.OPENAI}"\n')
    read = run("note", "a heron")
    file.unlink()

    assert (typed.code, read.code) == (2, 2)
    assert canary.OPENAI not in typed.out + typed.err + read.out + read.err


@pytest.mark.parametrize("name", ["cap", "retries", "budget"])
def test_a_value_that_begins_with_a_dash_is_refused_as_a_value(run: Run, name: str) -> None:
    ran = run("config", "set", name, "-1")

    assert ran.code == 2
    assert "-1" in ran.err
    assert "has no option" not in ran.err


@pytest.mark.parametrize(
    "command", [canary.OPENAI, "0123abcd0123abcd0123abcd", "op gsk_0123456789abcdef0123"]
)
def test_a_key_that_came_into_the_file_by_mistake_is_not_shown(
    run: Run, tmp_path: Path, command: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'key_command = "{command}"\n[providers.openai]\nkey_command = "{command}"\n',
        encoding="utf-8",
    )
    env = {"LEDGERNOTE_CONFIG": str(config)}

    runs = [run("config", "get", *what, env=env) for what in ((), ("key_command",), ("--json",))]

    assert all("[key]" in one.out for one in runs)
    assert not any(command.rpartition(" ")[2] in one.out + one.err for one in runs)
