"""One setting of the file, by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledgernote.config.file import checked_tables, read_file, unknown
from ledgernote.config.table import CONSENT, KEYS, TABLES, consent_of
from ledgernote.domain.errors import UsageError


def read_value(path: Path, name: str) -> Any:
    """The value in force in the file, or the default. Raises `UsageError` for an unknown key."""
    kind_of(name)
    found: Any = read_file(path)
    for key in path_of(name):
        found = found.get(key) if isinstance(found, dict) else None
    if found is not None:
        return found
    return CONSENT[-1] if consent_of(name) else KEYS[name].default if name in KEYS else None


def tables_of(path: Path, within: str = "") -> Iterator[tuple[str, Any]]:
    """Name and value of every setting of a table, of those that *within* names or begins."""
    file = read_file(path)
    for where, keys in TABLES.items():
        tables = checked_tables(where, file.get(where, {}), path)
        for owner, table in tables.items():
            mine = within in ("", where, f"{where}.{owner}")
            rows = ((key, table[key]) for key in keys if mine and key in table)
            yield from ((f"{where}.{owner}.{key}", value) for key, value in rows)


def path_of(name: str) -> list[str]:
    """The keys from the top of the file: names of models and imports may hold dots and slashes."""
    if consent := consent_of(name):
        return ["consent", *consent]
    where, _, rest = name.partition(".")
    if where in TABLES:
        owner, _, leaf = rest.rpartition(".")
        return [where, _unquoted(owner), leaf]
    return [name]


def _unquoted(owner: str) -> str:
    """A name in quotation marks, as the file has it where it holds spaces."""
    if owner[:1] not in ("'", '"') or owner[:1] != owner[-1:]:
        return owner
    import tomllib

    try:
        found = tomllib.loads(f"{owner} = 0")
    except ValueError:
        return owner
    return next((name for name, value in found.items() if value == 0), owner)


def kind_of(name: str) -> type:
    if consent_of(name):
        return str
    table, _, leaf = name.rpartition(".")
    kind = KEYS[name].kind if name in KEYS else None
    where, _, owner = table.partition(".")
    if kind is None and owner:
        kind = TABLES.get(where, {}).get(leaf)
    if kind is None:
        tables = ", ".join(f"{one}.NAME.{'|'.join(keys)}" for one, keys in TABLES.items())
        raise UsageError(
            unknown(name), f"Known: {', '.join(KEYS)}, {tables}, consent.SOURCE.PROVIDER"
        )
    return kind
