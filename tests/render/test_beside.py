"""Several answers to one question on one screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from render.made import NOW, Heard, kept, screen

from ledgernote.domain.errors import ModelError
from ledgernote.domain.turns import Kept, Replayed, TurnEvent
from ledgernote.render.beside import answers_view, paint_together


def said(model: str, text: str) -> Kept:
    one = kept(text)
    return replace(one, context=replace(one.context, model=model))


def test_answers_stand_in_columns_where_there_is_room() -> None:
    lines = answers_view([said("a", "yes"), said("b", "no")], screen(100)).splitlines()

    assert lines[0].split()[0] == "a"
    assert lines[0].index("b") == 51
    assert lines[2] == "yes" + " " * 48 + "no"
    assert max(map(len, lines)) <= 100


def test_answers_follow_each_other_on_a_narrow_screen() -> None:
    view = answers_view([said("a", "yes"), said("b", "no")], screen(80))

    assert view.index("yes") < view.index("\nb")
    assert max(map(len, view.splitlines())) <= 80


def test_wide_characters_keep_the_columns_apart() -> None:
    lines = answers_view([said("a", "金利は高い"), said("b", "no")], screen(100)).splitlines()

    assert lines[2] == "金利は高い" + " " * (48 - 10 + 3) + "no"


def test_why_a_model_did_not_answer_stands_in_its_column() -> None:
    failed = replace(said("b", ""), error=ModelError("b is down"))

    assert "b is down" in answers_view([said("a", "yes"), failed], screen(100))


def turn() -> Iterator[TurnEvent]:
    for one in (said("openai/gpt-5", "yes"), said("anthropic/sonnet", "no")):
        yield Replayed(context=one.context)
        time.sleep(0.4)
        yield one


def test_while_one_is_waited_for_it_is_said_who_has_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    out = Heard(tty=True)

    paint_together(turn(), out, models=2, now=NOW)

    assert "gpt-5 done · sonnet · 0." in out.said


def test_what_stands_one_after_the_other_is_shown_as_soon_as_it_has_come() -> None:
    out = Heard(tty=True)
    seen: list[str] = []

    def told() -> Iterator[TurnEvent]:
        for event in turn():
            yield event
            seen.append(out.data_written.decode())

    paint_together(told(), out, models=2, now=NOW)

    assert "yes" in seen[1]
    assert "no" not in seen[1]
    assert seen[3].count("yes") == seen[3].count("\n\nno") == 1
