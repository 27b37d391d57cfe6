"""A context as a person looks it over: a bar for each part of it, its entries below."""

from __future__ import annotations

from itertools import groupby

from ledgernote.domain.turns import Context, Reason, ReceiptRow
from ledgernote.render.escape import one_line, padded
from ledgernote.render.look import Look
from ledgernote.render.receipts import head, kept_back, left_out, short, table

_PART = {
    Reason.PIN: "pins",
    Reason.SUMMARY: "summary",
    Reason.RECENT: "thread",
    Reason.MATCH: "recalled",
    Reason.NEAR: "recalled",
    Reason.GIVEN: "brought along",
    Reason.USED: "brought along",
}
_PARTS = tuple(dict.fromkeys(_PART.values()))
_REST = "question, frame"
_BAR = 24
"""Columns of a bar as long as the budget."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def context_view(context: Context, look: Look) -> str:
    """All of a context by its parts, in the order in which they begin, and what was left out.

    What the rows do not count is the question, the system text and what is put around the words.
    """
    lines = [head(context, look), *kept_back(context, look)]
    by_part = groupby(sorted(context.receipt, key=_place), key=_part)
    for name, rows in by_part:
        own = list(rows)
        lines.append(_bar(name, sum(row.tokens for row in own), context.budget, look))
        lines += table(own, look, first=_tokens)
    rest = context.tokens - sum(row.tokens for row in context.receipt)
    lines.append(_bar(_REST, max(rest, 0), context.budget, look))
    if context.left_out:
        lines.append(look.bold("left out"))
        lines += left_out(context.left_out, context.left_out_count, look)
    return "\n".join(lines)


def _part(row: ReceiptRow) -> str:
    return _PART[row.reason]


def _place(row: ReceiptRow) -> int:
    return _PARTS.index(_part(row))


def _tokens(row: ReceiptRow) -> str:
    return f"{short(row.tokens):>6}"


def _bar(name: str, tokens: int, budget: int, look: Look) -> str:
    eighths = min(-(-tokens * _BAR * 8 // max(budget, 1)), _BAR * 8)
    drawn = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    title = look.bold(padded(one_line(name), max(map(len, (*_PARTS, _REST)))))
    return f"{title} {short(tokens):>6}  {look.style('cyan', drawn)}".rstrip()
