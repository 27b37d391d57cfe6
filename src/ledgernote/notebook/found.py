"""Which passages replay ranks for a question: by its words, and by what they do not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import NamedTuple

from ledgernote.domain.entries import ProjectId
from ledgernote.domain.frozen import frozen
from ledgernote.domain.times import DAY, day_of
from ledgernote.ledger import candidates, passages, recipes
from ledgernote.ledger.candidates import Found
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.keep import microseconds
from ledgernote.ledger.nearness import Nearness, Where
from ledgernote.replay.asked import Setting, own_words, words_beside
from ledgernote.replay.dates import Time, as_days, coming, with_year_of
from ledgernote.replay.days import Days
from ledgernote.replay.lean import Lean
from ledgernote.replay.naming import as_written, days_named
from ledgernote.replay.query import content_words, unlisted
from ledgernote.replay.roots import root
from ledgernote.replay.when import asks_newest
from ledgernote.replay.writers import nameless, writers_named

CANDIDATES = 200
"""Passages that full text search hands to the ranking."""
FED = 100
"""Passages that each saved search hands to it, which the settings name."""
NEIGHBOURED = 100
"""Best passages whose neighbours in their threads are ranked too."""
TALKS = 4
"""Threads of the best passages that are ranked as a whole."""
CORRECTED = 5
"""Best notes in no thread of which what may take them back is ranked too."""
MEANT = 60
"""Passages that mean nearly what is asked, which are ranked too."""
LATEST, FEW = 20, 6
"""The newest with a word of a question that asks for the newest, and of how many words at most."""
RULES = 20
"""Passages that say how a thing is to be done each time, which are ranked too."""
LITTLE = 5
SAID = 40
"""Passages of whom a question names that are ranked where its other words find fewer than that."""
FEW_DAYS = 16 * 24 * 3_600 * 1_000_000
"""Microseconds of what is called few days: half a month."""
EVER = (-(2**62), 2**62)
"""All times, in microseconds."""
DATED = 40
"""Passages of the time that a question names, and as many with a tag that it names, likewise."""


class Then(NamedTuple):
    """A time that a question names."""

    time: Time
    span: tuple[int, int]
    """From one moment up to another, in microseconds;"""
    rows: Sequence[Found]
    """and the newest written in between."""


@frozen
class Chosen:
    """Passages to be ranked."""

    scores: Mapping[int, float]
    """By rowid; 0 where not the words have found it."""
    tagged: frozenset[bytes]
    """Entries with a tag that the question names."""
    in_case: frozenset[int]
    """By rowid too: what may take back a match, and the note before each; none counts else."""


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
    bare = nameless(unlisted(question), recipes.actor_names(reader))
    named = setting.named(bare)
    every = (*named, *coming(named, setting.today))
    times = [_then(reader, project, time, setting) for time in every]
    dated = [row for then in times for row in _dated(reader, best, project, then, setting)]
    said = _said_by(reader, question, project, times) if len(best) < CANDIDATES else ()
    near = candidates.neighbours(reader, best[:NEIGHBOURED])
    threads = candidates.threads(reader, best[:NEIGHBOURED])
    near += candidates.talks(reader, threads, TALKS)
    loose = [entry for entry, thread in threads.items() if thread is None][:CORRECTED]
    best += _fed(reader, question, setting.leans, further, {each.rowid for each in best})
    words = content_words(question)
    tagged = candidates.tagged(reader, project, (*words, *map(root, words)), DATED)
    newest = _newest(reader, question, project)
    kin = candidates.kin(reader, best)
    rules = candidates.rules(reader, project, RULES)
    alike = candidates.alike(reader, meant, project, MEANT) if meant else []
    scores = {each.rowid: 0.0 for each in alike} | {each.rowid: each.score for each in best}
    there = {each.entry for each in (*best, *alike)}
    for more in (near, rules, kin, tagged, dated, said, newest):
        fresh = [each for each in more if each.entry not in there]
        scores |= {each.rowid: 0.0 for each in fresh}
        there |= {each.entry for each in fresh}
    backs = candidates.corrections(reader, project, loose)
    in_case = {each.rowid: 0.0 for each in backs if each.entry not in there}
    return Chosen(
        scores=scores | in_case,
        tagged=frozenset(each.entry for each in tagged),
        in_case=frozenset(in_case),
    )


def _newest(reader: Reader, question: str, project: ProjectId) -> list[Found]:
    """The newest that hold a word of the question, where it asks for the newest; without a word
    the newest of all."""
    if not asks_newest(question):
        return []
    if words := own_words(question)[:FEW]:
        return candidates.newest(reader, words, project, LATEST)
    return candidates.of_days(reader, project, EVER, LATEST)


def _said_by(
    reader: Reader, question: str, project: ProjectId, times: Iterable[Then]
) -> Iterator[Found]:
    """The newest of whom a question names, where its other words find little.

    Of the *times* that it names too, as far as they wrote then.
    """
    named = writers_named(question, recipes.actor_names(reader))
    others = words_beside(question, named)
    if not named or len(candidates.candidates(reader, others, project, LITTLE)) == LITTLE:
        return
    for who in sorted(named):
        spans = (*(then.span for then in times), EVER)
        each = (candidates.of_actor(reader, project, who, s, SAID) for s in spans)
        yield from next(filter(None, each), [])


def _then(reader: Reader, project: ProjectId, time: Time, setting: Setting) -> Then:
    """What was written at a time; without a year the newest in which something was, or of which
    a text tells."""
    span, told = EVER, None
    for days in as_days(time, setting.today):
        span = _begins(days.first, setting), _begins(days.last + DAY, setting)
        settled = with_year_of(time, days)
        rows = candidates.of_days(reader, project, span, DATED)
        if not rows and told is None and settled != time:
            told = list(_naming(reader, project, time, setting))
        if rows or any(days.holds(there.first) for _, there in told or ()):
            return Then(settled, span, rows)
    return Then(time, span, [])


def _dated(
    reader: Reader, best: Iterable[Found], project: ProjectId, then: Then, setting: Setting
) -> Iterator[Found]:
    """What was written at a time, all of few days, else where the words find little of it; and
    what names it: *the dentist is on 9 April*."""
    known, (start, end) = {each.entry for each in best}, then.span
    if end - start <= FEW_DAYS or sum(row.entry in known for row in then.rows) < LITTLE:
        yield from then.rows
    yield from (row for row, _ in _naming(reader, project, then.time, setting))


def _naming(
    reader: Reader, project: ProjectId, time: Time, setting: Setting
) -> Iterator[tuple[Found, Days]]:
    """What names days within a time, and the first of those."""
    found = candidates.naming(reader, as_written(time), project, DATED)
    texts, named = passages.read(reader, {each.rowid: 0.0 for each in found}), days_named([time])
    for each, passage in zip(found, texts, strict=True):
        days = next(named(passage.text, day_of(passage.created, setting.day_starts)), None)
        if days:
            yield each, days


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
