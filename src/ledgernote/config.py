"""Settings: flags > environment > the config file > defaults, read once at the door.

The file is TOML; every key stands in `KEYS` with its default and what it means.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import field, frozen
from ledgernote.domain.text import clean_name


@frozen
class Key:
    """One setting: what it may be and what it is when nobody says."""

    kind: type
    default: Any
    help: str
    least: int = 0
    """Of a number."""


KEYS: dict[str, Key] = {
    "ledger": Key(kind=str, default="", help="path of the ledger; empty: the data directory"),
    "model": Key(kind=str, default="", help="the model that answers; empty: the first usable"),
    "key_command": Key(
        kind=str, default="", help="prints a key; `{provider}` in it is whose, `op read …`"
    ),
    "embedder": Key(
        kind=str, default="", help="who tells meaning: `static`, a model, `none`; empty: the extra"
    ),
    "budget": Key(kind=int, default=16_000, help="tokens that a whole context may take", least=1),
    "replay": Key(kind=int, default=4_000, help="tokens of it for what is recalled now"),
    "system": Key(kind=str, default="", help="text put before every context"),
    "day_starts": Key(kind=str, default="05:00", help="a day lasts until then"),
    "editing": Key(kind=str, default="", help="`vi` or `emacs`; empty: as inputrc says"),
    "pager": Key(
        kind=str, default="", help="for what outgrows the screen; empty: $PAGER, else less; or cat"
    ),
    "idle_hours": Key(kind=int, default=6, help="after so long, chat asks: continue or new"),
    "cap": Key(kind=float, default=0.0, help="US dollars a month; asks before more; 0: no end"),
    "compact": Key(kind=bool, default=False, help="chat sums a thread up that outgrew its budget"),
    "fallback": Key(
        kind=list, default=[], help="models asked instead of one that does not answer, in turn"
    ),
    "retries": Key(kind=int, default=2, help="so often a busy model is asked once more"),
    "connect_seconds": Key(kind=int, default=30, help="to reach a server", least=1),
    "first_seconds": Key(kind=int, default=300, help="until the first word of an answer", least=1),
    "silence_seconds": Key(kind=int, default=120, help="between two words of it", least=1),
}
"""Every setting at the top of the file."""

_MODELS = ("model", "fallback", "embedder")
"""Settings, and keys of tables, that name models."""
EDITING = ("", "vi", "emacs")
CONSENT = ("always", "never", "ask")
"""What `consent.SOURCE.PROVIDER` may be; `ask` is as if nobody had said."""
Consents = Mapping[str, Mapping[str, str]]
"""Source → provider → one of `CONSENT`."""
MODEL_KEYS: dict[str, type] = {
    "model": str,
    "api_base": str,
    "local": bool,
    "window": int,
    "sees": bool,
}
PROJECT_KEYS: dict[str, type] = {"model": str, "fallback": list, "cap": float, "replay_from": list}
PROVIDER_KEYS: dict[str, type] = {"key_command": str}
TABLES = {"models": MODEL_KEYS, "projects": PROJECT_KEYS, "providers": PROVIDER_KEYS}
"""Tables `models.NAME` and so on, each with the keys that it may hold."""
Tables = Mapping[str, Mapping[str, Any]]


@frozen
class Settings:
    """What was asked for, once."""

    ledger: Path
    state: Path
    """Marks, terminals: what may be lost without loss."""
    config: Path
    actor: str
    model: str | None = None
    model_named: bool = False
    """The environment names it: then it also goes on with threads that had another."""
    model_set: str | None = None
    """What the file says, also where the environment names another."""
    embedder: str = ""
    """`static`, `none` or the name of a model; empty is `static` where its extra is installed."""
    budget: int = 16_000
    replay: int = 4_000
    system: str = ""
    day_starts: int = 300
    """Minutes after midnight at which a day begins."""
    editing: str = ""
    pager: str = ""
    """A command for the shell; empty: what the environment names."""
    idle_hours: int = 6
    cap: float = 0.0
    """US dollars that answers may cost in a month; 0 is no end."""
    compact: bool = False
    """A thread that outgrew its budget is summed up by its model."""
    fallback: tuple[str, ...] = ()
    """Models asked instead of one that does not answer, in turn."""
    retries: int = 2
    connect_seconds: int = 30
    first_seconds: int = 300
    silence_seconds: int = 120
    models: Tables = field(default_factory=dict)
    projects: Tables = field(default_factory=dict)
    providers: Tables = field(default_factory=dict)
    key_command: str = ""
    keys: Path | None = None
    """Where keys are kept that no keyring takes; None: `keys_path`."""
    strangers: tuple[str, ...] = ()
    """A sentence for each key of the file that is no setting; such a line does nothing."""


def config_path(environ: Mapping[str, str]) -> Path:
    """Where the config file is, or would be."""
    if named := environ.get("LEDGERNOTE_CONFIG"):
        return Path(named)
    return _folder("config") / "config.toml"


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


_MEND = "Mend it, or move it away."


def _checked(name: str, value: Any, path: Path) -> Any:
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


def _checked_tables(name: str, tables: Any, path: Path) -> Tables:
    """The tables `models.NAME` and the like: `local = "false"` must not open a door."""
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise UsageError(f'{path}: {name} must be tables: [{name}."NAME"]')
    for one, table in tables.items():
        for key, found in table.items():
            kind = TABLES[name].get(key)
            if kind is not None and not _is_of(kind, found):
                raise UsageError(f"{path}: {name}.{one}.{key} must be of type {kind.__name__}")
            _check_names(f"{path}: {name}.{one}.{key}", found)
            if kind is float and not found > 0:
                raise UsageError(f"{path}: {name}.{one}.{key} must be more than 0, not {found}")
            if kind is int and found < 1:
                raise UsageError(f"{path}: {name}.{one}.{key} must be 1 or more, not {found}")
    return tables


def _checked_consent(tables: Any, path: Path) -> Consents:
    """The tables `consent.SOURCE`: what is mistyped there must not open a door."""
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise UsageError(f'{path}: consent must be tables: [consent."SOURCE"]')
    for source, table in tables.items():
        for provider, found in table.items():
            _check_consent(f"{path}: {consent_name(source, provider)}", found)
    return tables


def _check_consent(name: str, found: object) -> None:
    if found not in CONSENT:
        raise UsageError(
            f"{name} is {', '.join(CONSENT[:-1])} or {CONSENT[-1]}, not {found!r}",
            "Whether the entries of that import may go to that provider.",
        )


def consents(path: Path) -> Consents:
    """Which imports may go to which provider, as the file says now. Raises `UsageError`."""
    return _checked_consent(read_file(path).get("consent", {}), path)


def consent_name(source: str, provider: str) -> str:
    """`consent.SOURCE.PROVIDER` as it is typed; a provider with dots stands in quotes."""
    return f'consent.{source}."{provider}"' if "." in provider else f"consent.{source}.{provider}"


def _consent_of(name: str) -> tuple[str, str] | None:
    """Source and provider of `consent.SOURCE.PROVIDER`; None for any other name."""
    table, _, rest = name.partition(".")
    if rest.endswith('"'):
        source, _, provider = rest[:-1].rpartition('."')
    else:
        source, _, provider = rest.rpartition(".")
    return (source, provider) if table == "consent" and source and provider else None


def minutes(text: str) -> int:
    """`05:00` as minutes after midnight. Raises `UsageError`."""
    hour, _, minute = text.partition(":")
    if hour.isdigit() and (minute.isdigit() or not minute):
        value = int(hour) * 60 + int(minute or 0)
        if value < 24 * 60:
            return value
    raise UsageError(f"day_starts must be a time such as 05:00, not {text!r}")


def load(environ: Mapping[str, str], *, ledger: str | None, actor: str | None) -> Settings:
    """All settings; *ledger* and *actor* come from flags. Raises `UsageError`."""
    path = config_path(environ)
    file = read_file(path)
    values = {
        name: _checked(name, file[name], path) if name in file else key.default
        for name, key in KEYS.items()
    }
    if actor and not clean_name(actor):
        raise UsageError(f"nobody can be called {actor!r}", "Give --as a name with letters.")
    _checked_consent(file.get("consent", {}), path)
    named = ledger or environ.get("LEDGERNOTE_LEDGER") or values["ledger"]
    return Settings(
        ledger=Path(named).expanduser() if named else default_ledger(),
        state=state_path(environ),
        config=path,
        actor=clean_name(actor or environ.get("LEDGERNOTE_ACTOR") or login_name(environ)) or "me",
        model=environ.get("LEDGERNOTE_MODEL") or values["model"] or None,
        model_set=values["model"] or None,
        model_named=bool(environ.get("LEDGERNOTE_MODEL")),
        embedder=environ.get("LEDGERNOTE_EMBEDDER") or values["embedder"],
        budget=values["budget"],
        replay=values["replay"],
        system=values["system"],
        day_starts=minutes(values["day_starts"]),
        editing=values["editing"],
        pager=values["pager"],
        idle_hours=values["idle_hours"],
        cap=values["cap"],
        compact=values["compact"],
        fallback=tuple(values["fallback"]),
        retries=values["retries"],
        connect_seconds=values["connect_seconds"],
        first_seconds=values["first_seconds"],
        silence_seconds=values["silence_seconds"],
        key_command=values["key_command"],
        keys=Path(environ["LEDGERNOTE_KEYS"]) if environ.get("LEDGERNOTE_KEYS") else None,
        strangers=tuple(_strangers(file)),
        **{name: _checked_tables(name, file.get(name, {}), path) for name in TABLES},
    )


def default_ledger() -> Path:
    """The ledger in the platform's data directory."""
    return _folder("data") / "ledger.db"


def keys_path() -> Path:
    """The file of keys: beside the ledger's usual place, since settings are often published."""
    return _folder("data") / "keys.json"


def state_path(environ: Mapping[str, str]) -> Path:
    """The directory of marks and terminals."""
    if named := environ.get("LEDGERNOTE_STATE"):
        return Path(named)
    return _folder("state")


USUAL = {"config": ".config", "data": ".local/share", "state": ".local/state"}
"""Below the home directory, by the XDG specification."""


def _folder(kind: str) -> Path:
    """Our folder among the platform's for *kind*."""
    folder = Path(os.environ.get(f"XDG_{kind.upper()}_HOME", ""))
    if not folder.is_absolute():
        folder = Path(os.environ.get("HOME", ""), USUAL[kind])
    if sys.platform == "linux" and folder.is_absolute():
        # platformdirs says the same, and what it loads for that is a tenth of a `find`.
        return folder / "ledgernote"
    from platformdirs import PlatformDirs

    found: Path = getattr(PlatformDirs("ledgernote"), f"user_{kind}_path")
    return found


def login_name(environ: Mapping[str, str]) -> str:
    """Who is at the keyboard, as far as the system knows."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if name := environ.get(variable):
            return name
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "me"


def parse_value(name: str, text: str) -> Any:
    """*text* as the setting's type. Raises `UsageError` for an unknown key or a wrong value."""
    kind = _kind_of(name)
    _check_no_key(name, text)
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
    if _consent_of(name):
        _check_consent(name, text)
    if name == "day_starts":
        minutes(text)
    if name == "editing" and text not in EDITING:
        raise UsageError(f"editing is vi, emacs or empty, not {text!r}", KEYS[name].help)
    return text


def _check_no_key(name: str, text: str) -> None:
    from ledgernote.domain.secrets import is_key  # only a `config set` pays for it

    if name.rpartition(".")[2] in _MODELS and any(map(is_key, re.split(r'[\s,"\[\]]+', text))):
        raise UsageError(
            f"{name} is a model's name; that looks like a key, and is not kept",
            "ledgernote keys set keeps a key. Take it out of your shell's history.",
        )


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


def _kind_of(name: str) -> type:
    if _consent_of(name):
        return str
    table, _, leaf = name.rpartition(".")
    kind = KEYS[name].kind if name in KEYS else None
    where, _, owner = table.partition(".")
    if kind is None and owner:
        kind = TABLES.get(where, {}).get(leaf)
    if kind is None:
        tables = ", ".join(f"{one}.NAME.{'|'.join(keys)}" for one, keys in TABLES.items())
        raise UsageError(
            _unknown(name), f"Known: {', '.join(KEYS)}, {tables}, consent.SOURCE.PROVIDER"
        )
    return kind


def _number(name: str, text: str) -> int:
    least = KEYS[name].least if name in KEYS else 1
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


def _unknown(name: str) -> str:
    """What is said of a setting that there is not, with the one that was most likely meant."""
    from difflib import get_close_matches

    table, _, leaf = name.rpartition(".")
    where, _, owner = table.partition(".")
    if where not in TABLES:
        near = get_close_matches(name, KEYS, n=1)
    else:
        near = [f"{table}.{one}" for one in get_close_matches(leaf, TABLES[where], n=1) if owner]
    return f"no setting is called {name!r}" + "".join(f"; the nearest is {one}" for one in near)


def strangers(path: Path) -> list[str]:
    """A sentence for each key of the file that is no setting; such a line does nothing."""
    return _strangers(read_file(path))


def _strangers(file: Mapping[str, Any]) -> list[str]:
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
    return [_unknown(name) for name in names]


def path_of(name: str) -> list[str]:
    """The keys from the top of the file: names of models and imports may hold dots and slashes."""
    if consent := _consent_of(name):
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


def tables_of(path: Path, within: str = "") -> Iterator[tuple[str, Any]]:
    """Name and value of every setting of a table, of those that *within* names or begins."""
    file = read_file(path)
    for where, keys in TABLES.items():
        tables = _checked_tables(where, file.get(where, {}), path)
        for owner, table in tables.items():
            mine = within in ("", where, f"{where}.{owner}")
            rows = ((key, table[key]) for key in keys if mine and key in table)
            yield from ((f"{where}.{owner}.{key}", value) for key, value in rows)


def read_value(path: Path, name: str) -> Any:
    """The value in force in the file, or the default. Raises `UsageError` for an unknown key."""
    _kind_of(name)
    found: Any = read_file(path)
    for key in path_of(name):
        found = found.get(key) if isinstance(found, dict) else None
    if found is not None:
        return found
    return CONSENT[-1] if _consent_of(name) else KEYS[name].default if name in KEYS else None
