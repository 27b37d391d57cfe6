"""Several answers to one question on one screen."""

from __future__ import annotations

from dataclasses import replace

from render.made import kept, screen

from ledgernote.domain.errors import ModelError
from ledgernote.domain.turns import Kept
from ledgernote.render.beside import answers_view


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
