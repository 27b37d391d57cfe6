"""The table of formats: how each is read, by what it is known, and what to call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.interchange import (
    aichat,
    chatgpt,
    claude,
    claude_code,
    codex,
    jsonl,
    llm,
    markdown,
    text,
)
from ledgernote.interchange.place import UNREADABLE, Opener, Place
from ledgernote.interchange.values import Damaged, Read


@frozen
class Format:
    """One format. Its recogniser looks at content, and never raises."""

    read: Callable[[Place], Iterator[Read]]
    recognise: Callable[[Place], bool]
    help: str
    """What it is, for lists."""


def _is_jsonl(place: Place) -> bool:
    if not place.is_file:
        return False
    first = next((head.lstrip().split(b"\n")[0] for head in place.heads()), b"")
    return first.startswith(b"{") and b'"kind"' in first and b'"text"' in first


def _read_jsonl(place: Place) -> Iterator[Read]:
    for member in islice(place.members(), 1):
        with member.open() as file:
            yield from jsonl.read(file)


FORMATS: dict[str, Format] = {
    "llm": Format(
        read=llm.read, recognise=llm.recognise, help="logs.db of the program llm, old and new"
    ),
    "chatgpt": Format(
        read=chatgpt.read,
        recognise=chatgpt.recognise,
        help="ChatGPT's data export: the zip, its folder or conversations.json",
    ),
    "claude": Format(
        read=claude.read,
        recognise=claude.recognise,
        help="Claude's data export: the zip, its folder or conversations.json",
    ),
    "claude-code": Format(
        read=claude_code.read,
        recognise=claude_code.recognise,
        help="Claude Code's transcripts: ~/.claude/projects or one .jsonl",
    ),
    "codex": Format(
        read=codex.read,
        recognise=codex.recognise,
        help="Codex's transcripts: ~/.codex/sessions or one rollout-….jsonl",
    ),
    "jsonl": Format(
        read=_read_jsonl, recognise=_is_jsonl, help="what `export` writes: an entry a line"
    ),
    "aichat": Format(
        read=aichat.read, recognise=aichat.recognise, help="aichat's sessions and messages.md"
    ),
    "markdown": Format(
        read=markdown.read,
        recognise=markdown.recognise,
        help="an Obsidian vault, a folder of Markdown notes or one of them",
    ),
    "text": Format(read=text.read, recognise=text.recognise, help="text files, a note each"),
}
"""In the order in which `auto` tries them: the surest first."""


def recognise(path: Path, database: Opener) -> str:
    """The name of the format of what stands at *path*.

    Raises `NoSuchThing` where nothing is, `UsageError` where it is none of them.
    """
    return _recognised(Place(path, database))


def _recognised(place: Place) -> str:
    for name, form in FORMATS.items():
        if form.recognise(place):
            return name
    raise UsageError(
        f"{place.path} is in no format that is known here",
        f"Known: {', '.join(FORMATS)}. Name one to try it.",
    )


def open_format(name: str, path: Path, database: Opener) -> tuple[str, Iterator[Read]]:
    """The name and the reader of *path*; `auto` recognises it.

    Raises `UsageError` for an unknown name, and where the content is of another format.
    """
    if name not in FORMATS and name != "auto":
        raise UsageError(f"no format is called {name!r}", f"Known: {', '.join(FORMATS)}, auto.")
    place = Place(path, database)
    if name == "auto":
        name = _recognised(place)
    elif not FORMATS[name].recognise(place) and name != "jsonl":
        other = next((one for one, form in FORMATS.items() if form.recognise(place)), None)
        like = f"It looks like {other}: " if other else ""
        raise UsageError(
            f"{path} is no {name}: {FORMATS[name].help}",
            f"{like}`ledgernote import {other or 'auto'} {path}`",
        )
    return name, _until_unreadable(FORMATS[name].read(place))


def read_some(name: str, path: Path, files: Sequence[str], database: Opener) -> Iterator[Read]:
    """Those *files* of a folder in that format, in their order: the n-th is piece number n."""
    return _until_unreadable(FORMATS[name].read(Place(path, database, files)))


def _until_unreadable(found: Iterator[Read]) -> Iterator[Read]:
    """A file may go away or change while it is read: what came before stays."""
    try:
        yield from found
    except UNREADABLE as error:
        yield Damaged(number=0, why=f"could not be read further: {error}")
