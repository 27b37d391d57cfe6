"""What a question brings that asks for somebody who writes here, whatever its words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from notebook.hands import NOON, Scripted, ask

from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.transfer import import_lines
from ledgernote.notebook.turn import Question, preview

TALK = (
    ("Maya", "I got a kayak at last."),
    ("Jon", "Good for you! I am moving to Bergen."),
    ("Maya", "Lovely, when is it?"),
    ("Jon", "In the spring."),
)


@pytest.fixture
def talk(notebook: Notebook) -> Notebook:
    """Two people's talk."""
    lines = (
        json.dumps({"kind": "note", "text": text, "actor": who, "thread": "talk"}).encode()
        for who, text in TALK
    )
    import_lines(notebook, lines)
    return notebook


def recalled(notebook: Notebook, question: str) -> list[str]:
    """What is recalled, best first: the first words of each."""
    rows = preview(notebook, Question(text=question), Scripted()).receipt
    return [row.text for row in sorted(rows, key=lambda row: -(row.score or 0))]


@pytest.mark.parametrize(
    "question",
    ["what did Jon say?", "tell me about Jon", "what is Jon up to?", "where did jon move?"],
)
def test_who_writes_here_is_brought_by_his_name(question: str, talk: Notebook) -> None:
    found = recalled(talk, question)

    assert {text for who, text in TALK if who == "Jon"} <= set(found)
    assert found[0] in {text for who, text in TALK if who == "Jon"}


def test_what_holds_the_other_words_stands_above_what_is_only_said_by_the_one_named(
    talk: Notebook,
) -> None:
    found = recalled(talk, "what did Maya say of a kayak?")

    assert found[0] == "I got a kayak at last."


@pytest.mark.parametrize("question", ["what did Will say?", "what does Will think?"])
def test_what_somebody_said_need_not_say_so(question: str, notebook: Notebook) -> None:
    said(notebook, ("Will", "2026-05-02", "The gateway moves to Go."))
    notebook.note(NewNote(text="Powell says he will be patient, I think so too"))

    assert recalled(notebook, question) == ["The gateway moves to Go."]


def said(notebook: Notebook, *lines: tuple[str, str, str]) -> None:
    """Keep what people said: who, when and what."""
    kept = ({"actor": who, "created": f"{day}T12:00Z", "text": text} for who, day, text in lines)
    import_lines(notebook, (json.dumps({"kind": "note", **each}).encode() for each in kept))


@pytest.mark.parametrize(
    ("who", "question"),
    [
        ("Will", "what did Will say about gold?"),
        ("Will", "Will's view of gold?"),
        ("May", "what did May say about gold?"),
        ("May", "what did May say about gold in May?"),
        ("Mark", "does Mark like gold?"),
        ("Rose", "gold: is Rose for it?"),
        ("José", "what did Jose say about gold?"),
        ("Jose", "what did José say about gold?"),
    ],
)
def test_a_writer_whose_name_is_a_word_is_named_where_it_is_written_as_a_name(
    who: str, question: str, notebook: Notebook
) -> None:
    said(notebook, ("Ann", "2026-05-02", "gold is dull"), (who, "2026-05-01", "gold is fine"))

    rows = preview(notebook, Question(text=question), Scripted()).receipt

    best = max(rows, key=lambda row: row.score or 0)
    assert best.text == "gold is fine"
    assert "by one the question names" in best.why


@pytest.mark.parametrize(
    ("who", "question"),
    [
        ("Will", "will gold rise?"),
        ("Will", "Will gold rise?"),
        ("Rose", "how far has gold risen when it rose?"),
        ("Mark", "what is the mark of gold?"),
        ("May", "what was gold in May?"),
        ("May", "what was the May print of gold?"),
        ("May", "May I buy gold?"),
    ],
)
def test_a_word_that_is_a_writers_name_too_names_no_writer(
    who: str, question: str, notebook: Notebook
) -> None:
    said(notebook, (who, "2026-05-01", "gold is fine"))

    rows = preview(notebook, Question(text=question), Scripted()).receipt

    assert [row.text for row in rows] == ["gold is fine"]
    assert "by one the question names" not in rows[0].why


@pytest.mark.parametrize("who", ["the model", "the assistant", "ChatGPT", "claude"])
def test_what_a_model_said_is_asked_for_by_its_name_too(who: str, notebook: Notebook) -> None:
    answer = ask(notebook, "what of gold?", Scripted(pieces=("gold is fine",)), thread="t").answer
    notebook.note(NewNote(text="gold is dull"))

    rows = preview(notebook, Question(text=f"what did {who} say of gold?"), Scripted()).receipt

    (why,) = [row.why for row in rows if row.handle == answer.handle]
    assert "by one the question names" in why


def test_a_stop_word_within_a_name_names_nobody(notebook: Notebook) -> None:
    line = {"kind": "note", "text": "honey costs 9 a jar", "actor": "Bank of Estonia"}
    import_lines(notebook, [json.dumps(line).encode()])

    def whys(question: str) -> list[str]:
        receipt = preview(notebook, Question(text=question), Scripted()).receipt
        return [str(row.why) for row in receipt]

    assert not [why for why in whys("price of honey") if "by one the question names" in why]
    assert [why for why in whys("honey, by Estonia") if "by one the question names" in why]


def test_may_is_the_month_only_where_no_writer_is_meant(notebook: Notebook) -> None:
    said(notebook, ("May", "2026-03-01", "gold is fine"), ("Ann", "2026-05-01", "gold is dull"))

    rows = preview(notebook, Question(text="what did May say about gold?"), Scripted()).receipt

    assert not [row.why for row in rows if "time" in row.why]


def test_of_whom_is_named_with_a_time_comes_what_they_wrote_then(notebook: Notebook) -> None:
    days = [
        ("2026-03-07", "in early spring"),
        *[(f"2026-06-{day:02}", f"{day}") for day in range(1, 30)],
    ]
    days += [(f"2026-07-{day:02}", f"{day}") for day in range(1, 30)]
    lines = (
        json.dumps({"kind": "note", "text": text, "actor": "Rose", "created": f"{day}T12:00Z"})
        for day, text in days
    )
    import_lines(notebook, (line.encode() for line in lines))

    assert recalled(notebook, "what did Rose write in March?") == ["in early spring"]


def test_where_the_other_words_find_enough_nothing_comes_for_the_name(talk: Notebook) -> None:
    for number in range(6):
        talk.note(NewNote(text=f"An oboe is for sale, {number}.", at=NOON + timedelta(days=number)))

    found = recalled(talk, "what did Maya say of the oboe?")

    assert "I got a kayak at last." not in found


def test_a_name_that_ends_like_a_stop_word_is_no_stop_word(notebook: Notebook) -> None:
    note = notebook.note(NewNote(text="Ines runs the brine ponds.")).text
    for number in range(12):
        notebook.note(NewNote(text=f"Lithium is in demand in {number} countries, in short."))

    found = recalled(notebook, "what did Inés say?")

    assert found == [note]


@pytest.mark.parametrize(
    ("name", "other"), [("Marlowe", "Marlow"), ("Marlow", "Marlowe"), ("Anders", "Ander")]
)
def test_the_very_name_stands_above_one_that_is_nearly_it(
    name: str, other: str, notebook: Notebook
) -> None:
    right = notebook.note(NewNote(text=f"John {name} keeps the books of the dock."))
    wrong = notebook.note(NewNote(text=f"John {other} keeps the boat."))

    context = preview(notebook, Question(text=f"who is {name}?"), Scripted())

    rows = {row.handle: row for row in context.receipt}
    assert (rows[right.handle].score or 0) > (rows[wrong.handle].score or 0)
    assert f'match: "{name.lower()}"' in rows[right.handle].why
    assert f'match: "{other.lower()}"' in rows[wrong.handle].why
