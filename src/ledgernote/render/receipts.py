"""What is said around an answer: what was recalled for it, where it comes from, what it cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from ledgernote.domain.entries import Entry
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import dollars
from ledgernote.domain.turns import (
    NO_CONSENT,
    PINS_FULL,
    PRIVATE,
    Citation,
    Consent,
    Context,
    Costly,
    Decision,
    LeftOut,
    Reason,
    ReceiptRow,
)
from ledgernote.render.escape import cells, one_line, padded
from ledgernote.render.look import Look
from ledgernote.render.views import quoted, who
from ledgernote.render.wrap import wrapped

_UNSAID = 96
"""Columns where nobody says how many there are."""
_ROOM = 18
"""Columns for words that are worth a place in the line."""
_COLUMN = 40
"""Columns that the words take at least, so that most receipts stand alike."""
_FOUND = (Reason.MATCH, Reason.NEAR)
"""Of these an excerpt is what is wanted."""
_BEST = 3
"""So many of what matters most are shown, also where they stand in the talk already."""


def short(number: int) -> str:
    """`850`, `9.4k`, `16k`, `1.2M`."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if number >= size - size // 2_000:  # 999,600 reads 1M, not 1000k
            digits = f"{number / size:.1f}" if number < 99.95 * size else f"{number / size:.0f}"
            return digits.removesuffix(".0") + unit
    return str(number)


def receipt_view(context: Context, look: Look, *, limit: int = 12) -> str:
    """What is replayed, before the answer comes: a head, then a row for each entry recalled now.

    The thread's own turns, and what was recalled for them, are counted, not listed, unless it is
    of the best for this question. Of more than *limit* rows the best stay, in their order, and the
    rest is counted too; `why` and `/context` show all.
    """
    rows = _recalled(context)
    best = sorted(rows, key=_weight)[:limit]
    shown = [row for row in rows if row in best] + _standing_best(context)
    lines = [head(context, look), *kept_back(context, look), *table(shown, look)]
    if len(rows) > limit:
        lines.append(look.dim(f"  and {len(rows) - limit} more"))
    return "\n".join(lines)


def _recalled(context: Context) -> list[ReceiptRow]:
    """What is pinned, given or recalled for the question asked now, and is no turn of the talk."""
    return entries(r for r in context.receipt if not (r.before or r.reason is Reason.RECENT))


def _standing_best(context: Context) -> list[ReceiptRow]:
    """What was recalled before and is of the best for the question asked now."""
    stood = entries(r for r in context.receipt if r.before and r.reason is not Reason.RECENT)
    ranked = ((row.rank, row) for row in stood if row.rank is not None and row.rank < _BEST)
    best = sorted(ranked, key=lambda each: each[0])
    return [replace(row, why="recalled before") for _, row in best]


def _weight(row: ReceiptRow) -> tuple[bool, bool, int, float]:
    """What was asked for by name, or is pinned, before what was found; that as it was ranked."""
    return row.reason in _FOUND, row.rank is None, row.rank or 0, -(row.score or 0.0)


def consent_question(asked: Consent) -> str:
    """`send 3 entries of chatgpt to openai (k3f9a, …)? [a]lways, …`."""
    more = ", …" * (asked.entries > len(asked.handles))
    number = f"{asked.entries} entr{'y' if asked.entries == 1 else 'ies'}"
    return (
        f"send {number} imported from {one_line(asked.source, 40)} to {one_line(asked.provider)} "
        f"({', '.join(asked.handles)}{more})?\n"
        "[a]lways, [o]nce, [n]ever, make them [p]rivate, Enter: not now"
    )


Choices = Mapping[str, Decision | None]
CONSENT: Choices = {
    "": None,
    **{str(decision): decision for decision in Decision},
    **{decision[0]: decision for decision in Decision},
}
"""What may be typed to that."""
GO_ON: Choices = {"": None, "n": None, "no": None, "y": Decision.ONCE, "yes": Decision.ONCE}


def decision_wanted(asked: Consent | Costly) -> tuple[str, Choices]:
    """The question of a turn to a person, and what may be typed to it."""
    if isinstance(asked, Consent):
        return consent_question(asked), CONSENT
    return f"{one_line(str(asked))}. Go on, here up to {dollars(asked.upto)} unasked? [y/N]", GO_ON


def _reason_of(row: ReceiptRow) -> str:
    return f"{row.reason:6}"


def table(
    rows: Sequence[ReceiptRow], look: Look, first: Callable[[ReceiptRow], str] = _reason_of
) -> list[str]:
    """A line for each row, *first* of six columns; three lines where the screen is narrow."""
    replaces = {row.superseded_by: row.handle for row in rows if row.superseded_by}
    names = [one_line(who(row.who, look), 12) for row in rows]
    days = [look.day(datetime.fromisoformat(row.created)) for row in rows]
    remarks = [_remark(row, replaces.get(row.handle), look) for row in rows]
    name, handle, day, remark = (
        max(map(cells, column), default=0)
        for column in (names, [row.handle for row in rows], days, remarks)
    )
    width = look.width or _UNSAID
    room = width - (9 + handle + name + day + 6) - (remark + 2)
    beside = room >= _ROOM
    most = room if beside else max(width - 4, 8)
    words = [quoted(row.excerpt or row.text, most) for row in rows]
    column = max([min(room, _COLUMN), *map(cells, words)])
    lines = []
    for row, *fields in zip(rows, names, days, words, remarks, strict=True):
        shown = look.style("cyan", row.handle) + " " * (handle - len(row.handle))
        start = f"  {first(row)} {shown}  {padded(fields[0], name)}  {fields[1]:>{day}}"
        said, note = fields[2], look.dim(fields[3])
        if beside:
            lines.append(f"{start}  {padded(said, column)}  {note}".rstrip())
        else:  # words and remark go below, so that none of it is lost
            lines += [start, f"    {said}"]
            lines += [f"    {note}"] * bool(note)
    return lines


def kept_back(context: Context, look: Look) -> list[str]:
    """What was asked for by name or pinned and is not sent, with the remedy."""
    pins = ", ".join(one_line(left.handle) for left in context.left_out if left.why == PINS_FULL)
    lines = [f"no room for what is pinned: {pins}; a larger budget sends it"] * bool(pins)
    lines += [
        f"{one_line(left.handle)} is private and not sent; a local model gets it: offline, or "
        "one with models.NAME.local in the config"
        for left in context.left_out
        if left.why == PRIVATE
    ]
    lines += [
        f"{one_line(left.handle)} was imported and is not sent without consent"
        for left in context.left_out
        if left.why == NO_CONSENT
    ]
    return [wrapped(f"  {line}", look.width, "    ") for line in lines]


def entries(rows: Iterable[ReceiptRow]) -> list[ReceiptRow]:
    """The first row of each entry: an entry replayed in several spans has several."""
    first: dict[str, ReceiptRow] = {}
    for row in rows:
        first.setdefault(row.handle, row)
    return list(first.values())


def head(context: Context, look: Look) -> str:
    """`recalled 5   (1 withheld: private)   9.4k of 16k`: how many entries, of what, how full."""
    recalled = len(_recalled(context))
    turns = len(entries(row for row in context.receipt if row.reason is Reason.RECENT))
    before = len(entries(context.receipt)) - recalled - turns
    aside = [f"{turns} of this thread"] * bool(turns)
    aside += [f"{before} recalled before"] * (before > 0)
    aside += [f"{context.withheld} withheld: private"] * bool(context.withheld)
    aside += [f"{one.entries} withheld: {one_line(one.source, 24)}" for one in context.no_consent]
    aside += [f"{context.left_out_count} left out"] * bool(context.left_out_count)
    aside += ["cut back to fit"] * context.replanned
    nothing = "nothing new" if before > 0 else "nothing"
    left = f"recalled {recalled or nothing}" + f"   ({', '.join(aside)})" * bool(aside)
    right = f"{short(context.tokens)} of {short(context.budget)}"
    room = (look.width or _UNSAID) - cells(left) - cells(right)
    gap = " " * room if room >= 3 else "   "
    return (
        f"{left}{look.dim(gap + right)}"
        if look.width is None or room >= 3
        else (f"{left}\n{look.dim('  ' + right)}")
    )


def _remark(row: ReceiptRow, replaces: str | None, look: Look) -> str:
    """What the reader should know of the row before believing it."""
    if row.excerpt is None or row.reason in _FOUND:
        return _standing(row, replaces, look) or one_line(row.why, 24)
    return ", ".join(filter(None, ("a part of it", _standing(row, replaces, look))))


def _standing(row: ReceiptRow, replaces: str | None, look: Look) -> str:
    """What became of the entry since, whose it is, and how old a pin is."""
    when = datetime.fromisoformat(row.created)
    if row.superseded_by:
        return f"{look.age(when)}, see {row.superseded_by}"
    if replaces:
        return f"replaces {replaces}"
    if row.kind == "answer" or row.who == "model":
        return "said by a model"
    return look.age(when) if row.reason is Reason.PIN else ""


def why_view(answer: Entry, context: Context, citations: Sequence[Citation], look: Look) -> str:
    """Where an answer comes from: everything replayed with its reason, what it cites, the rest."""
    size = f"{short(context.tokens)} of {short(context.budget)} tokens"
    about = f"{who(answer.actor, look)} · {look.moment(answer.created).strip()} · {size}"
    parts = [
        wrapped(f"{look.style('cyan', answer.handle)}  {about}", look.width, "  "),
        _listing("replayed", [_reason(row, look) for row in context.receipt], look),
        _listing("cited", [_claim(one, answer.text, look) for one in citations], look),
        _listing("left out", left_out(context.left_out, context.left_out_count, look), look),
    ]
    if context.withheld:
        parts.append(f"withheld: {context.withheld} private")
    parts += [f"withheld: {one.entries} of {one_line(one.source)}" for one in context.no_consent]
    return "\n\n".join(part for part in parts if part)


def _listing(title: str, lines: Sequence[str], look: Look) -> str:
    return "\n".join((look.bold(title), *lines)) if lines else ""


def _reason(row: ReceiptRow, look: Look) -> str:
    score = f" {row.score:z.2f}" if row.score is not None else ""
    reason = f"{row.reason}{score}: {one_line(row.why)}" if row.why else f"{row.reason}{score}"
    width = max((look.width or _UNSAID) - 4, 20)
    size = f"{short(row.tokens)} token{'s' * (row.tokens != 1)}"
    first = (
        f"  {look.style('cyan', row.handle)}  {who(row.who, look)}  "
        f"{look.dim(f'{reason} · {size}')}"
    )
    words = quoted(row.excerpt or row.text, width if look.tty else None)
    return f"{wrapped(first, look.width, '    ')}\n    {words}"


def _claim(citation: Citation, text: str, look: Look) -> str:
    begin = text.rfind("\n", 0, citation.start) + 1
    # The words before a citation are its claim; the last sentence of them is enough.
    begin = max(begin, text.rfind(". ", begin, citation.start) + 1)
    said = text[begin : citation.start].rstrip(" [(").lstrip(" -•*")
    claim = one_line(said, max((look.width or _UNSAID) - 24, 20))
    verdict = "" if citation.verdict == "known" else f"  {citation.verdict}"
    handle = look.style("cyan", one_line(citation.handle))
    return f"  {handle}{look.style('red', verdict)}  {claim}"


def left_out(left: Sequence[LeftOut], count: int, look: Look) -> list[str]:
    """A line for each entry that was left out, with why, and how many more there were."""
    lines = [
        wrapped(
            f"  {look.style('cyan', one.handle)}  {look.dim(one_line(one.why))}", look.width, "    "
        )
        for one in left
    ]
    more = count - len(left)
    return lines + ([look.dim(f"  and {more} more")] if more > 0 else [])
