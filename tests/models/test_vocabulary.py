"""Words one by one: what a text says of each that is asked for, in the same or in other words."""

from __future__ import annotations

import pytest

from ledgernote.models.embed import Static, static

PAY = {"salary": 1.0}


@pytest.fixture(scope="module")
def embedder() -> Static:
    found = static()
    assert found is not None, "the extra `meaning` is a part of `dev`"
    return found


def test_a_text_that_says_a_word_by_another_comes_nearer_than_one_that_does_not(
    embedder: Static,
) -> None:
    same, like, other = embedder.senses(PAY, ["Her salary rose.", "Her wages rose.", "A cat."])

    assert same == 1.0
    assert 0.3 < like < 0.9
    assert other == 0.0


def test_a_word_that_few_of_the_texts_say_tells_more(embedder: Static) -> None:
    texts = ["The heron spoke.", "The bank spoke.", *["The bank met."] * 20]

    heron, bank, *_ = embedder.senses({"heron": 1.0, "bank": 1.0}, texts)

    assert heron > 3 * bank > 0


def test_a_word_of_the_talk_before_counts_less(embedder: Static) -> None:
    texts = ["The heron came.", "A trombone came."]

    heron, trombone = embedder.senses({"heron": 1.0, "trombone": 0.4}, texts)

    assert heron > 2 * trombone > 0


def test_neither_the_order_of_many_texts_nor_what_was_asked_before_moves_a_number(
    embedder: Static,
) -> None:
    texts = [f"number {number} of wages and herons {number % 7}" for number in range(700)]

    one = embedder.senses(PAY, texts)
    other = embedder.senses(PAY, texts[::-1])[::-1]

    assert one == other
    assert len(one) == len(texts)


def test_only_the_beginning_of_a_long_text_is_compared(embedder: Static) -> None:
    soon, late = embedder.senses(PAY, ["wages " + "and " * 200, "and " * 200 + "wages"])

    assert soon > late == 0


def test_a_ticker_is_said_as_it_stands_or_not_at_all(embedder: Static) -> None:
    assert embedder.senses({"$T": 1.0}, ["$T cut its dividend", "t is a letter"]) == [1.0, 0.0]


def test_what_holds_no_word_is_near_to_nothing(embedder: Static) -> None:
    assert embedder.senses(PAY, ["", "…", "\udce9"]) == [0.0, 0.0, 0.0]
    assert embedder.senses({}, ["wages"]) == embedder.senses({"?!": 1.0}, ["wages"]) == [0.0]
    assert embedder.senses(PAY, []) == []


@pytest.mark.parametrize("word", ["ставку", "利率", "επιτόκια"])
def test_a_word_of_another_script_is_said_as_it_stands_or_not_at_all(
    embedder: Static, word: str
) -> None:
    said, other = embedder.senses({word: 1.0}, [f"… {word} …", "дождь 天气 βροχή"])

    assert (said, other) == (1.0, 0.0)


def test_what_is_asked_in_another_script_the_static_table_leaves_to_the_words(
    embedder: Static,
) -> None:
    assert embedder.understood("Fed повысил 利率 5.25%") == "Fed 5.25%"
    assert embedder.understood("inflation?") == "inflation?"
    assert not embedder.understood("0x1234 4f2a")
