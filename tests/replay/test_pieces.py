"""What a word is made of, where the whole of it is nowhere."""

from __future__ import annotations

import pytest

from ledgernote.replay.pieces import parts, units


@pytest.mark.parametrize(
    ("word", "made_of"),
    [
        ("TSLA-2027", ["TSLA", "2027"]),
        ("d/patches/to-the-x", ["patches"]),
        ("ARE/on", ["ARE"]),
        ("x-c", ["x", "c"]),
        ("the-of", ["the", "of"]),
    ],
)
def test_letters_and_stop_words_are_parts_of_a_word_only_where_it_has_no_others(
    word: str, made_of: list[str]
) -> None:
    assert parts(word) == made_of


def test_a_figure_and_its_unit_are_written_as_one_word_or_as_two() -> None:
    assert units(["hike", "25", "bp"]) == ("25bp",)
    assert units(["hike", "25bp"]) == ("25 bp",)
    assert units(["25", "bp", "50", "bp"]) == ("25bp", "50bp")
    assert units(["spread", "-18", "bp"]) == ("-18bp",)
    assert units(["−18bp"]) == ("−18 bp",)
    assert units(["the", "18th", "q3", "2026"]) == ()
