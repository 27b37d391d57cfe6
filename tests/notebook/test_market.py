"""Market text: tickers, cashtags, figures, versions and identifiers mean what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from notebook.hands import Scripted

from ledgernote.config import Settings
from ledgernote.notebook.find import find
from ledgernote.notebook.hits import Wanted
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Question, preview

NOISE = (
    "they are all waiting and it is on again",
    "don't sell the t-bills, it's only 25 of 100",
    "f is a function of all that they are",
    "the version is 1 of 2 or 3, get the max of tokens",
    "now or never: so it goes on and on",
    "up 0.75 points and 75 basis points, 4 of 25",
    "book b of the brk papers, vitamin c and more",
    "and the s and p of it, the r and d of it",
    "are on it now all",
    "t f it on are all",
)
SAID = {
    "ARE": "ARE trades at 62 against other landlords",
    "ON": "ON guided its margin down",
    "IT": "IT budgets fall this autumn",
    "NOW": "NOW beat and raised",
    "$T": "$T cut its dividend",
    "F": "F recalls trucks",
    "ALL": "ALL raised its premiums",
    "BRK.B": "BRK.B bought back stock",
    "S&P": "S&P closed lower",
    "R&D": "R&D was cut by a tenth",
    "-0.75%": "CPI came at -0.75% on the month",
    "+25bp": "the curve moved +25bp",
    "2s10s": "2s10s steepened again",
    "4.25%": "ten years at 4.25%",
    "$3bn": "a $3bn buyback",
    "6,012.45": "it closed at 6,012.45",
    "v1.2.3": "v1.2.3 broke the model",
    "get_max_tokens": "get_max_tokens is wrong by one",
    "TSLA-2027": "TSLA-2027 trades at 98.5",
    "c++": "c++ code of the desk",
    "#1": "the #1 risk is refinancing",
}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    """A notebook where each of SAID stands once, long ago, below 2,500 lines of noise."""
    folder: Path = tmp_path_factory.mktemp("market")
    settings = Settings(
        ledger=folder / "l.db", state=folder / "state", config=folder / "c.toml", actor="ann"
    )
    notebook = Notebook.open(settings, create=True, say=lambda _: None)
    notebook.notes([NewNote(text=text) for text in SAID.values()])
    notebook.notes([NewNote(text=f"{NOISE[at % len(NOISE)]} {at}") for at in range(2_500)])
    yield notebook
    notebook.close()


@pytest.mark.parametrize("typed", SAID)
def test_what_is_typed_in_a_special_form_is_found_first(market: Notebook, typed: str) -> None:
    found = find(market, Wanted(text=typed))

    assert found.hits[0].entry.text == SAID[typed]


@pytest.mark.parametrize("typed", ["ARE", "ON", "IT", "NOW", "$T", "F", "ALL"])
def test_the_first_is_the_only_one_that_scores_as_such(market: Notebook, typed: str) -> None:
    first, second = find(market, Wanted(text=typed)).hits[:2]

    assert first.score > 1.5 * second.score


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        ("is ARE cheap?", "ARE"),
        ("what did ON say of its margin", "ON"),
        ("how is IT doing?", "IT"),
        ("did NOW beat?", "NOW"),
        ("what of $T", "$T"),
        ("is F a buy", "F"),
        ("what happened to BRK.B", "BRK.B"),
        ("why was it -0.75%?", "-0.75%"),
        ("who calls get_max_tokens", "get_max_tokens"),
        ("and TSLA-2027?", "TSLA-2027"),
    ],
)
def test_a_question_about_it_recalls_it(market: Notebook, asked: str, typed: str) -> None:
    context = preview(market, Question(text=asked, replay=200), Scripted())

    assert SAID[typed] in "\n".join(message.content for message in context.messages)


@pytest.mark.parametrize("typed", ["are", "on", "it", "all"])
def test_in_lower_case_they_are_words_like_others(market: Notebook, typed: str) -> None:
    first, second = find(market, Wanted(text=typed)).hits[:2]

    assert first.score < 1.5 * second.score


def test_a_minus_before_a_figure_is_a_sign_and_before_a_word_leaves_it_out(
    market: Notebook,
) -> None:
    assert find(market, Wanted(text="-0.75%")).hits
    texts = [hit.entry.text for hit in find(market, Wanted(text="cut -dividend", number=0)).hits]

    assert texts == [SAID["R&D"]]
