"""What the pages say of the program, read from the program itself.

cog calls these (`cog -r` writes, `cog --check` compares): nothing that the code knows is typed
into a page by hand. Each function gives Markdown.
"""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from failures import FAILURES
from forms import FORMS

from ledgernote.cli.bug import BUG
from ledgernote.cli.call import NOTHING
from ledgernote.cli.help import KEEPING, command_help, overview
from ledgernote.cli.main import INTERRUPTED
from ledgernote.cli.options import COMMANDS
from ledgernote.config.table import KEYS, TABLES
from ledgernote.domain import errors
from ledgernote.domain.grams import grams
from ledgernote.ledger.kinds import KINDS, SLOTS
from ledgernote.ledger.migrations import PROJECTIONS, STEPS
from ledgernote.models.providers import PROVIDERS
from ledgernote.repl import slash

ROOT = Path(__file__).parent.parent

# ---- words of Markdown ---------------------------------------------------------------


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a bar in a cell would end it."""
    lines = [heads, ["---"] * len(heads), *rows]
    cells = ([str(cell).replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def code(text: object) -> str:
    """A word as the program knows it."""
    return f"`{text}`" if text != "" else ""


def fenced(text: str, language: str = "") -> str:
    """A block as it is."""
    return f"```{language}\n{text.rstrip()}\n```"


# ---- commands.md ---------------------------------------------------------------------


def commands() -> str:
    """The overview, then every command's own help."""
    parts = [fenced(overview(), "text")]
    for name, command in COMMANDS.items():
        hidden = " ".join(f"Also `ledgernote {other}`." for other in command.also)
        parts.append(f"## ledgernote {name}\n\n{hidden}".rstrip())
        parts.append(fenced(command_help(name), "text"))
    return "\n\n".join(parts)


def keeping() -> str:
    """What becomes of an entry, by what one does to it."""
    heads, *rows = KEEPING
    return table(heads, [(code(row[0]), *row[1:]) for row in rows])


def slash_commands() -> str:
    """What can be typed after a slash in a talk, and its keys."""
    rows = [
        (code(f"/{row.name} {row.arguments}".rstrip()), row.help) for row in slash.COMMANDS.values()
    ]
    keys = [(code(keys), what) for keys, what in slash.KEYS]
    return f"{table(('command', 'does'), rows)}\n\n{table(('keys', 'do'), keys)}"


# ---- exit-codes.md -------------------------------------------------------------------


def exit_codes() -> str:
    """Every code, what it says, and the errors that end in it."""
    kinds: dict[int, list[type[errors.LedgernoteError]]] = {}
    for kind in _kinds(errors.LedgernoteError):
        kinds.setdefault(kind.exit_code, []).append(kind)
    plain = {
        0: "done; also when the reader of a pipe left early",
        NOTHING: "nothing found, or nothing to take off; that is all that is wrong",
        BUG: "a bug in ledgernote; nothing that was kept is lost",
        INTERRUPTED: "interrupted (Ctrl-C, SIGTERM, hangup); what was said until then is kept",
    }
    rows = [(number, meaning, "") for number, meaning in plain.items()]
    for number, found in kinds.items():
        names = ", ".join(code(kind.__name__) for kind in found)
        rows.append((number, _sentence(found[0]), names))
    return table(("code", "says", "errors"), sorted(rows))


def error_tree() -> str:
    """The family as its module draws it."""
    drawing = [line for line in (errors.__doc__ or "").splitlines() if line.startswith("    ")]
    return fenced("\n".join(line[4:] for line in drawing), "text")


def _kinds(kind: type[errors.LedgernoteError]) -> Iterator[type[errors.LedgernoteError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _kinds(child)


def _sentence(kind: type) -> str:
    first = (kind.__doc__ or "").split(".")[0]
    return first[0].lower() + first[1:]


def failures() -> str:
    """How a turn ends when its model fails."""
    heads = ("what happens", "what is said", "exit code", "asked again", "kept, with the question")
    rows = [
        (
            each.what,
            f"`{each.sentence.format(where='ADDRESS')}`<br>{each.remedy}",
            each.code,
            "yes" if each.again else "",
            each.kept,
        )
        for each in FAILURES.values()
    ]
    return table(heads, rows)


# ---- schema.md -----------------------------------------------------------------------

TRUTH = {
    "event": "one change: who, when, of what kind, to which entity; hashed and chained, for good",
    "payload": "the words of events in parts of 16 KB at most; only a purge takes any away",
}
OWN = {
    "replica": "which machine, device and inode writes which chain; one is current",
    "local": "small values of this file: the clock, work that was begun and not finished",
    "fork": "events that claim a place in a chain which another event has; kept aside as JSON",
    "draft": "answers in progress: outside the chain until they end",
    "draft_part": "what such an answer has said so far",
    "source": "folders that are looked at, and a digest of all stamps at the last look",
    "source_file": "their files: stamp (size, time, inode), digest of the text, entry made of it",
}
DERIVED = {
    "actor": "who writes: people, scripts, agents; of an answer, who asked",
    "tag": "labels by id; tags of one name are one tag",
    "project": "bodies of research; `shown` is the name, with a suffix where two clash",
    "thread": "lines of talk within a project",
    "handle": "the short name of each entry and thread: `bare` as born, `shown` as unique",
    "entry": "anything kept, as it stands now; `head` is the event that holds its text",
    "entry_tag": "which entry carries which tag",
    "pin": "what is always replayed, where (`place`) and until when",
    "private_mark": "entries, tags and projects that carry a private mark of their own",
    "receipt": "which spans of which entries stood in the context of an answer, and why",
    "citation": "which spans of an answer are tied to which entry",
    "verdict": "the newest word of an undo or redo on each event",
    "waiting": "events more than 24 hours ahead of the clock; they wait for their time",
    "passage": "one row for each part of a text that is indexed; rowids in order of arrival",
    "passage_range": "oldest and newest `created` of each 4,096 passages, to skip by date",
    "link": "the names in `[[name]]` of notes, as typed; what they lead to is decided by who looks",
    "saved_search": "searches that have a name, and the project they look in; NULL: all of them",
    "embedder": "who has made vectors of passages, and the last passage (`upto`) it has looked at",
    "vector": "the meaning of a passage: one signed byte for each of some hundred numbers",
    "vector_signs": "a bit for each of those numbers, of 1,024 passages a row, to look through",
}
VIEWS = {
    "made_from": "entry and what it was made from: receipts, citations, replies, successors",
    "passage_text": "the words of each passage, read from `payload`: nothing is stored twice",
}
INDEX = {
    "passage_fts": "FTS5 over `passage_text`; its `passage_fts_*` tables are SQLite's own",
    "passage_gram": "FTS5 of text without spaces: its letters in pairs, in hexadecimal",
}


def schema(kind: str) -> str:
    """The tables of one kind, each with its columns, as a fresh ledger has them."""
    import sqlite_utils

    connection = sqlite3.connect(":memory:")
    connection.create_function("grams", 1, grams)
    for statement in (statement for step in STEPS for statement in step):
        connection.execute(statement)
    database = sqlite_utils.Database(connection)
    found = {*database.table_names(), *database.view_names()}
    shadows = {name for name in found if name.startswith(tuple(f"{index}_" for index in INDEX))}
    if unknown := found - shadows - set(TRUTH | OWN | DERIVED | VIEWS | INDEX):
        raise LookupError(f"no line says what these tables are for: {unknown}")
    if strange := set(PROJECTIONS) ^ set(DERIVED):
        raise LookupError(f"called derived here or there only: {strange}")
    purposes = {"truth": TRUTH, "own": OWN, "derived": DERIVED, "views": VIEWS, "index": INDEX}
    rows = []
    for name, purpose in purposes[kind].items():
        columns = (database.view if kind == "views" else database.table)(name).columns
        rows.append((code(name), purpose, " ".join(code(column.name) for column in columns)))
    return table(("table", "holds", "columns"), rows)


def event_kinds() -> str:
    """The kinds of events, what each is about, and which words it may carry."""
    rows = [
        (code(name), kind.thing or "any", " ".join(map(code, kind.slots)))
        for name, kind in KINDS.items()
    ]
    return table(("kind", "entity", "slots"), rows)


def slots() -> str:
    """The numbers of the slots."""
    return ", ".join(f"{number} {code(name)}" for number, name in enumerate(SLOTS))


def verify_script() -> str:
    """The script that a stranger verifies with."""
    return fenced((ROOT / "docs/verify.py").read_text(encoding="utf-8"), "python")


# ---- config.md -----------------------------------------------------------------------


def config_keys() -> str:
    """Every setting with its kind, its default and what it means."""
    rows = [
        (code(name), key.kind.__name__, code(key.default), key.help) for name, key in KEYS.items()
    ]
    return table(("setting", "kind", "default", "means"), rows)


def table_keys(table_name: str) -> str:
    """The settings of one model, project or provider."""
    rows = [
        (code(f"{table_name}.NAME.{name}"), kind.__name__)
        for name, kind in TABLES[table_name].items()
    ]
    return table(("setting", "kind"), rows)


def providers() -> str:
    """Whose keys and addresses are looked for, in the order in which they choose the model."""
    rows = [
        (
            name,
            " ".join(map(code, facts.key_env)),
            " ".join(map(code, facts.base_env)),
            code(f"{name}/{facts.default_model}"),
        )
        for name, facts in PROVIDERS.items()
    ]
    return table(("provider", "key", "address", "model when only that is set"), rows)


# ---- architecture.md -----------------------------------------------------------------


def contracts() -> str:
    """The import contracts that are checked."""
    found = _settings()["tool"]["importlinter"]["contracts"]
    return "\n".join(f"{number}. {one['name']}" for number, one in enumerate(found, 1))


def layers() -> str:
    """The rows, highest first."""
    found = _settings()["tool"]["importlinter"]["contracts"]
    rows = next(one["layers"] for one in found if one["type"] == "layers")
    return fenced("\n".join(rows), "text")


def _settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# ---- json.md -------------------------------------------------------------------------


def form(name: str) -> str:
    """One form, as the program writes it, on several lines."""
    shown = dict(FORMS[name])
    if name == "hit":
        shown = {"…": "the fields of an entry", **{key: shown[key] for key in list(shown)[-3:]}}
    return fenced(json.dumps(shown, indent=2, ensure_ascii=False), "json")
