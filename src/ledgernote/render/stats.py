"""What was kept and spent, drawn: a table with bars for each group, a line for the days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ledgernote.domain.spent import Spent, total
from ledgernote.render.escape import cells, one_line, padded
from ledgernote.render.look import Look
from ledgernote.render.receipts import short

SHOWN = 6
"""Rows of a group where none was asked for."""
_BAR = 16
_NARROW = 60
_HEIGHTS = "▁▂▃▄▅▆▇█"


def stats_view(groups: Mapping[str, Sequence[Spent]], look: Look, today: date) -> str:
    """All groups in short: the first rows of each, the newest months, a line for the days."""
    parts = [_days(groups["day"], look, today)]
    for by, rows in groups.items():
        if by == "day":
            continue
        shown = rows[-SHOWN:] if by == "month" else rows[:SHOWN]
        hint = f" · {len(rows) - len(shown)} more: --by {by}" if len(rows) > len(shown) else ""
        parts.append(group_view(by, shown, look) + look.dim(hint and f"\n{hint}"))
    return "\n\n".join(parts)


def group_view(by: str, rows: Sequence[Spent], look: Look) -> str:
    """One group as a table; its bars are of the cost, or of tokens where no price is known."""
    width = look.width or 100
    bar = 0 if width < _NARROW else _BAR
    room = max(min(width - bar - 50, 40), 12)
    longest = max([cells(_name(row)) for row in rows] + [cells(by)])
    room = min(room, longest)
    head = f"{padded(by, room)}  entries  answers      in     out        cost"
    largest = max((_measure(row, rows) for row in rows), default=0.0)
    lines = [look.bold(head)]
    for row in rows:
        drawn = _drawn(_measure(row, rows), largest, bar)
        line = f"{padded(one_line(_name(row), room), room)}  {row.entries:7,}  {row.answers:7,}"
        line += f"  {short(row.tokens_in):>6}  {short(row.tokens_out):>6}  {_cost(row):>10}"
        lines.append(f"{line}  {look.style('cyan', drawn)}".rstrip())
    return "\n".join(lines)


def _name(row: Spent) -> str:
    return f"{row.name} {row.title}" if row.title else row.name


def _measure(row: Spent, rows: Sequence[Spent]) -> float:
    if any(one.cost for one in rows):
        return row.cost
    return float(row.tokens_in + row.tokens_out or row.entries)


def _drawn(value: float, largest: float, width: int) -> str:
    return "█" * max(round(value / largest * width), 1) if value and largest and width else ""


def _cost(row: Spent) -> str:
    """`$3.21`; `$3.21 + ?` where the price of some is unknown."""
    if not (row.answers or row.cost):  # what failed may have cost something
        return ""
    unknown = "?" * (row.priced < row.answers)
    return " + ".join(
        part for part in (row.dollars * bool(row.priced or row.cost), unknown) if part
    )


def _days(rows: Sequence[Spent], look: Look, today: date) -> str:
    """A height for each of the last days, what was kept and spent in all."""
    number = max(min((look.width or 100) - 12, 60), 10)
    first = today - timedelta(days=number - 1)
    by_day = {row.name: row for row in rows}
    kept = [
        by_day.get((first + timedelta(days=day)).isoformat(), Spent(name="")).entries
        for day in range(number)
    ]
    most = max([*kept, 1])
    line = "".join(" " if not n else _HEIGHTS[(n * 7 + most - 1) // most] for n in kept)
    whole = total("", rows)
    answers = f"{whole.answers:,} answer{'s' * (whole.answers != 1)}"
    told = f"{whole.entries:,} entr{'y' if whole.entries == 1 else 'ies'}, {answers}"
    since = f" since {rows[0].name}" if rows else ""
    return f"{told}{since}\n{look.style('cyan', line)}  {look.dim(f'{number} days')}"
