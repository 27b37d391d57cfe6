"""The model that needs no key: what it quotes, and what it says when it cannot."""

from __future__ import annotations

import pytest

from ledgernote.domain.entries import EntryId, EventId
from ledgernote.domain.quoted import NOTHING
from ledgernote.domain.turns import Context, Message, Piece, Reason, ReceiptRow, Usage
from ledgernote.models.offline import Offline, question_of

MATERIAL = "Revenue was 4.1 bn, up 7 %. Margin fell to 22 %. Debt is flat. The rest is detail."


def row(text: str, handle: str = "k3f9a", rank: int | None = 0, **fields: object) -> ReceiptRow:
    given: dict[str, object] = {
        "entry": EntryId(bytes(16)),
        "handle": handle,
        "ref": None,
        "kind": "note",
        "who": "you",
        "created": "2026-06-12T02:10:00+02:00",
        "reason": Reason.MATCH,
        "why": "",
        "score": 1.0,
        "tokens": 9,
        "excerpt": None,
        "text": text,
        "revision": EventId(bytes(16)),
        "rank": rank,
    }
    return ReceiptRow(**(given | fields))  # type: ignore[arg-type]


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
DENTIST = row("The dentist is on 14 May at 09:30. Bring the old X-rays.", "w2c4d", 1)
COLOUR = row("The kitchen wall is to be painted a warm grey.", "p9x2e", 2)


def test_what_was_recalled_is_quoted_word_for_word_as_it_was_ranked_with_its_handle() -> None:
    said = ask("what happened in May?", COLOUR, DENTIST, HOME)

    assert said.splitlines()[1:] == [
        "- Anna lives in Lisbon since March. She has two cats, Miso and Udon. [@d7h0t]",
        "- The dentist is on 14 May at 09:30. Bring the old X-rays. [@w2c4d]",
        "- The kitchen wall is to be painted a warm grey. [@p9x2e]",
    ]


def test_what_stands_from_before_and_was_ranked_is_quoted_all_else_of_it_is_not() -> None:
    rent = row("Rent is 1,450.", "aaaaa", before=True)
    other = row("The cat is ill.", "bbbbb", rank=None, before=True)

    said = ask("and when is it due?", rent, other)

    assert "[@aaaaa]" in said
    assert "[@bbbbb]" not in said


def test_of_two_that_were_ranked_alike_the_words_recalled_now_are_quoted() -> None:
    then, now = row("Rent is 1,450.", before=True), row("Rent is 1,500.")

    said = ask("what is the rent?", then, now)

    assert "1,500" in said
    assert "1,450" not in said


def test_of_a_long_entry_what_follows_from_its_best_sentence_on_is_quoted() -> None:
    filler = "Nothing of note was said in this part of the long meeting of that day. " * 5

    said = ask("what about the margin?", row(f"{filler}The margin fell to 22 %. {filler}"))

    assert said.splitlines()[1].startswith("- … The margin fell to 22 %. Nothing of note")
    assert said.endswith(" … [@k3f9a]")


def test_an_empty_notebook_is_said_plainly() -> None:
    there = row("Anna lives in Lisbon.", rank=None, reason=Reason.RECENT, before=True)

    assert ask("what is the capital of France?").startswith(NOTHING)
    assert ask("what is the capital of France?", there).startswith(NOTHING)


@pytest.mark.parametrize("greeting", ["hi!", "good evening", "thank you very much"])
def test_a_greeting_is_answered_with_what_it_is_and_what_to_do(greeting: str) -> None:
    said = ask(greeting, HOME)

    assert said.startswith("Hello. I am the offline model")
    assert "ledgernote keys set" in said


@pytest.mark.parametrize("question", ["who said what?", "what did Will say?", "and why?"])
def test_a_question_is_no_greeting(question: str) -> None:
    assert ask(question).startswith(NOTHING)


def test_what_replaces_an_entry_stands_before_it() -> None:
    old = row("Thesis: no cut before Sept, 5.25.", "k3f9a", superseded_by="q81mm")
    new = row("A move is priced at 80 % now.", "q81mm", rank=None)

    lines = ask("is my thesis on the cut still right?", old, new).splitlines()[1:]

    assert lines[0] == "- A move is priced at 80 % now. [@q81mm]"
    assert lines[1].endswith("(replaced by q81mm) [@k3f9a]")


def test_a_quote_says_who_wrote_it_where_that_was_not_the_asker() -> None:
    mine = row("Services inflation is turning.", "aaaaa")
    theirs = row("It is sticky.", "bbbbb", 1, kind="answer", who="model")
    rose = row("It is high.", "ccccc", 2, who="Rose")

    said = ask("services inflation?", mine, theirs, rose)

    assert "- Services inflation is turning. [@aaaaa]" in said
    assert "- It is sticky. (said by a model) [@bbbbb]" in said
    assert "- It is high. (by Rose) [@ccccc]" in said


def test_the_question_asked_before_is_not_quoted_beside_what_tells_something() -> None:
    before = row("where does Anna live", "aaaaa", kind="question")

    said = ask("where does Anna live?", before, row(HOME.text, HOME.handle, 1))

    assert "aaaaa" not in said
    assert "Lisbon" in said


def test_where_only_the_question_asked_before_was_recalled_it_is_quoted() -> None:
    said = ask("where does Anna live?", row("Where does Anna live?", "aaaaa", kind="question"))

    assert "- Where does Anna live? (asked before) [@aaaaa]" in said


def test_what_was_said_along_with_a_question_is_quoted_without_it() -> None:
    told = row("My flight is on 3 May. What shall I pack?", "aaaaa", kind="question")

    assert "- My flight is on 3 May. [@aaaaa]" in ask("when do I fly?", told)


def test_the_same_words_are_quoted_once_but_other_figures_are_other_words() -> None:
    rows = (row(f"CPI was {n} in May.", f"aaaa{at}", at) for at, n in enumerate((2.4, 2.4, 2.8)))

    said = ask("what was CPI?", *rows)

    assert said.count("2.4") == 1
    assert said.count("2.8") == 1


def test_each_entry_is_quoted_before_a_second_part_of_any() -> None:
    parts = [row(f"The report says {at}.", "aaaaa", at) for at in range(6)]
    said = ask("what does it say?", *parts, row("Rose says no.", "bbbbb", 6)).splitlines()

    assert said[1:3] == ["- The report says 0. [@aaaaa]", "- Rose says no. [@bbbbb]"]
    assert len(said) == 6


def test_at_most_five_entries_are_quoted() -> None:
    rows = [row(f"Inflation in country number{i} rose.", f"aaaa{i}", i) for i in range(9)]

    assert ask("inflation?", *rows).count("[@") == 5


def test_given_material_is_quoted_as_material() -> None:
    given = row(MATERIAL, "", None, reason=Reason.GIVEN)

    assert "- Margin fell to 22 %. (material)" in ask("what about the margin?", given)
    assert ask("sum this up", given).splitlines()[1] == "- Revenue was 4.1 bn, up 7 %. (material)"
    assert ask("who is the tallest?", given).startswith(NOTHING)


def test_a_question_about_when_gets_the_day_on_which_the_note_was_kept() -> None:
    said = ask("when did I decide on grey for the kitchen?", COLOUR)

    assert "(kept 2026-06-12) [@p9x2e]" in said


def test_other_scripts_are_searched_too() -> None:
    said = ask("降息什么时候？", row("九月降息的可能性为80%。委员会维持利率不变。", "jjjjj"))

    assert "九月降息的可能性为80%。" in said


@pytest.mark.parametrize("question", ["", "?", "```", "\x00\ufffd", "a" * 5_000, "(((", "٣"])
def test_no_question_makes_it_fail(question: str) -> None:
    assert ask(question, HOME, row("", "aaaaa"), row("\n\n- \n", "bbbbb"))


def test_it_streams_in_pieces_says_its_usage_last_and_always_the_same() -> None:
    asked = context("where does Anna live, and her cats?", HOME, DENTIST)

    events = list(Offline().stream(asked))

    assert len(events) == 4
    assert events == list(Offline().stream(asked))
    usage = events[-1]
    assert isinstance(usage, Usage)
    assert (usage.served_model, usage.tokens_in, usage.cost) == ("offline", 321, 0.0)
    assert usage.source == "counted"
    assert usage.tokens_out


def test_the_question_is_what_follows_the_last_fence() -> None:
    fenced = "````\nAnna lives in Rome.\n````\nwhich day is the dentist?"

    assert question_of(context(fenced)) == "which day is the dentist?"


def test_a_greeting_of_before_is_quoted_nowhere() -> None:
    thanks = row("thanks!", "xb3e1", kind="question")

    assert "thanks" not in ask("when is the dentist?", thanks, DENTIST)
