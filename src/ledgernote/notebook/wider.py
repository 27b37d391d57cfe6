"""What is found otherwise than by words: by filters beside them in an OR, by a tag called so.

It comes after what holds the words, which stands in the order of hits.
"""

from __future__ import annotations

from collections.abc import Collection

from ledgernote.domain.entries import EntryId, Filter, Query, Term
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import clean_name
from ledgernote.ledger import finding
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.finding import Matches
from ledgernote.ledger.search import Search


def by_words(query: Query) -> Query:
    """The same, but that where no word is needed, one of the first OR which holds words is."""
    for group in () if query.groups else query.either:
        if words := tuple(one for one in group if isinstance(one, Term)):
            others = tuple(one for one in query.either if one is not group)
            return replace(query, groups=(words,), either=others)
    return query


def or_tagged(query: Query, tags: Collection[str]) -> Query:
    """The same, but that instead of a word that is the name of a tag the tag will do."""
    either = query.either
    groups = []
    for group in query.groups:
        words = (clean_name(term.text) for term in group if not term.prefix)
        names = dict.fromkeys(name for word in words for name in (word, word.lower()))
        found = tuple(Filter(field="tag", value=name) for name in names if name in tags)
        if found:
            either = (*either, (*group, *found))
        else:
            groups.append(group)
    return replace(query, groups=tuple(groups), either=either)


def after(
    reader: Reader, first: Matches, wider: Search, number: int
) -> tuple[Matches, frozenset[EntryId]]:
    """What was found first, and where that is not more than is shown, what a wider search finds.

    Also the entries that only the wider one has found.
    """
    if number and len(first.found) > number:
        return replace(first, wider=True), frozenset()
    rest = finding.find(reader, wider)
    known = {one.entry for one in first.found}
    least = min((one.score for one in first.found), default=0.0)
    others = [replace(each, score=min(each.score, least)) for each in rest.found]
    others = [each for each in others if each.entry not in known]
    found = [*first.found, *others]
    matching = max(rest.matching, len(found))
    return replace(rest, found=found, matching=matching), frozenset(each.entry for each in others)


def without_words(reader: Reader, found: Matches, search: Search) -> frozenset[EntryId]:
    """Of what was found in the order of time, what holds none of the words itself."""
    worded = replace(search, query=by_words(search.query))
    held = {one.entry for one in finding.find(reader, worded).found} if worded.query.groups else ()
    return frozenset(one.entry for one in found.found if one.entry not in held)
