"""Tab: commands, models, threads, tags, handles with their first words, files.

Every list is read when Tab is pressed, in prompt-toolkit's thread over a connection of its own,
so that nothing here can hold up a key; and whatever goes wrong is no completion.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from ledgernote.notebook.hits import ORDERS
from ledgernote.notebook.keys import USUAL, usual_model
from ledgernote.notebook.models import offered
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.escape import one_line
from ledgernote.repl.fuzzy import SCATTERED, fits
from ledgernote.repl.history import own

RECENT = 300
"""Entries that handles are offered from."""

_COMMAND = re.compile(r"/([a-z]*)")
_ARGUMENT = re.compile(r"/([a-z]+)\s(?:.*\s)?(\S*)", re.DOTALL)
_MENTION = re.compile(r"(?:.*\s)?@(\S*)", re.DOTALL)
_NOT = re.compile(r"^(?:-|not:)+")
_FIELD = re.compile(r"(?:-|not:)*([a-z]+):(\S*)")
_TAG = re.compile(r"(?:.*\s)?#([^\s#]*)", re.DOTALL)


class Choice(NamedTuple):
    """One thing to complete to, and what it is."""

    text: str
    about: str = ""


class Option(Protocol):
    """As much of an option as completion needs."""

    @property
    def name(self) -> str:
        """With its dashes."""

    @property
    def help(self) -> str:
        """One line."""

    @property
    def completes(self) -> str:
        """A kind of its value, from `LISTS`."""


class Row(Protocol):
    """As much of a slash command as completion needs."""

    @property
    def help(self) -> str:
        """One line."""

    @property
    def takes(self) -> tuple[str, ...]:
        """Kinds of its arguments, from `LISTS`; the last one repeats."""

    @property
    def options(self) -> Sequence[Option]:
        """What may stand beside them."""

    @property
    def fields(self) -> Sequence[str]:
        """Kinds that words name before a colon: `tag:rates`."""

    @property
    def at(self) -> str:
        """A kind of what `@` names there; else that is brought along."""


def _models(notebook: Notebook) -> Iterator[Choice]:
    """Those that can be asked now, and those that have answered here."""
    for name, why in offered(notebook, RECENT):
        yield Choice(name, why)


def _providers(_: Notebook) -> Iterator[Choice]:
    for name in USUAL:
        yield Choice(name, usual_model(name))


def _threads(notebook: Notebook) -> Iterator[Choice]:
    for thread in notebook.threads():
        yield Choice(thread.handle, thread.title)


def _tags(notebook: Notebook) -> Iterator[Choice]:
    for name, count in notebook.tags():
        yield Choice(name, f"{count}")


def _handles(notebook: Notebook) -> Iterator[Choice]:
    for entry in reversed(notebook.latest(RECENT, project=True)):
        yield Choice(entry.handle, f"{entry.kind}: {entry.title or entry.text[:200]}")


def _projects(notebook: Notebook) -> Iterator[Choice]:
    for project in notebook.projects():
        yield Choice(project.name, project.brief or "")


def _searches(notebook: Notebook) -> Iterator[Choice]:
    from ledgernote.notebook.saved import searches  # few are ever named

    for one in searches(notebook):
        yield Choice(one.name, one.query)


def _orders(_: Notebook) -> Iterator[Choice]:
    return map(Choice, ORDERS)


def _formats(_: Notebook) -> Iterator[Choice]:
    from ledgernote.notebook.transfer import FORMATS  # loads every importer

    for name, about in (*FORMATS.items(), ("auto", "recognised by what it holds")):
        yield Choice(name, about)


LISTS: Mapping[str, Callable[[Notebook], Iterator[Choice]]] = {
    "model": _models,
    "provider": _providers,
    "thread": _threads,
    "tag": _tags,
    "handle": _handles,
    "project": _projects,
    "format": _formats,
    "search": _searches,
    "order": _orders,
}


class NotebookCompleter(Completer):
    """Completes what stands before the cursor."""

    def __init__(self, notebook: Notebook, commands: Mapping[str, Row]) -> None:
        self._notebook = notebook
        self._commands = commands

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Called in a thread. Never raises: that would end the prompt."""
        try:
            return list(self._found(document.text_before_cursor))
        except Exception:  # noqa: BLE001  a Tab that finds nothing is better than a lost draft
            return []

    def _found(self, before: str) -> Iterator[Completion]:
        if command := _COMMAND.fullmatch(before):
            rows = self._commands.items()
            yield from fitting(command[1], (Choice(name, row.help) for name, row in rows))
        elif (mention := _MENTION.fullmatch(before)) and not self._at(before):
            yield from self._mentioned(mention[1], first=before.lstrip().startswith("@"))
        elif argument := _ARGUMENT.fullmatch(before):
            yield from self._argument(argument[1], argument[2], before)
        if tag := _TAG.fullmatch(before):
            yield from self._listed("tag", tag[1])

    def _mentioned(self, word: str, *, first: bool) -> Iterator[Completion]:
        yield from self._listed("handle", word)
        yield from self._listed("thread", word)
        if first:
            for one in self._listed("model", word):
                yield Completion(f"{one.text}: ", one.start_position, display_meta="ask it once")
        yield from self._listed("file", word)

    def _at(self, before: str) -> str:
        """What `@` names in the command that is typed, where it brings nothing along."""
        argument = _ARGUMENT.fullmatch(before)
        row = self._commands.get(argument[1]) if argument else None
        return row.at if row else ""

    def _argument(self, name: str, word: str, before: str) -> Iterator[Completion]:
        row = self._commands.get(name)
        typed = before.split()
        last = (typed[:-1] if word else typed)[-1]
        options = {one.name: one for one in row.options} if row else {}
        if row and word.startswith("@") and row.at:
            yield from self._listed(row.at, word[1:])
        elif options and (word == "-" or word.startswith("--")):
            yield from fitting(word, (Choice(one.name, one.help) for one in options.values()))
        elif last in options and options[last].completes:
            yield from self._listed(options[last].completes, word.removeprefix("@"))
        elif row and row.fields and word:
            yield from self._field(row.fields, word)
        elif row and row.takes:
            at = len(typed) - 1 - bool(word)
            kind = row.takes[min(at, len(row.takes) - 1)]
            yield from self._listed(kind, word.removeprefix("@"))

    def _field(self, fields: Sequence[str], word: str) -> Iterator[Completion]:
        """A field of a query, or its value; what says *not* stays before it."""
        typed = _FIELD.fullmatch(word)
        if typed and typed[1] in fields:
            yield from self._listed(typed[1], typed[2])
        else:
            bare = _NOT.sub("", word)
            yield from fitting(bare, (Choice(f"{name}:") for name in fields)) if bare else ()

    def _listed(self, kind: str, word: str) -> Iterator[Completion]:
        if kind == "file":
            with suppress(OSError, RuntimeError, ValueError):  # no such folder
                yield from files(word)
            return
        with closing(own(self._notebook)) as mine:
            yield from fitting(word, LISTS[kind](mine))


def fitting(word: str, choices: Iterable[Choice]) -> list[Completion]:
    """The choices that fit *word*, the best first: by their name, else by what they are.

    Scattered letters count only where nothing holds the word as it stands.
    """
    ranked = [(rank, one) for one in dict.fromkeys(choices) if (rank := _rank(word, one))]
    whole = [(rank, one) for rank, one in ranked if rank[1] < SCATTERED]
    return [
        Completion(
            one.text,
            -len(word),
            display=one_line(one.text, 40),
            display_meta=one_line(one.about, 60),
        )
        for _, one in sorted(whole or ranked, key=lambda pair: pair[0])
    ]


def _rank(word: str, one: Choice) -> tuple[int, ...] | None:
    if by_name := fits(word, one.text):
        return 0, *by_name
    by_words = fits(word, one.about) if len(word) > 2 else None
    return by_words and (1, *by_words)


def files(word: str) -> Iterator[Completion]:
    """The files and folders of a place that fit what is typed of their name."""
    place, name = os.path.split(word)
    found = os.scandir(Path(place or ".").expanduser())
    with found:
        shown = [one for one in found if name.startswith(".") or not one.name.startswith(".")]
    ranked = sorted(
        (rank, one.name, one.is_dir()) for one in shown if (rank := fits(name, one.name))
    )
    for _, each, is_folder in ranked:
        yield Completion(each + "/" * is_folder, -len(name), display=one_line(each, 40))
