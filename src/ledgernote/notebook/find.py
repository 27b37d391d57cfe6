"""Finding: the text someone typed becomes hits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from ledgernote.domain.entries import TIMES, EntryId, Filter, Hit, Kind, Query, Term
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.ledger import entries, finding, places
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.finding import Match, Matches
from ledgernote.ledger.keep import microseconds
from ledgernote.ledger.search import Search
from ledgernote.ledger.snippets import passages
from ledgernote.ledger.tags import tags_called
from ledgernote.ledger.ways import terms
from ledgernote.ledger.ways import wanted as wanted_words
from ledgernote.notebook.hits import ORDERS, WHY_NEAR, Found, Wanted
from ledgernote.notebook.notebook import MOST, Notebook
from ledgernote.replay.bounded import bounded
from ledgernote.replay.liking import liked
from ledgernote.replay.query import parse

QUESTION = 4
"""Words from which a query is a question rather than a list of words: what has most of them
follows what has all."""
POOL = 100
"""Of so many hits at least the best are chosen by what they are, too."""


def _search(notebook: Notebook, wanted: Wanted) -> Search:
    parsed, named = parse(wanted.text), None
    if "@" in wanted.text:
        from ledgernote.notebook.saved import meant  # most searches name no other

        parsed, named = meant(notebook.ledger, parsed)
    query = replace(parsed, filters=parsed.filters + wanted.filters)
    if any(one.field == "thread" for one in _all_filters(query)):
        from ledgernote.notebook.titled import by_handle  # as above

        query = by_handle(notebook.ledger, query)
    private = [
        not one.negated for one in query.filters if (one.field, one.value) == ("is", "private")
    ]
    project = None
    if not wanted.everywhere and not names_project(query):
        project = named.project if named and not wanted.here else notebook.project_id()
    now = notebook.clock()
    search = Search(
        query=query,
        now=microseconds(now),
        project=project,
        private=private[0] if private else None,
        limit=_limit(wanted, query),
        least=wanted.number + 1,
        order=wanted.order,
        exact=wanted.exact,
    )
    if not names_time(query):
        return search
    from ledgernote.notebook.spans import timed  # most searches name no time

    return timed(search, now, notebook.settings.day_starts)


def names_project(query: Query) -> bool:
    """Whether it says itself in which projects to look."""
    return any(one.field == "project" and not one.negated for one in _all_filters(query))


def names_time(query: Query) -> bool:
    """Whether it says itself of which times something must be."""
    return any(one.field in TIMES for one in _all_filters(query))


def _all_filters(query: Query) -> Iterator[Filter]:
    found = (*query.filters, *chain.from_iterable(query.either))
    return (one for one in found if isinstance(one, Filter))


def _limit(wanted: Wanted, query: Query) -> int:
    if not wanted.number:
        return 0
    pool = POOL if (query.groups or query.either) and wanted.order == "score" else 0
    return max(min(wanted.number, MOST) + 1, pool)


def find(notebook: Notebook, wanted: Wanted) -> Found:
    """The entries that match; when all words find nothing, what was mistyped or the closest.

    Raises `UsageError` for an option that takes no such value, `NoSuchThing` for an unknown
    project.
    """
    _check(wanted)
    asked = _search(notebook, wanted)
    query, parts = bounded(asked.query)
    asked = replace(asked, query=query)
    found = (_found if wanted.like is None else _alike)(notebook, wanted, asked)
    found = replace(found, parts=parts)
    if doubtful := [
        one for one in _all_filters(query) if not found.hits or _finds_without(query, one)
    ]:
        from ledgernote.notebook.absent import absent  # most searches find something

        said = absent(notebook.ledger, doubtful, found=bool(found.hits))
        found = replace(found, absent=tuple(said))
    if any(":" in term.text for term in terms(query)):
        from ledgernote.notebook.absent import no_fields  # as above

        found = replace(found, absent=(*found.absent, *no_fields(notebook.ledger, asked)))
    return _with_searches(notebook, wanted, found) if "@" in wanted.text else found


def _finds_without(query: Query, one: Filter) -> bool:
    """Whether something may be found though nothing is called as a filter says."""
    return one.negated or one not in query.filters


def _with_searches(notebook: Notebook, wanted: Wanted, found: Found) -> Found:
    """The same, with what is to be said of the saved searches that the query calls."""
    from ledgernote.notebook.saved import as_words, unsaved  # most searches name no other

    parsed = parse(wanted.text)
    words = tuple(as_words(notebook.ledger, parsed))
    return replace(found, words=words, absent=(*found.absent, *unsaved(notebook.ledger, parsed)))


def _check(wanted: Wanted) -> None:
    for kind in (one.value for one in wanted.filters if one.field == "kind"):
        if kind not in {str(known) for known in Kind}:
            raise UsageError(f"no entry is a {kind!r}", f"--kind is one of {', '.join(Kind)}.")
    if wanted.order not in ORDERS:
        hint = f"--sort is one of {', '.join(ORDERS)}."
        raise UsageError(f"nothing is sorted by {wanted.order!r}", hint)


def _found(notebook: Notebook, wanted: Wanted, asked: Search) -> Found:
    ledger = notebook.ledger
    narrow, wide = _readings(ledger, asked)
    matches = _ordered(ledger, narrow, finding.find(ledger, narrow))
    others = frozenset[EntryId]()
    if wide is not narrow:
        from ledgernote.notebook.wider import after  # as above

        matches, others = after(ledger, matches, wide, wanted.number)
    if not matches.found and len(asked.query.groups) > 1:
        from ledgernote.ledger import across  # as above

        matches = _ordered(ledger, asked, across.across(ledger, asked))
    question = len(asked.query.groups) > QUESTION and wanted.number > 0
    enough = len(matches.found) >= (wanted.number if question else 1)
    if enough or wanted.exact or not asked.query.groups:
        if wide is narrow is not asked:
            from ledgernote.notebook.wider import without_words  # as above

            others = without_words(ledger, matches, asked)
        why = "all words" if any(wanted_words(asked.query)) else "filters"
        told = _told(notebook, wide, matches, (why, wanted.number))
        return _otherwise(told, others, "tag" if asked.query.groups else "filters")
    return _nearly(notebook, asked, matches, wanted.number)


def _readings(reader: Reader, asked: Search) -> tuple[Search, Search]:
    """A search by its words, and one that also finds by a filter beside them or by a tag.

    Mostly, and where hits stand in the order of time, both are the same.
    """
    query, by_score = asked.query, asked.order == "score"
    words = [term.text for group in query.groups for term in group if not term.prefix]
    few = len(words) <= QUESTION and not asked.exact
    tags = tags_called(reader, words) if few else ()
    if not tags and (query.groups or not query.either):
        return asked, asked
    from ledgernote.notebook.wider import by_words, or_tagged  # most words are no tag's name

    wide = replace(asked, query=or_tagged(query, tags))
    return replace(asked, query=by_words(query)) if by_score else wide, wide


def _otherwise(found: Found, others: frozenset[EntryId], why: str) -> Found:
    """The same, but that some hits were found for another reason."""
    hits = [replace(hit, why=why) if hit.entry.id in others else hit for hit in found.hits]
    return replace(found, hits=hits)


def _nearly(notebook: Notebook, asked: Search, whole: Matches, number: int) -> Found:
    """What was mistyped; else after what holds all words what holds some, or is near in meaning."""
    from ledgernote.notebook import meant  # most searches find something
    from ledgernote.notebook.closest import after, respelled, some_words

    ledger, typed = notebook.ledger, asked.query
    instead: tuple[tuple[str, str], ...] = ()
    near, others = None, frozenset[EntryId]()
    if not whole.found:
        asked, instead, respelt = respelled(ledger, asked)
        if respelt.found:
            told = _told(notebook, asked, _ordered(ledger, asked, respelt), ("spelling", number))
            return replace(told, query=typed, corrected=instead)
        near = meant.near(notebook, asked)
    some = _ordered(ledger, asked, some_words(ledger, asked, like=near is None))
    held = bool(some.found)
    if near is not None:
        some, others = meant.with_meaning(ledger, asked, some, near)
    told = _told(notebook, asked, after(whole.found, some), ("all words", number))
    told = _otherwise(told, others, WHY_NEAR)
    among = told.among if told.hits else whole.among
    corrected = instead if told.hits else ()
    return replace(told, query=typed, corrected=corrected, among=among, held=held)


def _told(notebook: Notebook, asked: Search, matches: Matches, listed: tuple[str, int]) -> Found:
    """What is shown: why it matched, and how many at most."""
    why, number = listed
    shown = matches.found[:number] if number else matches.found
    return Found(
        whole=sum(one.whole for one in shown),
        hits=list(_hits(notebook, shown, matches.terms, why)),
        query=asked.query,
        matching=matches.matching,
        uncounted=matches.uncounted,
        wider=matches.wider,
        among=matches.among,
        where=places.name_of(notebook.ledger, asked.project) if asked.project else None,
    )


def _hits(notebook: Notebook, shown: list[Match], terms: Sequence[Term], why: str) -> Iterator[Hit]:
    found = {e.id: e for e in entries.by_ids(notebook.ledger, [m.entry for m in shown])}
    marked = passages(notebook.ledger, [one.rowid for one in shown], terms)
    for one in shown:
        if one.entry in found:
            passage = marked.get(one.rowid, "")
            reason = why if one.whole else "some words"
            yield Hit(entry=found[one.entry], score=one.score, passage=passage, why=reason)


def _ordered(reader: Reader, asked: Search, matches: Matches) -> Matches:
    """As a person wants them: by words and by what they are, and the newer of two alike."""
    if not asked.query.groups or asked.order != "score":
        return matches
    found = matches.found
    traits = finding.traits(reader, found)
    words = {term.text.lower() for group in asked.query.groups for term in group}
    scored = [replace(one, score=liked(one.score, traits[one.entry], words)) for one in found]
    best = sorted(scored, key=lambda one: (one.whole, one.score, one.created), reverse=True)
    return replace(matches, found=best)


def _alike(notebook: Notebook, wanted: Wanted, asked: Search) -> Found:
    """What shares telling words with an entry, besides all that was asked for."""
    from ledgernote.notebook.alike import itself, telling_words  # few searches are such

    entry = notebook.entry(str(wanted.like))
    own = itself(notebook, entry)
    words = telling_words(notebook, entry)
    query = replace(asked.query, groups=(*asked.query.groups, words))
    more = replace(asked, query=query, limit=asked.limit and asked.limit + len(own))
    matches = finding.find(notebook.ledger, more) if words else Matches(found=[])
    others = [match for match in matches.found if match.entry not in own]
    matching = matches.matching - len(matches.found) + len(others)
    others_only = replace(matches, found=others, matching=matching)
    best = _ordered(notebook.ledger, asked, others_only)
    told = _told(notebook, asked, best, (f"like {entry.handle}", wanted.number))
    return replace(told, query=query)
