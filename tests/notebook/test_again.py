"""A question that is asked again: another answer to the same question."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from notebook.hands import Scripted, Turn, ask, events, sent

from ledgernote.domain.entries import Entry, Kind, Scope
from ledgernote.domain.errors import DoesNotFit, NoSuchThing, PrivateProject, UsageError
from ledgernote.domain.turns import Consent, Decision
from ledgernote.notebook import labels
from ledgernote.notebook.changing import edit, make_private, purge, remove
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.recorded import recorded
from ledgernote.notebook.siblings import siblings, turn_of
from ledgernote.notebook.transfer import import_lines
from ledgernote.notebook.turn import Material, Question, take_turn
from ledgernote.notebook.undoing import take_back


def again(notebook: Notebook, turn: Turn, model: Scripted | None = None, **more: object) -> Turn:
    """The same question, asked once more."""
    question = Question(text="", thread=turn.question.thread, again=turn.question.handle)
    return ask(notebook, replace(question, **more), model)  # type: ignore[arg-type]


def kinds(notebook: Notebook) -> list[Kind]:
    return [entry.kind for entry in notebook.latest(0)]


def filled(notebook: Notebook) -> Turn:
    """A thread of two turns beside notes that match."""
    for number in range(40):
        notebook.note(NewNote(text=f"note {number}: real yields turned in week {number}"))
    ask(notebook, "what of services ex-shelter?", thread="rates")
    material = (Material(text="table A: 5.25", source="print.txt"),)
    return ask(notebook, "where do real yields go?", thread="rates", material=material)


def test_both_answers_stand_as_siblings_of_one_question(notebook: Notebook) -> None:
    first = filled(notebook)
    before = kinds(notebook).count(Kind.QUESTION)

    second = again(notebook, first, Scripted(("Up.",), name="scripted/b"))

    assert kinds(notebook).count(Kind.QUESTION) == before
    assert second.answer.reply_to == first.question.handle
    assert [one.id for one in siblings(notebook, second.answer)] == [first.answer.id]
    question = notebook.entry(first.question.handle)
    assert len(siblings(notebook, question)) == 2


@pytest.mark.parametrize("name", ["scripted/a", "scripted/b"])
def test_when_nothing_else_changed_the_digest_is_the_same(name: str, notebook: Notebook) -> None:
    first = filled(notebook)

    second = again(notebook, first, Scripted(name=name))
    third = again(notebook, first, Scripted(name=name))

    assert first.context.digest == second.context.digest == third.context.digest
    assert [row.handle for row in second.context.receipt] == [
        row.handle for row in first.context.receipt
    ]
    assert second.context.left_out_count == first.context.left_out_count


def test_what_was_said_since_moves_no_rank(notebook: Notebook) -> None:
    for word, number in (("copper", 6), ("lithium", 7)):
        for each in range(number):
            notebook.note(NewNote(text=f"{word} in week {each} was as it was before"))
    question = Question(text="copper or lithium?", thread="metals", replay=120)
    first = ask(notebook, question, Scripted(("copper ",)))

    more = [again(notebook, first, Scripted(("copper ",)), replay=120) for _ in range(4)]

    assert "copper" in sent(first.context)
    assert {turn.context.digest for turn in more} == {first.context.digest}


def test_another_budget_is_planned_from_what_was_there_before_the_question(
    notebook: Notebook,
) -> None:
    first = filled(notebook)
    later = notebook.note(NewNote(text="real yields go up, I learned later"))

    second = again(notebook, first, budget=12_000)

    words = sent(second.context)
    assert words.count("where do real yields go?") == 1
    assert "As you noted." in words  # of the turn before
    assert words.count("table A: 5.25") == 1
    assert "print.txt" in words
    assert later.handle not in words
    assert first.answer.handle not in words


def test_a_question_that_has_no_answer_yet_is_asked_from_its_own_past(notebook: Notebook) -> None:
    ask(notebook, "what of services?", thread="rates")
    with pytest.raises(Exception, match="too much"):
        ask(notebook, "where now?", Scripted(look=_refuse), thread="rates")
    lone = notebook.entry("@last.question")

    second = ask(notebook, Question(text="", thread=lone.thread, again=lone.handle))

    assert second.answer.reply_to == lone.handle
    assert sent(second.context).count("where now?") == 1


def _refuse() -> None:
    raise ValueError("too much")


def test_the_next_turn_builds_on_the_newest_and_leaves_the_other_behind(
    notebook: Notebook,
) -> None:
    first = ask(notebook, "rates?", Scripted(("The first word.",)), thread="rates")
    notebook.note(NewNote(text="kept in between", thread="rates"))
    again(notebook, first, Scripted(("The second word.",)))

    after = ask(notebook, "and then?", thread="rates")

    roles = [message.role for message in after.context.messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert "The second word." in after.context.messages[2].content
    assert "The first word." not in sent(after.context)
    assert "kept in between" in sent(after.context)


def test_undo_takes_the_second_answer_back_alone(notebook: Notebook) -> None:
    first = ask(notebook, "rates?", thread="rates")
    second = again(notebook, first)

    take_back(notebook)

    assert notebook.entry(first.answer.handle).id == first.answer.id
    with pytest.raises(NoSuchThing):
        notebook.entry(second.answer.handle)


def test_what_is_brought_along_the_second_time_is_sent_beside_the_first(
    notebook: Notebook,
) -> None:
    first = filled(notebook)
    extra = (Material(text="table B: 4.1", source="more.txt"),)

    second = again(notebook, first, material=extra)

    words = sent(second.context)
    assert words.index("table A: 5.25") < words.index("table B: 4.1")
    assert [one.text for one in second.material] == ["table A: 5.25", "table B: 4.1"]
    assert len(turn_of(notebook, first.question)) == 1


def test_a_question_that_became_private_stays_from_a_remote_model(notebook: Notebook) -> None:
    first = ask(notebook, "shall I sell?", thread="rates")
    make_private(notebook, [first.question.handle])
    remote = Scripted(local=False, name="far/a")

    with pytest.raises(PrivateProject, match="the question"):
        again(notebook, first, remote)

    assert remote.contexts == []
    assert again(notebook, first).answer.private


def test_what_became_private_is_no_longer_sent_with_it(notebook: Notebook) -> None:
    secret = notebook.note(NewNote(text="my real yields position is short"))
    first = ask(notebook, "real yields?", Scripted(local=False), thread="rates")
    assert "position is short" in sent(first.context)

    make_private(notebook, [secret.handle])
    second = again(notebook, first, Scripted(local=False))

    assert "position is short" not in sent(second.context)


@pytest.mark.parametrize("decision", [Decision.ONCE, Decision.NEVER, None])
def test_an_imported_question_is_asked_again_with_consent_only(
    decision: Decision | None, notebook: Notebook
) -> None:
    row = {"kind": "question", "text": "imported: sell?", "thread": "old", "source": "chatgpt"}
    import_lines(notebook, [json.dumps(row).encode()])
    asked = notebook.thread("old")[1][0]
    question = Question(text="", thread="old", again=asked.handle)
    model = Scripted(local=False, name="far/a")

    turn = take_turn(notebook, question, model)
    asking = next(event for event in turn if isinstance(event, Consent))

    assert asking.handles == (asked.handle,)
    if decision is Decision.ONCE:
        turn.send(decision)
        list(turn)
        assert "imported: sell?" in model.sent
    else:
        with pytest.raises(UsageError, match="imported from chatgpt"):
            turn.send(decision)
        assert model.contexts == []


def exactly(notebook: Notebook, answer: Entry, model: Scripted) -> Turn:
    return ask(notebook, Question(text="", again=answer.handle, exactly=True), model)


def test_what_was_withheld_then_stays_withheld_where_it_is_asked_exactly(
    notebook: Notebook,
) -> None:
    notebook.note(NewNote(text="my real yields position is short", private=True))
    first = ask(notebook, "real yields?", Scripted(local=False, name="far/a"), thread="rates")

    second = exactly(notebook, first.answer, Scripted(local=True, name="near/a"))

    assert first.context.withheld == second.context.withheld == 1
    assert second.context.digest == first.context.digest
    assert recorded(notebook, second.answer.handle).digest == first.context.digest


def test_pins_edits_and_settings_of_later_change_nothing_of_it(notebook: Notebook) -> None:
    note = notebook.entry(notebook.note(NewNote(text="real yields: 2.1", pin=Scope.PROJECT)).handle)
    first = ask(notebook, "real yields?", budget=4_000, thread="rates")
    edit(notebook, note, "real yields: 2.2")
    labels.unpin(notebook, [note.handle])
    notebook.note(NewNote(text="real yields: pinned later", pin=Scope.PROJECT))
    said: list[str] = []
    notebook.say = said.append

    second = exactly(notebook, first.answer, Scripted(name="near/b"))

    assert second.context.digest == first.context.digest
    assert second.context.budget == 4_000
    assert said == []


def test_of_several_answers_the_one_that_is_named_gives_its_own_context(
    notebook: Notebook,
) -> None:
    first = filled(notebook)
    other = again(notebook, first, budget=300)
    assert other.context.digest != first.context.digest

    second = exactly(notebook, first.answer, Scripted())

    assert second.context.digest == first.context.digest


@pytest.mark.parametrize("change", ["private", "removed"])
def test_what_may_no_longer_go_is_missing_and_said(change: str, notebook: Notebook) -> None:
    secret = notebook.note(NewNote(text="my real yields position is short"))
    first = ask(notebook, "real yields?", thread="rates")
    said: list[str] = []
    notebook.say = said.append
    if change == "private":
        make_private(notebook, [secret.handle])
    else:
        remove(notebook, [secret.handle])

    second = exactly(notebook, first.answer, Scripted(local=False, name="far/a"))

    assert "position is short" not in sent(second.context)
    assert any("not all that was sent for" in sentence for sentence in said)
    if change == "private":
        assert second.context.withheld == 1
    else:
        assert [one.handle for one in second.context.left_out] == [secret.handle]


def test_what_was_sent_is_not_cut_for_a_smaller_window(notebook: Notebook) -> None:
    first = filled(notebook)
    small = Scripted(window=first.context.tokens, name="near/small")

    with pytest.raises(DoesNotFit, match="near/small has a window of") as refused:
        exactly(notebook, first.answer, small)

    assert small.contexts == []
    assert "larger window" in refused.value.hint


def test_only_a_question_can_be_asked_again(notebook: Notebook) -> None:
    note = notebook.note(NewNote(text="a note"))
    before = events(notebook.ledger)

    with pytest.raises(UsageError, match="is no question"):
        ask(notebook, Question(text="", again=note.handle))

    assert events(notebook.ledger) == before


def test_a_question_whose_words_were_erased_is_not_asked_again(notebook: Notebook) -> None:
    first = ask(notebook, "rates?", thread="rates")
    purge(notebook, [first.question.handle])

    with pytest.raises(UsageError, match="were erased"):
        again(notebook, first)


def test_an_answer_that_was_cut_off_is_followed_by_a_whole_one(notebook: Notebook) -> None:
    def fall(piece: str) -> None:
        if piece == "noted.":
            raise KeyboardInterrupt

    first = ask(notebook, "rates?", Scripted(pause=fall), thread="rates")
    second = again(notebook, first)

    found: list[Entry] = notebook.thread("rates")[1]
    assert [str(entry.status) for entry in found[1:]] == ["interrupted", "complete"]
    assert second.context.digest == first.context.digest
    assert second.said == "As you noted."


def test_what_was_sent_for_an_edited_question_can_be_told_later(notebook: Notebook) -> None:
    material = (Material(text="table A: 5.25", source="print.txt"),)
    first = ask(notebook, "where do yields go?", thread="t", system="Be brief.", material=material)
    for entry in (first.question, *first.material):
        edit(notebook, notebook.entry(entry.handle), entry.text + " (edited)")

    second = again(notebook, first)

    context = recorded(notebook, second.answer.handle)
    assert context.faithful
    assert "Be brief." in sent(context)
    assert "print.txt" in sent(context)
