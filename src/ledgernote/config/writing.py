"""A setting as it is typed becomes a line of the file, whose comments stay."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ledgernote.config.file import check_address, check_consent, read_file
from ledgernote.config.settings import minutes
from ledgernote.config.table import EDITING, IN_TOKENS, KEYS, NAMING_MODELS, consent_of
from ledgernote.config.values import kind_of, path_of
from ledgernote.domain.errors import UsageError
from ledgernote.domain.tokens import tokens


def write(path: Path, name: str, text: str) -> None:
    """Set one key in the file, keeping its comments. Raises `UsageError`."""
    import tomlkit  # only a `config set` pays for it

    value = parse_value(name, text)
    read_file(path)
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig") if path.exists() else "")
    *tables, leaf = path_of(name)
    table: Any = document
    for key in tables:
        table = table.setdefault(key, tomlkit.table())
    table[leaf] = value
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
        fresh.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def parse_value(name: str, text: str) -> Any:
    """*text* as the setting's type. Raises `UsageError` for an unknown key or a wrong value."""
    _check_no_key(name, text)
    kind = kind_of(name)
    if kind is bool:
        if text.lower() in {"true", "yes", "on", "1"}:
            return True
        if text.lower() in {"false", "no", "off", "0"}:
            return False
        raise UsageError(f"{name} is true or false, not {text!r}")
    if kind is int:
        return _number(name, text)
    if kind is float:
        return _dollars(name, text)
    if kind is list:
        return _names(name, text)
    _check_text(name, text)
    return text


def _check_text(name: str, text: str) -> None:
    if consent_of(name):
        check_consent(name, text)
    elif name.endswith(".api_base"):
        check_address(name, text, path_of(name)[1])
    if name == "day_starts":
        minutes(text)
    if name == "editing" and text not in EDITING:
        raise UsageError(f"editing is vi, emacs or empty, not {text!r}", KEYS[name].help)


def _check_no_key(name: str, text: str) -> None:
    from ledgernote.domain.secrets import is_key  # only a `config set` pays for it

    hint = "ledgernote keys set keeps a key. Take it out of your shell's history."
    *tables, leaf = path_of(name)
    if any(is_key(one) for one in (*tables, leaf, name)):
        raise UsageError("that looks like a key, and is no setting's name", hint)
    is_address = leaf == "api_base" and "://" in text  # a key may stand in one
    if is_address or not any(map(is_key, re.split(r"""[\s,"'=\[\]]+""", text))):
        return
    what = "a model's name" if leaf in NAMING_MODELS else "no place for a key"
    raise UsageError(f"{name} is {what}; that looks like a key, and is not kept", hint)


def _names(name: str, text: str) -> list[str]:
    """`one, other`, or as the file and JSON hold it: `["one", "other"]`."""
    if not text.lstrip().startswith("["):
        return [one.strip() for one in text.split(",") if one.strip()]
    import json  # only such a `config set` pays for it

    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UsageError(f"{name} is a list of names, not {text!r}", "Such as: one, other")
    return [one.strip() for one in found if one.strip()]


def _number(name: str, text: str) -> int:
    least = KEYS[name].least if name in KEYS else 1
    if name.rpartition(".")[2] in IN_TOKENS:
        return tokens(text, name, least)
    if not text.isdecimal():
        raise UsageError(f"{name} is a number, not {text!r}", "Such as 16000.")
    if int(text) < least:
        raise UsageError(f"{name} is {least} or more, not {text}", "Such as 16000.")
    return int(text)


def _dollars(name: str, text: str) -> float:
    whole, _, cents = text.partition(".")
    if not (whole + cents).isdecimal() or (name not in KEYS and not float(text)):
        raise UsageError(f"{name} is US dollars, not {text!r}", "Such as 20 or 0.5.")
    return float(text)
