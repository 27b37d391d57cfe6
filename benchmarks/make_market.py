"""Makes the sets `market` and `followups` in `data/`: a year of research on what does not exist.

    python benchmarks/make_market.py

`market` asks for figures that were revised, views that were overturned, names that are alike,
and times; what is right is the newest statement with what it replaced. `followups` asks what leans
on the talk before it. The words stand in `market/`; here is what is noted each week and month, in
the same words each time.

- `shipping.txt`, `rates.txt`: `day | who | key | words`. `note` keeps a note of the asker's, with
  `#tag`, `!` for a pin and `>key` for what it supersedes; `user` and `model` talk, anybody else
  writes notes of their own. An empty line ends a talk.
- `questions.txt`: `project | category | question | keys of all that the answer needs`.
- `talks.txt`: the same, with the talk before: `question > answer >> question > answer | …`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
TEXTS = Path(__file__).parent / "market"
PROJECTS = ("shipping", "rates")
ASKED = "2031-09-26T09:00"
"""When the questions are asked; in a talk of that day for those that lean on one."""
MONTHS = (*("January", "February", "March", "April", "May", "June", "July", "August", "September"),)
NAMES = ("Velmar Lines", "Velmar Power", "Selkie Bank", "Ostrey Chemicals", "Marrow Salmon")
FIRST = datetime.fromisoformat("2031-01-10T17:00")
FRIDAYS = [FIRST + timedelta(weeks=week) for week in range(37)]

Row = dict[str, Any]


def _note(conv: str, day: str, key: str, text: str) -> Row:
    return {"conv": conv, "date": day, "key": key, "speaker": "user", "kind": "note", "text": text}


def _series() -> Iterator[Row]:
    """A print a month, and growth of a quarter, published three times."""
    drawn = random.Random(2031)
    for number, month in enumerate(MONTHS, start=1):
        day = f"2031-{number:02}-"
        boxes, power = drawn.randrange(380, 470), drawn.randrange(1100, 1400)
        total, core = drawn.randrange(28, 39) / 10, drawn.randrange(22, 33) / 10
        moved = f"Velmar Lines moved {boxes} thousand boxes in {month}."
        made = f"Velmar Power made {power:,} gigawatt hours in {month}."
        prices = f"Brask consumer prices for {month}: {total} per cent on the year, core {core}."
        yield _note("shipping", day + "28T07:30", f"boxes-{number}", moved)
        yield _note("shipping", day + "28T07:40", f"power-{number}", made)
        yield _note("rates", day + "24T08:00", f"cpi-{number}", prices)
    for quarter, months in ((1, (4, 5, 7)), (2, (7, 8, 9))):
        growth = drawn.randrange(3, 9) / 10
        name = ("first", "second")[quarter - 1]
        for place, month in enumerate(months, start=1):
            revised = ("first release", "second release", "final")[place - 1]
            words = f"Growth of the {name} quarter, {revised}: {growth:.1f} per cent."
            yield _note("rates", f"2031-{month:02}-26T08:30", f"gdp-{quarter}-{place}", words)
            growth -= drawn.randrange(1, 4) / 10


def _weeks() -> Iterator[Row]:
    """What is noted each Friday, and answers no question: any real notebook is full of it."""
    drawn = random.Random(37)
    close = dict.fromkeys(NAMES, 60.0)
    crown = 11.0
    for friday in FRIDAYS:
        day, said = friday.isoformat("T", "minutes"), f"{friday.day} {friday:%B}"
        for name in NAMES:
            before, close[name] = close[name], close[name] * drawn.uniform(0.97, 1.035)
            change, turnover = close[name] / before * 100 - 100, drawn.randrange(20, 90) / 10
            words = f"{name} closed at {close[name]:.2f} on {said}, {change:+.1f} % on the week, "
            words += f"turnover {turnover} million shares."
            yield _note("shipping", day, "", words)
        crown += drawn.uniform(-0.06, 0.075)
        bid, rate = drawn.randrange(12, 31) / 10, drawn.randrange(505, 540) / 100
        yield _note("rates", day, "", f"Week to {said}: the crown ends at {crown:.2f} a dollar.")
        bills = f"The Bank of Brask sold bills, {bid} bids for each crown on offer."
        yield _note("rates", day, "", bills)
        yield _note("rates", day, "", f"Brask Kredit lends at {rate:.2f} for ten years this week.")


def _kept(conv: str) -> Iterator[Row]:
    """The lines of a book; each talk of it is a session."""
    for talk, block in enumerate(_text(conv).split("\n\n"), start=1):
        moment = None
        rows: list[list[str]] = []
        for line in block.splitlines():
            cells = [cell.strip() for cell in line.split("|", 3)]
            if len(cells) == 4:
                rows.append(cells)
            else:  # an answer of several lines
                rows[-1][3] += "\n" + line
        for day, who, key, text in rows:
            first = moment is None or moment.date().isoformat() != day
            begins = datetime.fromisoformat(f"{day}T09:00")
            moment = begins if first or moment is None else moment + timedelta(minutes=7)
            row = {"conv": conv, "date": moment.isoformat("T", "minutes"), "key": key, "text": text}
            yield row | _writer(who, f"talk {talk}")


def _writer(who: str, talk: str) -> Row:
    name, *marks = who.split()
    if name in ("user", "model"):
        return {"speaker": {"user": "user", "model": "assistant"}[name], "session": talk}
    return {
        "speaker": "user" if name == "note" else name,
        "kind": "note",
        "tags": [mark[1:] for mark in marks if mark[0] == "#"],
        "pinned": "project" if "!" in marks else None,
        "supersedes": next((mark[1:] for mark in marks if mark[0] == ">"), None),
    }


def _rows() -> list[Row]:
    rows = [row for conv in PROJECTS for row in _kept(conv)]
    rows += [*_series(), *_weeks()]
    rows.sort(key=lambda row: (row["conv"], row["date"]))
    for number, row in enumerate(rows):
        row["id"] = row.pop("key") or f"line-{number}"
    return rows


def _text(name: str) -> str:
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8").strip()


def _cells(name: str) -> Iterator[list[str]]:
    for line in _text(name).splitlines():
        yield [cell.strip() for cell in line.split(" | ")]


def _asked() -> Iterator[Row]:
    for number, (conv, category, question, keys) in enumerate(_cells("questions")):
        yield _query(conv, f"market-{number}", category, question, keys)


def _query(conv: str, qid: str, category: str, question: str, keys: str) -> Row:
    evidence = keys.split()
    names = {"conv": conv, "qid": qid, "category_name": category, "question": question}
    return {**names, "asked": ASKED, "evidence": evidence}


def _talks() -> Iterator[tuple[Row, list[Row]]]:
    """What is asked at the end of each talk, and the talk."""
    for number, (conv, category, talk, question, keys) in enumerate(_cells("talks")):
        session = f"follow {number}"
        turns: list[Row] = []
        for exchange in talk.replace("\\n", "\n").split(" >> "):
            for speaker, text in zip(("user", "assistant"), exchange.split(" > "), strict=True):
                moment = datetime.fromisoformat(ASKED) + timedelta(minutes=len(turns) - 10)
                turns.append(
                    {
                        "conv": conv,
                        "date": moment.isoformat("T", "minutes"),
                        "speaker": speaker,
                        "session": session,
                        "text": text,
                        "id": f"{session}:{len(turns)}",
                    }
                )
        yield _query(conv, session, category, question, keys) | {"session": session}, turns


def files() -> dict[str, str]:
    """The files by name."""
    rows, talks = _rows(), list(_talks())
    in_talks = sorted((turn for _, turns in talks for turn in turns), key=lambda turn: turn["conv"])
    found = {
        "market.turns": rows,
        "market.queries": list(_asked()),
        "followups.turns": rows + in_talks,
        "followups.queries": [query for query, _ in talks],
    }
    return {
        f"{name}.jsonl": "".join(
            json.dumps({key: value for key, value in row.items() if value}) + "\n" for row in lines
        )
        for name, lines in found.items()
    }


if __name__ == "__main__":
    for name, text in files().items():
        (DATA / name).write_text(text, encoding="utf-8")
