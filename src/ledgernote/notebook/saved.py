"""Searches that have a name: `find --save NAME`, and `@NAME` in a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledgernote.domain.entries import Filter, Query, Term
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.near import nearest
from ledgernote.domain.text import clean_name
from ledgernote.ledger import saved
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.saved import Saved
from ledgernote.ledger.search import Search, holding
from ledgernote.ledger.ways import terms, wanted
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.query import any_of, may_be_either, parse

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
    if called in _reached(notebook.ledger, parse(query)):
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


def meant(reader: Reader, query: Query) -> tuple[Query, Saved | None]:
    """A query with what stands behind each `@NAME` that is known, and the first such search.

    A name that nobody has saved is a word; so is one that `as_words` tells.
    """
    first = (saved.by_name(reader, name) for name in _names(query))
    return _filled(reader, query, {}, ()), next(filter(None, first), None)


def as_words(reader: Reader, query: Query) -> list[str]:
    """Saved searches that stand as words in a query: they say more than their place can take.

    In an OR and behind a minus can stand one word, phrase or filter, or some in an OR.
    """
    known: dict[str, Query] = {}
    left = _names(_filled(reader, query, known, ()))
    return [name for name in dict.fromkeys(left) if name in known]


def unsaved(reader: Reader, query: Query) -> Iterator[str]:
    """What a query calls by `@NAME` and is not saved, in sentences: it may have been forgotten."""
    known = [one.name for one in saved.every(reader)]
    for name in dict.fromkeys(filter(None, _names(query))):
        if name not in known:
            near = nearest(name, known)
            meant = f"; there is @{near}" if near else ": it is a word there"
            yield f"no search is saved as @{name}{meant}"


def words_held(reader: Reader) -> set[tuple[str, str]]:
    """The words of saved searches, each with the search's name, that stand in an entry."""
    everywhere = Search(query=Query(), now=0)  # and no filter that needs to know the time
    return {
        (one.name, term.text)
        for one in saved.every(reader)
        for term in wanted(parse(one.query))
        if holding(reader, everywhere, term, 1)
    }


def _names(query: Query) -> list[str]:
    """What a query calls by `@NAME`, whether that is known or not."""
    return list(filter(None, map(_called, terms(query))))


def _called(term: Term) -> str:
    """The name that a term calls, as names are kept; nothing where it is words."""
    calls = term.text[:1] == "@" and not term.prefix
    return clean_name(term.text[1:]) if calls else ""


def _reached(reader: Reader, query: Query) -> set[str]:
    """All that a query calls, and what stands behind that calls."""
    reached, fresh = set[str](), set(_names(query))
    while fresh:
        reached |= fresh
        found = filter(None, [saved.by_name(reader, name) for name in fresh])
        fresh = {name for one in found for name in _names(parse(one.query))} - reached
    return reached


def _filled(
    reader: Reader, query: Query, known: dict[str, Query], inside: tuple[str, ...]
) -> Query:
    """A query with what is behind its names; *known*: those that were looked up already.

    *inside*: the names that this stands behind, which end there.
    """
    for name in _names(query):
        if name not in (*known, *inside) and (found := saved.by_name(reader, name)):
            known[name] = _filled(reader, parse(found.query), known, (*inside, name))
    return _with(query, known)


def _with(query: Query, known: Mapping[str, Query]) -> Query:
    parts = [
        *(_needed(group, known) for group in (*query.groups, *query.either)),
        *(_left_out(term, known) for term in query.without),
        Query(filters=query.filters),
    ]
    return Query(
        groups=tuple(dict.fromkeys(group for part in parts for group in part.groups)),
        without=tuple(dict.fromkeys(term for part in parts for term in part.without)),
        filters=tuple(dict.fromkeys(one for part in parts for one in part.filters)),
        either=tuple(dict.fromkeys(group for part in parts for group in part.either)),
    )


def _needed(group: tuple[Term | Filter, ...], known: Mapping[str, Query]) -> Query:
    if len(group) == 1 and (behind := known.get(_named(group[0]))):
        return behind
    return any_of([each for one in group for each in _either(one, known)])


def _left_out(term: Term, known: Mapping[str, Query]) -> Query:
    behind = known.get(_called(term), Query())
    alone = len(behind.filters) == 1 and behind == Query(filters=behind.filters)
    every = behind.filters if alone else _either(term, known)
    filters = (one for one in every if isinstance(one, Filter))
    return Query(
        without=tuple(one for one in every if isinstance(one, Term)),
        filters=tuple(replace(one, negated=not one.negated) for one in filters),
    )


def _either(one: Term | Filter, known: Mapping[str, Query]) -> tuple[Term | Filter, ...]:
    """What it stands for, any of it; itself where it says more than that."""
    behind = known.get(_named(one), Query())
    groups = (*behind.groups, *behind.either, *((each,) for each in behind.filters))
    if len(groups) != 1 or behind.without or not all(map(may_be_either, groups[0])):
        return (one,)
    return groups[0]


def _named(one: Term | Filter) -> str:
    return _called(one) if isinstance(one, Term) else ""
