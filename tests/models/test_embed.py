"""The static vectors: what they take for alike, and that nothing but the words decides."""

from __future__ import annotations

import pytest

from ledgernote.ledger.nearness import cosines
from ledgernote.models.embed import Static, static


@pytest.fixture(scope="module")
def embedder() -> Static:
    found = static()
    assert found is not None, "the extra `meaning` is a part of `dev`"
    return found


def likeness(embedder: Static, one: str, other: str) -> float:
    """The cosine of two texts."""
    first, second = embedder.embed([one, other])
    return cosines([second], first)[0]


def test_what_means_nearly_the_same_is_nearer_than_what_does_not(embedder: Static) -> None:
    question = "Will the central bank lower interest rates?"

    near = likeness(embedder, question, "The Fed is expected to cut borrowing costs.")
    far = likeness(embedder, question, "My cat likes to sleep on the sofa.")

    assert near > far + 0.2


def test_a_vector_does_not_depend_on_what_was_embedded_before(embedder: Static) -> None:
    texts = [f"number {number} of some words" for number in range(50)]

    together = embedder.embed(texts)
    alone = [embedder.embed([text])[0] for text in reversed(texts)][::-1]

    assert together == alone


def test_every_text_with_words_has_a_vector_of_the_same_length(embedder: Static) -> None:
    bodies = embedder.embed(["5.25", "a" * 5_000, "caf\udce9", "crème brûlée – 3 €"])

    assert {len(body) for body in bodies} == {embedder.dimensions}


@pytest.mark.parametrize(
    "text", ["", " \n", "…", "日本語", "今天去了上海 OK", "ЦБ поднял ставку до 16 %", "155円"]
)
def test_what_holds_hardly_a_word_that_the_table_knows_has_none(
    text: str, embedder: Static
) -> None:
    assert embedder.embed([text]) == [b""]


def test_of_a_mixed_text_the_words_count_that_the_table_knows(embedder: Static) -> None:
    mixed, bare = embedder.embed(["ECB会议 holds interest rates", "ECB holds interest rates"])

    assert mixed == bare != b""


def test_more_words_than_are_remembered_change_no_vector(embedder: Static) -> None:
    many = " ".join(f"w{number:05}" for number in range(40_000))
    before = embedder.embed(["the heron stands still"])

    for at in range(0, len(many), 15_000):
        embedder.embed([many[at : at + 15_000]])

    assert embedder.embed(["the heron stands still"]) == before


def test_a_text_of_more_words_than_are_remembered_has_a_vector(embedder: Static) -> None:
    words = [f"w{number:05}" for number in range(40_000)]

    (many,) = embedder.embed([" ".join(words)])

    assert cosines([many], embedder.embed([" ".join(words[:9_000])])[0]) > [0.9]
