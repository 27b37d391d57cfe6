"""The part of a long text that is shown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledgernote.models.counter import count
from ledgernote.replay.excerpt import HIGH, LOW, excerpt
from ledgernote.replay.roots import finder, matched, root

FILLER = "The committee met again and had nothing new to say about it. " * 40


def test_an_excerpt_holds_the_words_that_were_asked_for() -> None:
    text = FILLER + "Payrolls surprised everyone in March. " + FILLER

    start, end = excerpt(text, ("payrolls", "march"), count)

    assert "Payrolls surprised everyone in March." in text[start:end]
    assert LOW <= count(text[start:end]) <= HIGH


def test_a_rare_word_outweighs_a_frequent_one() -> None:
    text = "Rates fell. Rates rose. " * 60 + FILLER + "Payrolls beat. " + FILLER

    start, end = excerpt(text, ("rates", "payrolls"), count)

    assert "Payrolls beat." in text[start:end]


def test_an_excerpt_is_made_of_whole_sentences() -> None:
    text = FILLER + "Payrolls surprised everyone in March. " + FILLER

    start, end = excerpt(text, ("payrolls",), count)

    assert text[start:end].startswith("The committee")
    assert text[start:end].endswith((".", "."))


def test_without_a_match_the_beginning_is_shown() -> None:
    assert excerpt(FILLER, ("zebra",), count)[0] == 0


@given(
    st.lists(
        st.sampled_from(["rates ", "fell. ", "\n\n", "- item\n", "無利息。", "x" * 300, "`", "\t"]),
        max_size=400,
    ).map("".join),
)
def test_an_excerpt_of_any_text_is_long_enough_and_not_too_long(text: str) -> None:
    start, end = excerpt(text, ("rates", "item"), count)

    assert 0 <= start <= end <= len(text)
    shown = count(text[start:end])
    assert shown >= min(LOW, count(text.strip()))
    assert shown <= HIGH + 40 or not text.strip()


@pytest.mark.parametrize("most", [400, 1_000, 2_000])
def test_an_excerpt_takes_as_much_room_as_it_is_given(most: int) -> None:
    text = FILLER * 5 + "Payrolls surprised everyone in March. " + FILLER * 5

    start, end = excerpt(text, ("payrolls",), count, most)

    assert most - 60 <= count(text[start:end]) <= most
    assert "Payrolls surprised" in text[start:end]


@given(st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=500).map(" ".join))
def test_no_word_is_cut(text: str) -> None:
    start, end = excerpt(text, (), count)

    assert start == 0 or text[start - 1].isspace()
    assert end == len(text) or text[end].isspace()


@pytest.mark.parametrize("word", ["plans", "planned", "planning", "plan", "plan's"])
def test_endings_do_not_matter(word: str) -> None:
    assert root(word) == "plan"


@pytest.mark.parametrize("figure", ["5000", "100", "h100", "1999", "114800"])
def test_a_figure_stands_as_it_is(figure: str) -> None:
    assert matched((figure,), f"the {figure}, not {figure[:-1]}.") == (figure,)
    assert matched((figure,), f"only {figure[:-1]}.") == ()


def test_words_are_found_whole_and_in_any_ending() -> None:
    find = finder(("planning", "c++", "art"))

    assert find("He planned it. Plans! c++ or C++? an article, ART") == [
        "plan", "plan", "c++", "c++", "art",
    ]  # fmt: skip
    assert matched(("rate", "cut", "zebra"), "Rates were cut") == ("rates", "cut")


def test_a_short_word_is_not_the_beginning_of_another() -> None:
    assert matched(("go", "eu"), "gold is good, EUR") == ()
    text = "going, planned, grown, delays"
    assert ", ".join(matched(("go", "plan", "grow", "delay"), text)) == text


@pytest.mark.parametrize(("word", "text"), [("jose", "José signed"), ("josé", "Jose signed")])
def test_a_word_stands_in_a_text_accents_aside(word: str, text: str) -> None:
    assert matched((word,), text) == (word,)
    assert matched((word,), "Josefine signed") == ()


@pytest.mark.parametrize(
    ("word", "text"), [("πληθωρισμος", "Ο πληθωρισμός"), ("заём", "ЗАЕМ"), ("weiss", "Herr Weiß")]
)
def test_the_accents_of_any_script_are_left_aside(word: str, text: str) -> None:
    assert matched((word,), text) == (word,)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("cares", "My car was parked, like all cars."),
        ("bites", "It bit the dog."),
        ("capes", "Cap it."),
        ("hopes", "Hop on, he hopped."),
        ("rates", "A rat."),
        ("rating", "Rats."),
        ("notes", "It is not so."),
        ("planes", "The plan, as planned."),
    ],
)
def test_a_word_that_ends_in_e_is_no_form_of_one_without_it(word: str, text: str) -> None:
    assert matched((word,), text) == ()
    assert finder((word,))(text) == []


@pytest.mark.parametrize(
    "words", ["note notes noted noting", "bite bites biting", "rate rates rated rating"]
)
def test_the_forms_of_a_word_that_ends_in_e_are_one(words: str) -> None:
    one, *others = words.split()

    assert {root(each) for each in others} == {root(one)}
    assert all(finder((each,))(words) == [one] * (len(others) + 1) for each in (one, *others))


_ENDS = ("e", "ed", "eed", "eer", "eers", "ely", "er", "es", "ey", "ied", "ing", "ly", "s", "y")


@given(st.builds("{}{}".format, st.text("aeiourdnmt", min_size=2), st.sampled_from(_ENDS)))
@example("money")
@example("career")
def test_a_word_stands_where_it_stands(word: str) -> None:
    assert finder((word,))(word) == [root(word)]
    assert matched((word,), word) == (word,)
