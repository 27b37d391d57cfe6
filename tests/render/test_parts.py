"""A context by its parts."""

from __future__ import annotations

from dataclasses import replace

from render.made import context, row, screen

from ledgernote.domain.turns import LeftOut, Reason
from ledgernote.render.parts import context_view


def test_each_part_has_a_bar_and_its_entries_with_their_tokens() -> None:
    rows = (
        row(handle="k3f9a", reason=Reason.PIN, tokens=400),
        row(handle="w2c4d", reason=Reason.RECENT, tokens=4000),
        row(handle="q81mm", reason=Reason.MATCH, tokens=80),
    )
    made = replace(context(*rows), tokens=5000, budget=8000)

    lines = context_view(made, screen(100)).splitlines()

    assert lines[0].startswith("recalled 2   (1 of this thread)")
    assert [line.split()[0] for line in lines if not line.startswith(" ")][1:] == [
        "pins",
        "thread",
        "recalled",
        "question,",
    ]
    assert next(line for line in lines if line.startswith("thread")).endswith("4k  ████████████")
    assert any(line.split()[:2] == ["400", "k3f9a"] for line in lines)
    assert lines[-1].split()[2] == "520"


def test_what_was_left_out_stands_below_with_why() -> None:
    made = replace(
        context(row()),
        left_out=(LeftOut(handle="zzzzz", why="no room"),),
        left_out_count=3,
    )

    view = context_view(made, screen(80))

    assert "zzzzz  no room" in view
    assert "and 2 more" in view
