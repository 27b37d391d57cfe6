"""Fits what matters into the budget: the thread as it was sent, what is recalled now, the question.

Plans only: what was found and ranked comes in, a recipe and the messages go out. The same
arguments give the same bytes, whether the question is kept already (`ask`) or not (`context`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain

from ledgernote.domain.entries import EntryId, Order
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import (
    A_PART,
    NO_CONSENT,
    PINS_FULL,
    PRIVATE,
    UNSEEN,
    Context,
    LeftOut,
    NoConsent,
)
from ledgernote.replay.cite import receipt
from ledgernote.replay.desk import Ask, Count, CountMessages, Desk, Limits, Past
from ledgernote.replay.frame import FRAME
from ledgernote.replay.grow import Draft, as_it_was, cut, grown, outgrown
from ledgernote.replay.recall import owed, recall
from ledgernote.replay.recipe import Identity, Recipe, Span, spans_of, unkept, with_kept

__all__ = ["Ask", "Limits", "Past", "Plan", "assemble", "kept"]

LISTED = 20
"""So many of what was left out are named."""
FURTHER_BACK = "further back in the thread"


@frozen
class Plan:
    """A context, and the recipe to keep with its answer."""

    recipe: Recipe
    context: Context


def assemble(
    ask: Ask, past: Past, limits: Limits, count: Count, count_messages: CountMessages
) -> Plan:
    """Plan the context of a turn.

    *count* gives the tokens of a text, *count_messages* those of a list of messages.
    Raises DoesNotFit when question, material and system text alone exceed the budget.
    """
    desk = Desk(ask, past, limits, count, count_messages)
    draft = grown(desk)
    if past.exactly:
        return _plan(desk, draft, as_it_was(desk, draft))
    changed = owed(desk, draft)
    if outgrown(desk, draft, changed):
        draft = cut(desk, draft)
        changed = owed(desk, draft)
    return _finished(desk, draft, recall(desk, draft, changed))


def kept(plan: Plan, question: Identity, material: Sequence[Identity] = ()) -> Plan:
    """The plan with the real names of its question and its new material, in order."""
    names = {unkept(number): name for number, name in enumerate(material, start=1)}

    rows = tuple(
        replace(line, entry=name.entry, revision=name.revision, handle=name.handle)
        if (name := names.get(line.revision))
        else line
        for line in plan.context.receipt
    )
    return Plan(
        recipe=with_kept(plan.recipe, question, material),
        context=replace(plan.context, receipt=rows),
    )


def _finished(desk: Desk, draft: Draft, units: list[tuple[Span, ...]]) -> Plan:
    """The plan; counts of joined text are not sums, so the last units may have to go."""
    loose = draft.turn.rows
    while True:
        rows = sorted((*loose, *chain.from_iterable(units)), key=partial(_time_order, desk))
        turn = replace(draft.turn, rows=tuple(rows))
        blocks = replace(draft, turn=turn).blocks
        tokens = desk.tokens(*blocks)
        if tokens <= desk.limits.budget or not units:
            break
        units.pop()
    return _plan(desk, replace(draft, turn=turn), tokens)


def _time_order(desk: Desk, span: Span) -> tuple[Order, int]:
    return desk.known[span.entry].order, span.place.start


def _plan(desk: Desk, draft: Draft, tokens: int) -> Plan:
    ask, limits, past = desk.ask, desk.limits, desk.past
    recipe = Recipe(
        frame=FRAME,
        counter=limits.counter,
        model=ask.model,
        budget=limits.budget,
        replay=limits.replay,
        factor=limits.factor,
        sees=ask.sees,
        extends=past.extends if draft.stable else None,
        blocks=draft.blocks[draft.stable :],
    )
    desk.unseen(draft.blocks)
    desk.parted(draft.blocks)
    left = _not_taken(desk, draft)
    back = _further_back(desk, draft)
    told = [*left, *(LeftOut(handle=handle, why=FURTHER_BACK) for handle in filter(None, back))]
    context = Context(
        model=ask.model,
        budget=limits.budget,
        tokens=tokens,
        messages=desk.messages(draft.blocks),
        receipt=receipt(
            draft.blocks,
            desk.clips.words,
            desk.known,
            ranked=None if past.again else desk.ranked,
            sees=ask.sees,
        ),
        left_out=tuple(told[:LISTED]),
        left_out_count=len(left) + len(back),
        withheld=sum(why == PRIVATE for why in desk.withheld.values()),
        no_consent=tuple(_no_consent(desk, draft)),
        replanned=draft.cut,
    )
    return Plan(recipe=recipe, context=context)


def _no_consent(desk: Desk, draft: Draft) -> Iterable[NoConsent]:
    """What of imports is kept back, by source; an entry that stays from before is not."""
    there = {span.entry for block in draft.blocks for span in spans_of(block)}
    held = sorted(e for e, why in desk.withheld.items() if why == NO_CONSENT and e not in there)
    examples = {desk.ask.no_consent[entry]: entry for entry in reversed(held)}
    for source, entries in sorted(Counter(map(desk.ask.no_consent.__getitem__, held)).items()):
        yield NoConsent(source=source, entries=entries, example=EntryId(examples[source]))


def _further_back(desk: Desk, draft: Draft) -> list[str]:
    """Handles of what else of the thread stays out: cut before, or never read."""
    known = {span.entry for block in draft.blocks for span in spans_of(block)}
    known |= {*desk.left_out, *desk.withheld, *(each.source.entry for each in desk.ranked)}
    return [handle for entry, handle in desk.past.line.items() if entry not in known]


def _not_taken(desk: Desk, draft: Draft) -> list[LeftOut]:
    """What stayed out: pins, then at most ten that were cut or refused, then the best ranked."""
    there = {span.entry for block in draft.blocks for span in spans_of(block)}
    ranked = {each.source.entry: each.source.handle for each in desk.ranked}
    gone = {e: row for e, row in desk.left_out.items() if e not in there}
    pins = [row for row in gone.values() if row[1] == PINS_FULL]
    refused = [
        row
        for e, row in desk.left_out.items()
        if row not in pins and (e not in {*there, *ranked} or row[1] in {UNSEEN, A_PART})
    ]
    best = [
        gone.get(entry, (handle, "no room"))
        for entry, handle in ranked.items()
        if entry not in there and gone.get(entry) not in pins
    ]
    refused.reverse()
    refused.sort(
        key=lambda row: row[1] not in {PRIVATE, NO_CONSENT, UNSEEN}
    )  # that one was asked for by name
    rows = (*pins, *refused[:10], *best, *refused[10:])
    return [LeftOut(handle=handle, why=why) for handle, why in rows]
