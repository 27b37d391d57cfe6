"""Searches that have a name: `find --save NAME`, and `@NAME` in a query."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.domain.entries import Filter, Query, Term
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.text import clean_name
from ledgernote.ledger import saved
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.saved import Saved
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.query import parse

LISTS = "`ledgernote find --saved` lists them."


def searches(notebook: Notebook) -> list[Saved]:
    """All saved searches, by name."""
    return saved.every(notebook.ledger)


def save(
    notebook: Notebook, name: str, text: str, filters: Iterable[Filter], *, everywhere: bool
) -> str:
    """Keep a search under a name; gives the name. Raises `UsageError`."""
    called = clean_name(name).removeprefix("@")
    if not called or '"' in called or len(called.split()) != 1:
        raise UsageError(f"no search can be called {name!r}", "One word, such as `cuts`.")
    query = " ".join([*filter(None, [text.strip()]), *map(_said, filters)])
    if not query:
        raise UsageError("there is no search to save", f"find --save {called} QUERY…")
    if called in _names(parse(query)):
        raise UsageError(f"@{called} would hold itself", "Write out what it is to find.")
    with notebook.writing() as tx:
        saved.save(tx, called, query, None if everywhere else notebook.project_id())
    return called


def _said(one: Filter) -> str:
    """A filter in the query language."""
    if '"' in one.value:
        raise UsageError(
            f"{one.value!r} cannot be saved: no filter of a saved search holds a quotation mark"
        )
    bare = one.value and not any(letter.isspace() for letter in one.value)
    value = one.value if bare else f'"{one.value}"'
    return f"{'-' * one.negated}{one.field}:{value}"


def forget(notebook: Notebook, name: str) -> str:
    """Forget a saved search; gives its name. Raises `NoSuchThing`."""
    called = clean_name(name).removeprefix("@")
    with notebook.writing() as tx:
        if not saved.forget(tx, called):
            raise NoSuchThing(f"no search is saved as {called!r}", LISTS)
    return called


def _names(query: Query) -> list[str]:
    """What a query calls by `@NAME`, whether that is known or not."""
    return list(filter(None, map(_called, query.groups)))


def _called(group: tuple[Term, ...]) -> str:
    """The name that a group of a query calls, as names are kept; nothing where it is words."""
    calls = len(group) == 1 and not group[0].prefix and group[0].text[:1] == "@"
    return clean_name(group[0].text[1:]) if calls else ""


def meant(reader: Reader, query: Query) -> tuple[Query, Saved | None]:
    """A query with what stands behind each `@NAME` that is known, and the first such search.

    A name that nobody has saved is a word.
    """
    first, seen = None, set[str]()
    while found := _next(reader, query, seen):
        first = first or found
        seen.add(found.name)
        behind = parse(found.query)
        query = Query(
            groups=tuple(g for g in query.groups if _called(g) != found.name) + behind.groups,
            without=query.without + behind.without,
            filters=query.filters + behind.filters,
        )
    return query, first


def _next(reader: Reader, query: Query, seen: set[str]) -> Saved | None:
    fresh = (name for name in _names(query) if name not in seen)
    return next(filter(None, (saved.by_name(reader, name) for name in fresh)), None)
