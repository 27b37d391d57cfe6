"""Finding: the text someone typed becomes hits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ledgernote.domain.entries import Filter, Hit, Query
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.ledger import entries, places, search
from ledgernote.ledger.keep import microseconds
from ledgernote.notebook.notebook import MOST, Notebook
from ledgernote.replay.query import parse

if TYPE_CHECKING:
    from ledgernote.domain.times import Span


@frozen
class Found:
    """What a search gave."""

    hits: list[Hit]
    closest: bool = False
    """All words found nothing; these hold some of them."""
    matching: int = 0
    """How many match in all, these and those that the limit cut off."""
    uncounted: bool = False
    """There are more than that."""
    among: int | None = None
    """So many match that only the newest so many, as they arrived, were ranked."""
    where: str | None = None
    """The project that was searched; None: all of them, or those that the query names."""

    @property
    def cut(self) -> str:
        """`20 of 340`, `20 of more than 1,020`; empty where all are shown."""
        if not self.uncounted and self.matching == len(self.hits):
            return ""
        best = f", the best of the newest {self.among:,}" if self.among else ""
        more = "more than " if self.uncounted else ""
        return f"{len(self.hits)} of {more}{self.matching:,}{best}"


@frozen
class Wanted:
    """A query as typed, with the filters that options add."""

    text: str
    filters: tuple[Filter, ...] = ()
    everywhere: bool = False
    number: int = 20
    """0 means all."""
    exact: bool = False
    """Only what holds all words; never the closest."""
    like: str | None = None
    """A handle: what is like that entry, best first."""
    here: bool = False
    """The project was named: a saved search looks there too, not where it was saved."""


def _moment(notebook: Notebook, value: str) -> Span:
    from ledgernote.domain.times import parse_time  # most searches name no time

    span = parse_time(value, notebook.clock(), notebook.settings.day_starts)
    if span is None:
        raise UsageError(
            f"{value!r} is no time", "Try 2026-05-01, yesterday, 7d, 3 months ago, last friday."
        )
    return span


def _limits(notebook: Notebook, query: Query) -> dict[str, int]:
    """`since`, `until` and `on` as microseconds; the narrowest of each counts."""
    since: list[datetime] = []
    until: list[datetime] = []
    for one in query.filters:
        if one.field in {"since", "on"}:
            since.append(_moment(notebook, one.value).start)
        if one.field in {"until", "on"}:
            until.append(_moment(notebook, one.value).end)
    limits = {}
    if since:
        limits["since"] = microseconds(max(since))
    if until:
        limits["until"] = microseconds(min(until))
    return limits


def _search(notebook: Notebook, wanted: Wanted) -> search.Search:
    parsed, named = parse(wanted.text), None
    if "@" in wanted.text:
        from ledgernote.notebook.saved import meant  # most searches name no other

        parsed, named = meant(notebook, parsed)
    query = replace(parsed, filters=parsed.filters + wanted.filters)
    elsewhere = any(one.field == "project" and not one.negated for one in query.filters)
    private = [
        not one.negated for one in query.filters if (one.field, one.value) == ("is", "private")
    ]
    project = None
    if not wanted.everywhere and not elsewhere:
        project = named.project if named and not wanted.here else notebook.project_id()
    return search.Search(
        query=query,
        project=project,
        private=private[0] if private else None,
        limit=min(wanted.number, MOST),
        **_limits(notebook, query),
    )


def _hits(notebook: Notebook, matches: list[search.Match], why: str) -> Iterator[Hit]:
    found = {e.id: e for e in entries.by_ids(notebook.ledger, [m.entry for m in matches])}
    for match in matches:
        if match.entry in found:
            yield Hit(entry=found[match.entry], score=match.score, passage=match.passage, why=why)


_Matches = tuple[list[search.Match], int, int | None]


def _matches(notebook: Notebook, asked: search.Search, *, every: bool = True) -> _Matches:
    """The matches, how many there are, and among how many, if not all, these are the best.

    A list that is shorter than wanted is of all.
    """
    ledger = notebook.ledger
    after = search.beyond_newest(ledger, asked.query, every=every) if asked.limit else None
    if after is not None:
        found, matching = search.first(ledger, replace(asked, after=after), every=every)
        if matching > asked.limit:
            return found, matching, search.NEWEST
    return *search.first(ledger, asked, every=every), None


def find(notebook: Notebook, wanted: Wanted) -> Found:
    """The entries that match; when all words find nothing, the closest.

    Raises `UsageError` for an option that is no time, `NoSuchThing` for an unknown project.
    """
    if wanted.like is not None:
        return _alike(notebook, wanted, wanted.like)
    asked = _search(notebook, wanted)
    found = _matches(notebook, asked)
    several = len(asked.query.groups) > 1
    closest = not found[0] and several and not wanted.exact
    if closest:
        found = _matches(notebook, asked, every=False)
    why = "some words" if closest else "all words" if asked.query.groups else "filters"
    return replace(_told(notebook, asked, found, why), closest=closest and bool(found[0]))


def _told(notebook: Notebook, asked: search.Search, found: _Matches, why: str) -> Found:
    matches, matching, among = found
    return Found(
        hits=list(_hits(notebook, matches, why)),
        matching=matching,
        uncounted=among is not None or 0 < asked.limit <= matching - search.COUNTED,
        among=among,
        where=places.name_of(notebook.ledger, asked.project) if asked.project else None,
    )


def _alike(notebook: Notebook, wanted: Wanted, name: str) -> Found:
    """What shares telling words with an entry, besides all that was asked for."""
    from ledgernote.notebook.alike import itself, telling_words  # few searches are such

    entry = notebook.entry(name)
    asked, own = _search(notebook, wanted), itself(notebook, entry)
    words = telling_words(notebook, entry)
    query = replace(asked.query, groups=(*asked.query.groups, words))
    more = replace(asked, query=query, limit=asked.limit and asked.limit + len(own))
    matches, matching, among = _matches(notebook, more) if words else ([], 0, None)
    others = [match for match in matches if match.entry not in own]
    matching -= len(matches) - len(others)
    shown = others[: asked.limit] if asked.limit else others
    return _told(notebook, asked, (shown, matching, among), f"like {entry.handle}")
