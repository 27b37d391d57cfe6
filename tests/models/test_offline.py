"""The model that needs no key: what it quotes, and what it says when it cannot."""

from __future__ import annotations

import pytest

from ledgernote.domain.entries import EntryId, EventId
from ledgernote.domain.turns import Context, Message, Piece, Reason, ReceiptRow, Usage
from ledgernote.models.offline import NOTHING, Offline

MATERIAL = "Revenue was 4.1 bn, up 7 %. Margin fell to 22 %. Debt is flat. The rest is detail."


def row(
    text: str,
    handle: str = "k3f9a",
    *,
    kind: str = "note",
    who: str = "you",
    reason: Reason = Reason.MATCH,
    superseded_by: str | None = None,
    score: float = 1.0,
) -> ReceiptRow:
    return ReceiptRow(
        entry=EntryId(bytes(16)),
        handle=handle,
        ref=None,
        kind=kind,
        who=who,
        created="2026-06-12T02:10:00+02:00",
        reason=reason,
        why="",
        score=score,
        tokens=9,
        excerpt=None,
        text=text,
        revision=EventId(bytes(16)),
        superseded_by=superseded_by,
    )


def context(question: str, *rows: ReceiptRow) -> Context:
    fenced = "Recalled, quoted:\n````\n[@k3f9a you] ...\n````\n\n" + question
    return Context(
        model="offline",
        budget=16_000,
        tokens=321,
        messages=(Message(role="system", content="s"), Message(role="user", content=fenced)),
        receipt=rows,
        left_out=(),
        left_out_count=0,
    )


def ask(question: str, *rows: ReceiptRow) -> str:
    events = Offline().stream(context(question, *rows))
    return "".join(event.text for event in events if isinstance(event, Piece))


HOME = row("Anna lives in Lisbon since March. She has two cats, Miso and Udon.", "d7h0t")
DENTIST = row("The dentist is on 14 May at 09:30. Bring the old X-rays.", "w2c4d")
COLOUR = row("The kitchen wall is to be painted a warm grey.", "p9x2e")


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("When is my dentist appointment?", "- The dentist is on 14 May at 09:30. [@w2c4d]"),
        ("How many cats does Anna have?", "- She has two cats, Miso and Udon. [@d7h0t]"),
        ("where does anna live", "- Anna lives in Lisbon since March. [@d7h0t]"),
        ("what colour for painting the kitchen walls?", f"- {COLOUR.text} [@p9x2e]"),
    ],
)
def test_the_best_sentence_comes_first_word_for_word_with_its_handle(
    question: str, first: str
) -> None:
    said = ask(question, COLOUR, DENTIST, HOME)

    assert said.splitlines()[1] == first


def test_what_replay_ranks_high_comes_before_what_shares_as_many_words() -> None:
    other, asked = (
        row(f"CPI was {n}.", h, score=s)
        for n, h, s in (("2.8", "aaaaa", 0.3), ("2.4", "bbbbb", 0.9))
    )

    assert "2.4" in ask("what was CPI in May?", other, asked).splitlines()[1]


def test_each_part_of_a_question_is_answered() -> None:
    others = (
        row(f"The {word} is {n} euro.", f"aaaa{n}") for n, word in enumerate(("garage", "cat"))
    )
    rent, budget = (
        row("Rent is 1,450.", "ccccc", score=0.6),
        row("Tokyo budget: 4,200 yen.", "ddddd"),
    )

    said = ask("rent? and the Tokyo budget in yen for hotels?", *others, rent, budget)

    assert "[@ccccc]" in said
    assert "[@ddddd]" in said


def test_an_empty_notebook_is_said_plainly() -> None:
    assert ask("what is the capital of France?").startswith(NOTHING)
    assert ask("what is the capital of France?", HOME, DENTIST).startswith(NOTHING)


def test_a_greeting_is_answered_with_what_it_is_and_what_to_do() -> None:
    said = ask("hi!", HOME)

    assert said.startswith("Hello. I am the offline model")
    assert "ledgernote keys set" in said


def test_what_replaces_an_entry_stands_before_it() -> None:
    old = row("Thesis: no cut before Sept, 5.25.", "k3f9a", superseded_by="q81mm")
    new = row("A move is priced at 80 % now.", "q81mm")

    lines = ask("is my thesis on the cut still right?", old, new).splitlines()[1:]

    assert lines[0] == "- A move is priced at 80 % now. [@q81mm]"
    assert lines[1].endswith("(replaced by q81mm) [@k3f9a]")


def test_what_a_model_said_is_marked_and_ranks_behind() -> None:
    mine, theirs = row("Services inflation is turning.", "aaaaa"), "Services inflation is sticky."

    lines = ask("services inflation?", row(theirs, "bbbbb", kind="answer", who="gpt"), mine)

    assert "[@aaaaa]" in lines.splitlines()[1]
    assert f"{theirs} (said by gpt, a model) [@bbbbb]" in lines


def test_it_never_quotes_itself_nor_the_question_asked_before() -> None:
    before = row("Where does Anna live?", "aaaaa", kind="question")
    earlier = ask("where does Anna live?", row("Anna lives in Paris.", "zzzzz"))
    itself = row(earlier, "bbbbb", kind="answer", who="model")

    said = ask("where does Anna live?", before, itself, HOME)

    assert "zzzzz" in earlier
    assert "zzzzz" not in said
    assert "aaaaa" not in said
    assert "bbbbb" not in said
    assert "Lisbon" in said


def test_the_same_words_are_quoted_once() -> None:
    said = ask("anna cats", HOME, row(HOME.text, "ccccc"))

    assert said.count("Miso") == 1


def test_at_most_five_sentences_are_quoted() -> None:
    rows = [row(f"Inflation in country number{i} rose.", f"aaaa{i}") for i in range(9)]

    assert ask("inflation?", *rows).count("[@") == 5


def test_given_material_is_quoted_as_material() -> None:
    given = row(MATERIAL, "", reason=Reason.GIVEN)

    assert "- Margin fell to 22 %. (material)" in ask("what about the margin?", given)
    assert ask("sum this up", given).splitlines()[1] == "- Revenue was 4.1 bn, up 7 %. (material)"
    assert ask("who is the tallest?", given).startswith(NOTHING)


def test_a_question_about_when_gets_the_day_on_which_the_note_was_kept() -> None:
    said = ask("when did I decide on grey for the kitchen?", COLOUR)

    assert "(kept 2026-06-12) [@p9x2e]" in said


def test_other_scripts_are_searched_too() -> None:
    said = ask("降息什么时候？", row("九月降息的可能性为80%。委员会维持利率不变。", "jjjjj"))

    assert "九月降息的可能性为80%。 [@jjjjj]" in said


@pytest.mark.parametrize("question", ["", "?", "```", "\x00\ufffd", "a" * 5_000, "(((", "٣"])
def test_no_question_makes_it_fail(question: str) -> None:
    assert ask(question, HOME, row("", "aaaaa"), row("\n\n- \n", "bbbbb"))


def test_it_streams_in_pieces_says_its_usage_last_and_always_the_same() -> None:
    asked = context("where does Anna live, and her cats?", HOME, DENTIST)

    events = list(Offline().stream(asked))

    assert len(events) >= 4
    assert events == list(Offline().stream(asked))
    usage = events[-1]
    assert isinstance(usage, Usage)
    assert (usage.served_model, usage.tokens_in, usage.cost) == ("offline", 321, 0.0)
    assert usage.source == "counted"
    assert usage.tokens_out


def test_the_question_is_what_follows_the_last_fence() -> None:
    fenced = "````\nAnna lives in Rome.\n````\nwhich day is the dentist?"

    assert "dentist" in ask(fenced, HOME, DENTIST)
    assert "Lisbon" not in ask(fenced, HOME, DENTIST)
