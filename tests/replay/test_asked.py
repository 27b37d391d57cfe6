"""What a question asks about."""

from __future__ import annotations

import pytest
from replay.builders import Book

from ledgernote.replay.asked import ANYWHERE, asked, own_words


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("did they price 5 bp?", "they price 25bp", set()),
        ("did they price 5 bp?", "they price 5bps", {"5bp"}),
        ("who swims 50m?", "she swims 150 meters, and 50 metres of it", set()),
        ("was it 25 bp or 50 bp?", "50bp it was, of 25bp", {"25bp", "50bp"}),
    ],
)
def test_a_figure_and_its_unit_count_as_one_word_only_where_a_text_has_that_word(
    question: str, text: str, held: set[str]
) -> None:
    apart = asked(question, [Book().keep(text)], ANYWHERE)

    others = {"5bp", "50 m", "25bp", "50bp"}
    assert others & set(apart.weights) == held


def test_each_figure_is_looked_for_with_its_unit() -> None:
    assert own_words("was it 25 bp or 50 bp?") == ("25", "bp", "50", "25bp", "50bp")
