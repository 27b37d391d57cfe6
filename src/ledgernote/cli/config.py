"""`config`: the settings file, read and changed."""

from __future__ import annotations

from pathlib import Path

from ledgernote.cli.call import Call
from ledgernote.config import file, values
from ledgernote.config.settings import config_path
from ledgernote.config.table import KEYS, TABLES, consent_name
from ledgernote.config.writing import write
from ledgernote.domain.errors import UsageError
from ledgernote.domain.secrets import BLANK, hidden, shown
from ledgernote.notebook.keys import COMMAND, is_key
from ledgernote.render.escape import visible

USES = {"path": "config path", "get": "config get [NAME]", "set": "config set NAME VALUE"}


def config(
    call: Call,
    action: str,
    *words: str,
) -> None:
    """Read and change settings."""
    path = config_path(call.environ)
    if action == "path" and not words:
        _print_path(call, str(path))
    elif action == "get" and len(words) <= 1:
        _get(call, path, "".join(words))
    elif action == "set" and len(words) == 2:
        name, value = words
        write(path, name, value)
        now = values.read_value(path, name)
        if call.out.json:
            _print(call, name, now, alone=True)
        call.out.say(f"{name} = {_shown(_safe(name, now))}")
    else:
        raise UsageError(f"usage: ledgernote {USES[action]}", "`ledgernote config get` lists all.")
    for stranger in file.strangers(path):
        call.out.say(f"{path}: {stranger}")


def _get(call: Call, path: Path, name: str) -> None:
    """One setting, the settings of a table, or all that there are."""
    found = list(values.tables_of(path, name))
    if name and name not in TABLES and name != "consent" and not found:
        _print(call, name, values.read_value(path, name), alone=True)
    for key in () if name else KEYS:
        _print(call, key, values.read_value(path, key), alone=False)
    for key, value in found:
        _print(call, key, value, alone=False)
    if name in ("", "consent"):
        _print_consents(call, path)
    if name in TABLES and not found:
        call.out.say(f"nothing is set in {name}; such as {name}.NAME.{next(iter(TABLES[name]))}")


def _print_consents(call: Call, path: Path) -> None:
    for source, table in file.consents(path).items():
        for provider, told in table.items():
            _print(call, consent_name(source, provider), told, alone=False)


def _print_path(call: Call, path: str) -> None:
    if call.out.json:
        call.out.record({"path": path})
    else:
        call.out.data(visible(path))


def _print(call: Call, name: str, value: object, *, alone: bool) -> None:
    value = _safe(name, value)
    if call.out.json:
        call.out.record({"name": name, "value": value})
        return
    text = _shown(value)
    help_ = f"  # {KEYS[name].help}" if name in KEYS else ""
    call.out.data(visible(text if alone else f"{name} = {text}{help_}"))


def _safe(name: str, value: object) -> object:
    """As it may be shown: without a password, and without a key that does not belong there."""
    if isinstance(value, list):
        return [_safe(name, one) for one in value]
    if not isinstance(value, str):
        return value
    if name.rpartition(".")[2] == COMMAND and is_key(value, of_anyone=True):
        return BLANK
    return hidden(shown(value) if name.endswith(".api_base") else value)


def _shown(value: object) -> str:
    """As the file holds it, text without its quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
