"""Where an answer comes from: the receipt of a context, and what an answer cites of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Citation, Reason, ReceiptRow
from ledgernote.replay.asked import own_words
from ledgernote.replay.frame import said
from ledgernote.replay.kin import Scored
from ledgernote.replay.lean import LOOKED_BACK, exchanges, lean, said_in
from ledgernote.replay.manner import BRACKETS
from ledgernote.replay.query import gist
from ledgernote.replay.rank import why
from ledgernote.replay.recipe import (
    Answer,
    Block,
    Pins,
    Source,
    Span,
    Summary,
    Turn,
    Words,
)
from ledgernote.replay.roots import matched
from ledgernote.replay.wanted import wanted

_WHY = {
    Reason.PIN: "pinned",
    Reason.RECENT: "in this thread",
    Reason.GIVEN: "given with the question",
    Reason.USED: "asked for",
    Reason.SUMMARY: "sums the thread up",
}


_LINE_ONLY = "line only: sees no image"
"""Of an image that a model which sees none is told of; as long as a receipt has room for."""


def receipt(
    blocks: Sequence[Block],
    words: Words,
    now: Mapping[EntryId, Source],
    *,
    ranked: Sequence[Scored] | None = None,
    sees: bool = True,
) -> tuple[ReceiptRow, ...]:
    """A row for every span of a context, in its order; the last question is no row.

    Its tokens are those of its image too when the model *sees*; else it says that it does not.
    *now* tells of each entry in the blocks how it stands (its text is not read), *ranked* what
    was found for the question where it was looked for.
    """
    ranks = wanted(blocks, ranked)
    rows = []
    for place, block in enumerate(blocks):
        before = place < len(blocks) - 1 and not isinstance(block, Pins)
        for span, about in _spans(blocks[: place + 1], words, last=not before):
            row = _row(span, about, words, now, before=before, rank=ranks.get(span.place))
            if span.image and not sees:
                row = replace(row, why=_LINE_ONLY, tokens=span.tokens)
            rows.append(row)
    return tuple(rows)


@frozen(kw_only=False)
class _About:
    """The words that a span was recalled by: the question's, and those of the talk before it."""

    own: tuple[str, ...] = ()
    talk: tuple[str, ...] = ()


def _spans(blocks: Sequence[Block], words: Words, *, last: bool) -> Iterator[tuple[Span, _About]]:
    """Each span of the last of *blocks* with what it was recalled by."""
    block = blocks[-1]
    if isinstance(block, Pins | Summary):
        yield from ((span, _About()) for span in block.rows)
    elif isinstance(block, Turn):
        recalled = (*block.rows, *block.material)
        about = _asked_by(blocks[:-1], block.question, words) if recalled else _About()
        yield from ((span, about) for span in recalled)
        if block.question and not last:
            yield block.question, _About()
    elif isinstance(block, Answer) and block.span:
        yield block.span, _About()


def _asked_by(before: Sequence[Block], question: Span | None, words: Words) -> _About:
    text = gist(said(question, words)) if question else ""
    leans = lean(text, exchanges(said_in(before[-2 * LOOKED_BACK :], words)))
    return _About(own_words(text, leans), tuple(leans.words))


def _row(
    span: Span,
    about: _About,
    words: Words,
    now: Mapping[EntryId, Source],
    *,
    before: bool,
    rank: int | None,
) -> ReceiptRow:
    text, entry = said(span, words), now[span.entry]
    heir = now.get(entry.superseded_by) if entry.superseded_by else None
    return ReceiptRow(
        entry=span.entry,
        handle=span.handle,
        ref=entry.ref,
        kind=entry.kind,
        who=entry.who,
        created=entry.created.isoformat(),
        reason=span.reason,
        why=_why(span, about, text),
        score=span.score,
        tokens=span.tokens + span.seen,
        excerpt=text if span.place.is_part else None,
        text=text,
        revision=span.place.event,
        superseded_by=heir.handle if heir else None,
        private=entry.private,
        before=before,
        rank=rank,
    )


def _why(span: Span, about: _About, text: str) -> str:
    if span.replaces:
        return f"replaces @{span.replaces}"
    if span.edited:
        return "edited since it was sent"
    if span.outdated:
        return "replaced by what is not shown"
    if not span.features:
        part = ", a part of it" if span.place.is_part else ""
        return f"{_WHY[span.reason]}{part}" if span.reason in _WHY else "belongs to a match"
    return why(span.features, matched(about.own, text), matched(about.talk, text))


_HANDLE = re.compile(r"(?<![\w@])@([0-9a-hjkmnp-tv-z]{5,26})(?!\w)", re.IGNORECASE)


def citations(text: str, known: Collection[str]) -> tuple[Citation, ...]:
    """The handles an answer cites: `[@k3f9a]` or `[@k3f9a, @q81mm]`.

    *known* are the handles of its receipt; case does not matter. `start` and `end` are
    characters of *text* from the `@` on. A bare `@k3f9a` may be a person, or be quoted.
    """
    handles = {handle.lower() for handle in known}
    found = []
    for cited in BRACKETS.finditer(text):
        for match in _HANDLE.finditer(text, *cited.span()):
            handle = match[1].lower()
            verdict = "known" if handle in handles else "unknown"
            place = {"start": match.start(), "end": match.end()}
            found.append(Citation(**place, handle=handle, verdict=verdict))
    return tuple(found)
