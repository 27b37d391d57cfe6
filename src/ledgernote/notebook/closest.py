"""What to show when nothing holds all words: what was mistyped, else what holds most of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, islice, product
from math import log
from operator import itemgetter

from ledgernote.domain import grams
from ledgernote.domain.entries import Query, Term
from ledgernote.domain.frozen import replace
from ledgernote.ledger import across, finding, search
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.finding import Match, Matches
from ledgernote.ledger.scored import within
from ledgernote.ledger.search import Search, has_token
from ledgernote.ledger.slips import SHORTEST, may_slip, meant, with_letters, with_units
from ledgernote.ledger.ways import last_arrived
from ledgernote.replay.pieces import is_figure, joined, longer, otherwise, parts, words_of
from ledgernote.replay.related import ASKING, related, telling, tickers

TRIES = 5
"""Spellings that are tried."""
MENDED = 2
"""Words of a query that are mended; where more are unknown, none is."""
FEW = 4
"""Telling words up to which it is counted how many of them an entry holds."""
LAST = 20_000
"""Passages that are looked at first for whether a spelling leads anywhere."""
SCORED = 1_000
"""Passages that are scored for what holds some of the words, about."""
RANKED = 2_000
"""Those that are, where each of the words is in more: the ones that arrived last."""
RARE = 4_000
"""Passages up to which a word is a rare one."""
COMPARED = 100
"""Hits that the best are compared with."""

Instead = tuple[tuple[str, str], ...]
"""Words as typed, each with the one that is looked for in its place."""


def after(whole: Sequence[Match], rest: Matches) -> Matches:
    """What holds all words, and after it, by the score too, what holds some."""
    known = {one.entry for one in whole}
    best = max((one.score for one in rest.found), default=0.0)
    first = [replace(one, score=one.score + best) for one in whole]
    others = [replace(one, whole=False) for one in rest.found if one.entry not in known]
    return replace(rest, found=[*first, *others], matching=max(rest.matching, len(whole)))


def respelled(reader: Reader, asked: Search) -> tuple[Search, Instead, Matches]:
    """The search with what may have been meant by words that the notebook has not, its matches."""
    query, instead = _with_units(asked.query)
    if instead and (matches := finding.find(reader, replace(asked, query=query))).found:
        return replace(asked, query=query), instead, matches
    known = _spellings(reader, asked)
    matches = Matches(found=[])
    first: tuple[Query, Instead] = asked.query, ()
    for choice in islice(product(*known.values()), TRIES) if known else ():
        instead = tuple(zip(known, choice, strict=True))
        query = _with(asked.query, dict(instead))
        matches = across.find(reader, replace(asked, query=query))
        if matches.found:
            return replace(asked, query=query), instead, matches
        first = first if first[1] else (query, instead)
    return replace(asked, query=first[0]), first[1], matches


def _with_units(query: Query) -> tuple[Query, Instead]:
    """The query with figures and their units as one word, as others write them, and which."""
    if not all(len(group) == 1 and not group[0].prefix for group in query.groups):
        return query, ()
    words = [group[0].text for group in query.groups]
    units = joined(words)
    if units == words:
        return query, ()
    groups = tuple((Term(text=one),) for one in units)
    return replace(query, groups=groups), ((" ".join(words), " ".join(units)),)


def _spellings(reader: Reader, asked: Search) -> dict[str, list[str]]:
    """Words that the notebook has not, each with those that it has where the search looks."""
    terms = telling(asked.query)
    plain = [term for term in terms if not (term.prefix or grams.runs(term.text))]
    words = [term.text for term in plain if term.text.lower() not in ASKING]
    unknown = [word for word in words if may_slip(reader, word)]
    mended = unknown if len(unknown) <= MENDED else []
    found = {word: [one for one in meant(reader, word) if len(one) >= SHORTEST] for word in mended}
    for term in plain:
        other, figure = otherwise(term.text), is_figure(term.text)
        others = ([other] if other else []) + longer(term.text)
        lettered = term.text in unknown or " " in term.text
        if (others or figure or lettered) and not search.holding(reader, asked, term, 1):
            others += with_units(reader, term.text) if figure else []
            others += with_letters(reader, term.text) if lettered else []
            found[term.text] = list(dict.fromkeys((*others, *found.get(term.text, ()))))
    return {
        word: there
        for word, others in found.items()
        if (there := [one for one in others if _leads_somewhere(reader, asked, one)])
    }


def _leads_somewhere(reader: Reader, asked: Search, word: str) -> bool:
    """Whether it stands where the search looks: mostly what arrived last tells it at once."""
    query = replace(asked.query, groups=((Term(text=word),),))
    index, match = search.expression(query)
    last = search.passages(reader) - LAST
    recent = replace(asked, query=query, index=index, match=match, after=last)
    if asked.private is None and next(last_arrived(reader, recent), None):
        return True
    one = replace(asked, query=query, order="new", limit=1, least=1)
    return bool(finding.find(reader, one, roughly=True).found)


def _with(query: Query, instead: dict[str, str]) -> Query:
    return replace(
        query,
        groups=tuple(
            tuple(replace(term, text=instead.get(term.text, term.text)) for term in group)
            for group in query.groups
        ),
    )


def some_words(reader: Reader, asked: Search, *, like: bool) -> Matches:
    """What holds most of the words; of a question, with *like*, also what is like the best of it.

    Only what holds one of the rarer words is looked at.
    """
    terms = list(telling(asked.query))
    pieces = [piece for term in terms for piece in _pieces(reader, asked, term)]
    held = {
        term: count
        for term in pieces
        if has_token(term.text) and (count := search.holding(reader, asked, term, RARE + 1))
    }
    alone = len(asked.query.groups) < 2 and len(pieces) < 2 and pieces == terms
    if alone or not held:  # alone, it has been looked for already
        return Matches(found=[])
    some = replace(asked, most=RANKED)
    runs = {term: count for term, count in held.items() if grams.runs(term.text)}
    words = {term: count for term, count in held.items() if term not in runs} or runs
    found = _best(reader, some, words, like=like)
    for term in runs if words is not runs else ():
        others = finding.find(reader, _any(some, [term], ()), roughly=True)
        found = _together(found, others, _rarity(reader, runs[term]))
    if called := tickers(terms):
        found = finding.to_the_letter_first(reader, found, called)
    return replace(found, terms=tuple(held))


def _best(reader: Reader, asked: Search, held: Mapping[Term, int], *, like: bool) -> Matches:
    """What holds most of some words, each with how many passages hold it."""
    rarest = dict(sorted(held.items(), key=itemgetter(1)))
    few = within(rarest, SCORED)
    rare = few or within(rarest, RARE)[:1] or list(rarest)
    common = [term for term in held if term not in rare]
    found = finding.find(reader, _any(replace(asked, few=bool(few)), rare, common), roughly=True)
    if 2 < len(held) <= FEW:
        found = _most_first(reader, asked, list(held), found)
    elif like and len(held) > FEW:
        texts = search.texts(reader, [one.rowid for one in found.found[:COMPARED]])
        near = related(texts, {term.text.lower() for term in held})
        further = [one for one in near if search.holding(reader, asked, one, RARE + 1) <= RARE]
        found = finding.rescored(reader, found, _any(asked, rare, [*common, *further]).query)
    elif len(rare) == 1:
        found = finding.to_the_letter_first(reader, found, rare)
    return found


def _rarity(reader: Reader, held: int) -> float:
    """What a word tells that so many passages hold, as bm25 says it of the index of words: the
    index of runs knows no more than how many of its own hold it.
    """
    return max(0.0, log((search.passages(reader) - held + 0.5) / (held + 0.5)))


def _together(some: Matches, others: Matches, score: float) -> Matches:
    """What either found; what the others did has a *score* more."""
    known = {one.entry: one for one in some.found}
    for one in others.found:
        before = known[one.entry].score if one.entry in known else 0.0
        known[one.entry] = replace(one, score=before + score)
    found = sorted(known.values(), key=lambda one: one.score, reverse=True)
    return replace(some, found=found, matching=max(some.matching, len(found)))


def _pieces(reader: Reader, asked: Search, term: Term) -> list[Term]:
    """What a term is made of, when the whole of it is nowhere."""
    whole, found = [term.text], parts(term.text)
    if found == whole and (words := words_of(term.text)) != whole:
        found = found if search.holding(reader, asked, term, 1) else words
    return [term] if found == whole else [Term(text=one) for one in found]


def _any(asked: Search, needed: Sequence[Term], further: Sequence[Term]) -> Search:
    """What holds one of the *needed* terms; the *further* ones count as well."""
    plain = [term for term in further if not grams.runs(term.text)]  # the other index has those
    groups = (tuple(needed), (*needed, *plain)) if plain else (tuple(needed),)
    return replace(asked, query=replace(asked.query, groups=groups))


def _most_first(reader: Reader, asked: Search, terms: Sequence[Term], others: Matches) -> Matches:
    """What holds all terms but one before what holds fewer, by the score too."""
    best = max((one.score for one in others.found), default=0.0)
    pairs = tuple(combinations(terms, 2))  # where one of each pair stands, one at most is missing
    all_but_one = replace(asked, query=replace(asked.query, groups=pairs))
    found = finding.find(reader, all_but_one, roughly=True)
    found = finding.to_the_letter_first(reader, found, terms)
    nearly = {
        one.entry: replace(one, score=one.score / (len(terms) - 1) + best) for one in found.found
    }
    rest = [one for one in others.found if one.entry not in nearly]
    return replace(
        others,
        found=[*nearly.values(), *rest],
        matching=len(nearly) + len(rest),
        uncounted=others.uncounted or found.uncounted,
        among=others.among or found.among,
    )
