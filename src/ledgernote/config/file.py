"""The config file as it stands, and whether its values are what they may be."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledgernote.config.table import CONSENT, KEYS, TABLES, Consents, Tables, consent_name
from ledgernote.domain.errors import UsageError

_MEND = "Mend it, or move it away."


def read_file(path: Path) -> dict[str, Any]:
    """The config file as it stands; empty when there is none. Raises `UsageError`."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode) or stat.S_ISFIFO(mode):  # to which it may be that nobody ever writes
            raise UsageError(f"{path} is no file", "The settings are read from a file.")
        text = path.read_text(encoding="utf-8-sig")
        import tomllib  # most people have no config file, and need not load its reader

        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", _MEND) from error
    except ValueError as error:
        raise UsageError(f"{path} cannot be read: {error}", _MEND) from error


def checked(name: str, value: Any, path: Path) -> Any:
    key = KEYS[name]
    if not _is_of(key.kind, value):
        raise UsageError(f"{path}: {name} must be of type {key.kind.__name__}", key.help)
    _check_names(f"{path}: {name}", value)
    if isinstance(value, int | float) and not value >= key.least:
        raise UsageError(f"{path}: {name} must be {key.least} or more, not {value}", key.help)
    return value


def _is_of(kind: type, value: object) -> bool:
    """Whether it is of that very type: `true` is no number; a whole one may be of dollars too."""
    return type(value) is kind or (kind is float and type(value) is int)


def _check_names(name: str, value: Any) -> None:
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        raise UsageError(f'{name} must be a list of names: ["one", "other"]')


def checked_tables(name: str, tables: Any, path: Path) -> Tables:
    """The tables `models.NAME` and the like: `local = "false"` must not open a door."""
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise UsageError(f'{path}: {name} must be tables: [{name}."NAME"]')
    for one, table in tables.items():
        for key, found in table.items():
            kind = TABLES[name].get(key)
            if kind is not None and not _is_of(kind, found):
                raise UsageError(f"{path}: {name}.{one}.{key} must be of type {kind.__name__}")
            _check_names(f"{path}: {name}.{one}.{key}", found)
            if key == "api_base":
                check_address(f"{path}: {name}.{one}.{key}", found, str(table.get("model") or one))
            if kind is float and not found > 0:
                raise UsageError(f"{path}: {name}.{one}.{key} must be more than 0, not {found}")
            if kind is int and found < 1:
                raise UsageError(f"{path}: {name}.{one}.{key} must be 1 or more, not {found}")
    return tables


def check_address(name: str, given: str, model: str) -> None:
    """An Ollama's may be written as its own server has it (`box:11434`); empty is none."""
    from ledgernote.domain.addresses import url_of  # most people have no address, need no reader

    try:
        url_of(given, ollama=model.startswith("ollama/")) if given else None
    except ValueError as error:
        from ledgernote.domain.secrets import blanked, shown

        told = blanked(shown(given))
        raise UsageError(f"{name} {error}: {told}", "Such as http://127.0.0.1:8080/v1.") from None


def checked_consent(tables: Any, path: Path) -> Consents:
    """The tables `consent.SOURCE`: what is mistyped there must not open a door."""
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise UsageError(f'{path}: consent must be tables: [consent."SOURCE"]')
    for source, table in tables.items():
        for provider, found in table.items():
            check_consent(f"{path}: {consent_name(source, provider)}", found)
    return tables


def check_consent(name: str, found: object) -> None:
    if found not in CONSENT:
        raise UsageError(
            f"{name} is {', '.join(CONSENT[:-1])} or {CONSENT[-1]}, not {found!r}",
            "Whether the entries of that import may go to that provider.",
        )


def consents(path: Path) -> Consents:
    """Which imports may go to which provider, as the file says now. Raises `UsageError`."""
    return checked_consent(read_file(path).get("consent", {}), path)


def strangers(path: Path) -> list[str]:
    """A sentence for each key of the file that is no setting; such a line does nothing."""
    return strangers_in(read_file(path))


def strangers_in(file: Mapping[str, Any]) -> list[str]:
    any_name = {"consent", *TABLES}
    names = [name for name in file if name not in KEYS and name not in any_name]
    for where, keys in TABLES.items():
        tables = file.get(where, {})
        rows = tables.items() if isinstance(tables, dict) else ()
        names += [
            f"{where}.{name}.{key}"
            for name, table in rows
            if isinstance(table, dict)
            for key in table
            if key not in keys
        ]
    return [unknown(name) for name in names]


def unknown(name: str) -> str:
    """What is said of a setting that there is not, with the one that was most likely meant."""
    from difflib import get_close_matches

    table, _, leaf = name.rpartition(".")
    where, _, owner = table.partition(".")
    if where not in TABLES:
        near = get_close_matches(name, KEYS, n=1)
    else:
        near = [f"{table}.{one}" for one in get_close_matches(leaf, TABLES[where], n=1) if owner]
    return f"no setting is called {name!r}" + "".join(f"; the nearest is {one}" for one in near)
