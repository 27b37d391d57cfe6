"""Where keys are kept, and how they are told apart."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledgernote.domain.errors import ModelError, UsageError
from ledgernote.domain.secrets import blanked, hold, tail
from ledgernote.models.keys import ANY, Keys, cleaned, owner_told, recognised
from ledgernote.models.printed import anew

KEY = "sk-ant-api03-0123456789abcdefghij"


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        (KEY, "anthropic"),
        ("sk-or-v1-0123456789", "openrouter"),
        ("sk-proj-0123456789", "openai"),
        ("sk-0123456789abcdef0123456789ABCDEFxyz", "openai"),
        ("sk-0123456789abcdef0123456789abcdef", "deepseek"),
        ("AIzaSyA0123456789", "gemini"),
        ("gsk_0123456789", "groq"),
        ("xai-0123456789", "xai"),
        ("0123456789abcdefABCDEF", None),
    ],
)
def test_a_key_tells_by_its_beginning_whose_it_is(key: str, owner: str | None) -> None:
    assert recognised(key) == owner


@pytest.mark.parametrize(
    "typed", [KEY, f" {KEY}\n", f"export ANTHROPIC_API_KEY={KEY}", f'ANTHROPIC_API_KEY = "{KEY}"']
)
def test_a_key_is_found_in_the_line_that_it_was_copied_with(typed: str) -> None:
    assert cleaned(typed) == KEY


@pytest.mark.parametrize("typed", ["", " \n", "two words", "sk-ant-ü", "x" * 5_000, "sk-\x1b[31m"])
def test_what_is_no_key_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        cleaned(typed)

    assert not typed.strip() or typed.strip() not in f"{refused.value}{refused.value.hint}"


def test_a_key_is_kept_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    keys = Keys({}, tmp_path / "data" / "keys.json")

    place = keys.keep("anthropic", KEY)

    found = keys.of("anthropic")
    assert (place, found and found.read()) == (str(keys.file), KEY)
    assert keys.file.stat().st_mode & 0o777 == 0o600
    assert keys.file.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in keys.file.parent.iterdir()] == ["keys.json"]


def test_a_key_that_is_dropped_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    keys = Keys({}, tmp_path / "keys.json")
    keys.keep("openai", "sk-proj-1")
    keys.keep("groq", "gsk_1")

    assert (keys.drop("openai"), keys.drop("openai")) == (True, False)

    assert keys.providers() == ["groq"]


def test_a_command_comes_before_what_is_kept_and_is_run_only_for_a_key(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = f"echo {{provider}} >> {log}; echo secret-of-{{provider}}; echo more"
    keys = Keys({ANY: command, "groq": "echo gsk_own"}, tmp_path / "keys.json")
    keys.keep("openai", "sk-proj-kept")

    found = {name: keys.of(name) for name in ("openai", "mistral", "groq")}

    assert not log.exists()
    assert [(one and one.place, one and one.chooses) for one in found.values()] == [
        ("key_command", False),
        ("key_command", False),
        ("key_command", True),
    ]
    assert [one.read() for one in found.values() if one for _ in range(2)] == [
        *("secret-of-openai", "secret-of-openai"),
        *("secret-of-mistral", "secret-of-mistral", "gsk_own", "gsk_own"),
    ]
    assert log.read_text().split() == ["openai", "mistral"]


def test_one_command_for_all_serves_whom_its_key_is_of_and_nobody_else(tmp_path: Path) -> None:
    command = f"echo {KEY} #{tmp_path}"
    keys = Keys({ANY: command}, tmp_path / "keys.json")

    right, wrong = keys.of("anthropic"), keys.of("openai")

    assert owner_told(command) == "anthropic"
    assert right
    assert wrong
    assert right.read() == KEY
    with pytest.raises(ModelError, match="gives a key of anthropic, not of openai"):
        wrong.read()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (f"echo locked {KEY} >&2; exit 3", "exit 3: locked [key]"),
        ("true", "it printed nothing"),
        ("echo an error: the vault is locked", "what it printed is no key, which is one word"),
        ("no-such-program-here", "names a program that there is not: no-such-program-here"),
        ("$NOBODY; no-such-program-here", "exit 127"),
    ],
)
def test_a_command_that_gives_no_key_is_told_without_any(
    tmp_path: Path, command: str, why: str
) -> None:
    found = Keys({"openai": command}, tmp_path / "keys.json").of("openai")

    assert found
    with pytest.raises(ModelError) as failed:
        found.read()

    assert why in str(failed.value)


def test_a_command_that_has_failed_is_run_again_only_when_a_person_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = f"echo run >> {log}; echo locked >&2; exit 3"

    hints = []
    for goes_on in (False, False, True):
        if goes_on:
            anew()
        with pytest.raises(ModelError, match="gave no key: exit 3: locked") as failed:
            owner_told(command)
        hints.append(failed.value.hint)
        failed.value.hint += ", added to this one"

    assert log.read_text().split() == ["run", "run"]
    assert len(set(hints)) == 1


def test_a_damaged_file_of_keys_is_named_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(f'{{"openai": "{KEY}"')

    with pytest.raises(UsageError, match="cannot be read") as told:
        Keys({}, file).providers()

    assert KEY not in f"{told.value}{told.value.hint}{told.value.__cause__}"
    assert told.value.__context__ is None


def test_a_pipe_in_the_place_of_the_file_of_keys_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    os.mkfifo(file)

    with pytest.raises(UsageError, match="cannot be read"):
        Keys({}, file).keep("openai", KEY)

    assert file.is_fifo()


def test_a_row_without_a_name_or_without_a_key_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text('{"": "x", " ": "x", "openai": "", "groq": "gsk_0123456789"}')

    assert Keys({}, file).providers() == ["groq"]


RING = """
import json, os, pathlib
file = pathlib.Path(os.environ["RING"])
from keyring.backend import KeyringBackend
class Ring(KeyringBackend):
    priority = 5
    def all(self):
        return json.loads(file.read_text()) if file.exists() else {}
    def put(self, service, name, key):
        file.write_text(json.dumps({**self.all(), service + name: key}))
    def get_password(self, service, name):
        return self.all().get(service + name)
    def set_password(self, service, name, key):
        self.put(service, name, key)
    def delete_password(self, service, name):
        self.put(service, name, None)
"""


def test_a_system_keyring_takes_the_key_and_the_file_only_says_so(tmp_path: Path) -> None:
    pytest.importorskip("keyring")
    (tmp_path / "filering.py").write_text(RING)
    code = (
        "import sys, pathlib; from ledgernote.models.keys import Keys;"
        f"keys = Keys({{}}, pathlib.Path({str(tmp_path / 'keys.json')!r}));"
        f"print(keys.keep('anthropic', {KEY!r})); print(keys.of('anthropic').read());"
        f"print(keys.file.read_text().count({KEY!r}));"
        "print(keys.drop('anthropic'), keys.of('anthropic'))"
    )
    ring = tmp_path / "ring.json"
    environ = {"PYTHON_KEYRING_BACKEND": "filering.Ring", "RING": str(ring), "HOME": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["the system keyring", KEY, "0", "True None"]
    assert KEY not in ring.read_text()


def test_a_held_key_is_blanked_in_any_text_and_a_short_one_as_a_word_only() -> None:
    hold("0123456789abcdefABCD")
    hold("zq")

    text = blanked("x0123456789abcdefABCDx and zq, zquick; Bearer whatever , sk-ant-abcdefg")

    assert text == "x[key]x and [key], zquick; Bearer [key] , [key]"


def test_the_last_four_characters_are_shown_of_a_long_key_only() -> None:
    assert tail(KEY) == "…ghij"
    assert tail("hunter22") == "…"
