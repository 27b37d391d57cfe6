"""How much what stands in a context is wanted for the question asked now: as it was ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledgernote.domain.entries import EntryId
from ledgernote.replay.kin import Scored, worth
from ledgernote.replay.recipe import Block, Place, Source, Span, spans_of

LEAST = 0.25
"""Of the best score that tells something, below which a text only stands around others."""


def wanted(blocks: Sequence[Block], ranked: Sequence[Scored] | None) -> Mapping[Place, int]:
    """Where words stand → their rank: 0 is the best for the question, or for its first part.

    *ranked* is best first; None where a question is asked once more: what was sent stays as it
    was ranked then.
    """
    spans = [span for block in blocks for span in spans_of(block)]
    if ranked is None:
        return {span.place: rank for rank, span in enumerate(_as_they_were(blocks))}
    passages: dict[EntryId, list[tuple[Source, int]]] = {}
    best_first = sorted(_telling(ranked), key=lambda each: (each.leads, worth(each)), reverse=True)
    for rank, each in enumerate(best_first):
        passages.setdefault(each.source.entry, []).append((each.source, rank))
    return {
        span.place: rank
        for span in spans
        for source, rank in passages.get(span.entry, ())
        if _begins_in(span, source)
    }


def _telling(ranked: Sequence[Scored]) -> list[Scored]:
    """Those that come near the best; a question tells little, however well it matches.

    All where it has parts: one may have found much less than another.
    """
    if any(each.leads for each in ranked):
        return list(ranked)
    best = max((each.score for each in ranked if each.source.kind != "question"), default=0.0)
    least = best - (1 - LEAST) * abs(best)
    return [each for each in ranked if each.score >= least]


def _begins_in(span: Span, source: Source) -> bool:
    return 0 <= span.place.start - source.start <= len(source.text)


def _as_they_were(blocks: Sequence[Block]) -> list[Span]:
    """What was ranked once, for the question asked now before what was for those before it."""
    scored = [
        (block is blocks[-1], span.score, span)
        for block in blocks
        for span in spans_of(block)
        if span.score is not None
    ]
    return [span for *_, span in sorted(scored, key=lambda each: each[:2], reverse=True)]
