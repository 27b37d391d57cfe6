"""Which passages replay ranks for a question: by its words, and by what they do not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import chain
from operator import itemgetter

from ledgernote.domain.entries import ProjectId
from ledgernote.domain.frozen import frozen
from ledgernote.domain.times import DAY
from ledgernote.ledger import candidates, recipes
from ledgernote.ledger.candidates import Found
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.keep import microseconds
from ledgernote.ledger.nearness import Nearness, Where
from ledgernote.replay.asked import Setting, own_words, words_beside
from ledgernote.replay.lean import Lean
from ledgernote.replay.query import content_words
from ledgernote.replay.when import Time, as_days, months
from ledgernote.replay.writers import nameless, writers_named

CANDIDATES = 200
"""Passages that full text search hands to the ranking."""
FED = 100
"""Passages that each saved search hands to it, which the settings name."""
NEIGHBOURED = 100
"""Best passages whose neighbours in their threads are ranked too."""
TALKS = 4
"""Threads of the best passages that are ranked as a whole."""
MEANT = 60
"""Passages that mean nearly what is asked, which are ranked too."""
RULES = 20
"""Passages that say how a thing is to be done each time, which are ranked too."""
LITTLE = 5
SAID = 40
"""Passages of whom a question names that are ranked where its other words find fewer than that."""
FEW_DAYS = 10 * 24 * 3_600 * 1_000_000
"""Microseconds of what is called few days."""
EVER = (-(2**62), 2**62)
"""All times, in microseconds."""
DATED = 40
"""Passages of the time that a question names, and as many with a tag that it names, likewise."""


Span = tuple[int, int]
"""From one moment up to another, in microseconds."""


@frozen
class Chosen:
    """Passages to be ranked."""

    scores: Mapping[int, float]
    """By rowid; 0 where not the words have found it."""
    tagged: frozenset[bytes]
    """Entries with a tag that the question names."""


def passages_for(
    reader: Reader,
    question: str,
    project: ProjectId,
    setting: Setting,
    meant: Nearness | None = None,
    further: Iterable[Where] = (),
) -> Chosen:
    """What to rank for a question: by its words and meaning, and what stands beside that.

    Words are looked for in the project, and in *further* places: of those what replaces a match
    is taken too, and nothing else.
    """
    best = _by_words(reader, question, project, setting.leans)
    bare = nameless(question, recipes.actor_names(reader))
    times = [list(_spans(time, setting)) for time in setting.named(bare)]
    dated = list(_of_days(reader, best, project, times))
    if not (best or dated):  # *what of September?* may ask of what is said about it
        best = candidates.candidates(reader, months(question), project, CANDIDATES)
    said = _said_by(reader, question, project, times) if len(best) < CANDIDATES else ()
    near = candidates.neighbours(reader, best[:NEIGHBOURED])
    near += candidates.talks(reader, best[:NEIGHBOURED], TALKS)
    best += _fed(reader, question, setting.leans, further, {each.rowid for each in best})
    tagged = candidates.tagged(reader, project, content_words(question), DATED)
    kin = candidates.kin(reader, best)
    rules = candidates.rules(reader, project, RULES)
    alike = candidates.alike(reader, meant, project, MEANT) if meant else []
    scores = {each.rowid: 0.0 for each in alike} | {each.rowid: each.score for each in best}
    there = {each.entry for each in (*best, *alike)}
    for more in (near, rules, kin, tagged, dated, said):
        fresh = [each for each in more if each.entry not in there]
        scores |= {each.rowid: 0.0 for each in fresh}
        there |= {each.entry for each in fresh}
    return Chosen(scores=scores, tagged=frozenset(each.entry for each in tagged))


def _said_by(
    reader: Reader, question: str, project: ProjectId, times: Iterable[Iterable[Span]]
) -> Iterator[Found]:
    """The newest of whom a question names, where its other words find little.

    Of the *times* that it names too, as far as they wrote then.
    """
    named = writers_named(question, recipes.actor_names(reader))
    others = words_beside(question, named)
    if not named or len(candidates.candidates(reader, others, project, LITTLE)) == LITTLE:
        return
    for who in sorted(named):
        spans = (*chain.from_iterable(times), EVER)
        each = (candidates.of_actor(reader, project, who, s, SAID) for s in spans)
        yield from next(filter(None, each), [])


def _of_days(
    reader: Reader, best: Iterable[Found], project: ProjectId, times: Iterable[Iterable[Span]]
) -> Iterator[Found]:
    """What was written in the *times* that a question names: all of few days, else where its
    words find little of it.

    Without a year it is the newest in which something was.
    """
    known = {each.entry for each in best}
    for spans in times:
        each = ((s, candidates.of_days(reader, project, s, DATED)) for s in spans)
        (start, end), rows = next(filter(itemgetter(1), each), (EVER, []))
        if end - start <= FEW_DAYS or sum(row.entry in known for row in rows) < LITTLE:
            yield from rows


def _spans(time: Time, setting: Setting) -> Iterator[Span]:
    """When a time begins and when it is over, in microseconds."""
    for days in as_days(time, setting.today):
        yield _begins(days.first, setting), _begins(days.last + DAY, setting)


def _begins(day: date, setting: Setting) -> int:
    """When a day begins, in microseconds."""
    zone = setting.moment.tzinfo if setting.moment else None
    midnight = datetime.combine(day, clock.min, zone)
    return microseconds(midnight + timedelta(minutes=setting.day_starts))


def _fed(
    reader: Reader, question: str, leans: Lean, places: Iterable[Where], known: set[int]
) -> Iterable[Found]:
    """What holds the words in other places than the project, but what is *known*."""
    words = (*own_words(question, leans), *leans.words)
    for where in places:
        found = candidates.candidates_of(reader, words, where, FED)
        yield from (each for each in found if each.rowid not in known)
        known |= {each.rowid for each in found}


def _by_words(reader: Reader, question: str, project: ProjectId, leans: Lean) -> list[Found]:
    """What holds the question's words, or with less weight those that it takes from the talk."""
    if not leans.words:
        return candidates.candidates(reader, own_words(question), project, CANDIDATES)
    own = candidates.candidates(reader, own_words(question, leans), project, CANDIDATES)
    best = {each.rowid: each for each in own}
    weight = sum(leans.words.values()) / len(leans.words)
    talk = candidates.candidates(reader, tuple(leans.words), project, CANDIDATES, rarer=True)
    for each in talk:
        sooner = best[each.rowid].score if each.rowid in best else 0.0
        best[each.rowid] = each._replace(score=sooner + weight * each.score)
    return sorted(best.values(), key=lambda each: -each.score)[:CANDIDATES]
