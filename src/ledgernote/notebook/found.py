"""Which passages replay ranks for a question: by its words, and by what they do not say."""

from __future__ import annotations

from collections.abc import Mapping

from ledgernote.domain.entries import ProjectId
from ledgernote.ledger import candidates
from ledgernote.ledger.candidates import Found
from ledgernote.ledger.connection import Reader
from ledgernote.replay.lean import Lean
from ledgernote.replay.query import content_words, telling_words

CANDIDATES = 200
"""Passages that full text search hands to the ranking."""
NEIGHBOURED = 100
"""Best passages whose neighbours in their threads are ranked too."""
RULES = 20
"""Passages that say how a thing is to be done each time, which are ranked too."""


def passages_for(
    reader: Reader, question: str, project: ProjectId, leans: Lean
) -> Mapping[int, float]:
    """Rowids and scores: by the words, what stands beside that, and rules."""
    best = _by_words(reader, question, project, leans)
    near = candidates.neighbours(reader, best[:NEIGHBOURED])
    rules = candidates.rules(reader, project, RULES)
    scores = {each.rowid: each.score for each in best}
    there = {each.entry for each in best}
    for more in (near, rules):  # what was found stands there already, be it by other words
        fresh = [each for each in more if each.entry not in there]
        scores |= {each.rowid: 0.0 for each in fresh}
        there |= {each.entry for each in fresh}
    return scores


def _by_words(reader: Reader, question: str, project: ProjectId, leans: Lean) -> list[Found]:
    """What holds the question's words, or with less weight those that it takes from the talk."""
    if not leans.words:
        return candidates.candidates(reader, content_words(question), project, CANDIDATES)
    weighed: dict[float, list[str]] = {1.0: list(telling_words(question))}
    for word, weight in leans.words.items():
        weighed.setdefault(weight, []).append(word)
    best: dict[int, Found] = {}
    for weight, words in weighed.items():
        for each in candidates.candidates(reader, words, project, CANDIDATES):
            sooner = best[each.rowid].score if each.rowid in best else 0.0
            best[each.rowid] = each._replace(score=sooner + weight * each.score)
    return sorted(best.values(), key=lambda each: -each.score)[:CANDIDATES]
