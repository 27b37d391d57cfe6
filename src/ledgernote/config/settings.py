"""Settings: flags > environment > the config file > defaults, read once at the door."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ledgernote.config.file import (
    checked,
    checked_consent,
    checked_tables,
    read_file,
    strangers_in,
)
from ledgernote.config.table import KEYS, TABLES, Tables
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import field, frozen
from ledgernote.domain.text import clean_name


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


def load(environ: Mapping[str, str], *, ledger: str | None, actor: str | None) -> Settings:
    """All settings; *ledger* and *actor* come from flags. Raises `UsageError`."""
    path = config_path(environ)
    file = read_file(path)
    values = {
        name: checked(name, file[name], path) if name in file else key.default
        for name, key in KEYS.items()
    }
    if actor and not clean_name(actor):
        raise UsageError(f"nobody can be called {actor!r}", "Give --as a name with letters.")
    checked_consent(file.get("consent", {}), path)
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
        strangers=tuple(strangers_in(file)),
        **{name: checked_tables(name, file.get(name, {}), path) for name in TABLES},
    )


def config_path(environ: Mapping[str, str]) -> Path:
    """Where the config file is, or would be."""
    if named := environ.get("LEDGERNOTE_CONFIG"):
        return Path(named)
    return _folder("config") / "config.toml"


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


def minutes(text: str) -> int:
    """`05:00` as minutes after midnight. Raises `UsageError`."""
    hour, _, minute = text.partition(":")
    if hour.isdigit() and (minute.isdigit() or not minute):
        value = int(hour) * 60 + int(minute or 0)
        if value < 24 * 60:
            return value
    raise UsageError(f"day_starts must be a time such as 05:00, not {text!r}")
