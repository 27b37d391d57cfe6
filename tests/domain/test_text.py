"""Words for amounts; words without accents."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from ledgernote.domain.text import dollars, folded


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0.0, "$0.00"),
        (0.0001, "$0.0001"),
        (0.000234, "$0.00023"),
        (0.01, "$0.01"),
        (0.034, "$0.034"),
        (0.6, "$0.60"),
        (1.499, "$1.50"),
        (20.0, "$20.00"),
    ],
)
def test_a_small_amount_shows_the_figures_that_tell(amount: float, shown: str) -> None:
    assert dollars(amount) == shown


@pytest.mark.parametrize(
    "word",
    [
        *("café", "CAFÉ", "cafe\u0301", "Ångström", "Straße", "Nguyễn", "Łódź", "İzmir"),
        *("займ", "Київ", "ёлка", "πληθωρισμό", "ΆΛΦΑ", "آخر", "금리", "ガス", "ﬁ", "１２"),
    ],
)
def test_a_folded_word_is_what_the_index_of_words_holds(word: str) -> None:
    with closing(sqlite3.connect(":memory:")) as index:
        options = "tokenize = 'unicode61 remove_diacritics 2'"
        index.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, {options})")
        index.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, row)")
        index.execute("INSERT INTO texts VALUES (?)", (word,))
        held = [row[0] for row in index.execute("SELECT term FROM words")]

    assert folded(word) in held
