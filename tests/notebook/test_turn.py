"""A turn keeps the question first, the answer as far as it came, and says how it ended."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from types import FrameType

import pytest
from notebook.hands import Scripted, ask, beside, events, everything, texts

from ledgernote.config import Settings
from ledgernote.domain.entries import Kind, Status
from ledgernote.domain.errors import DoesNotFit, LedgerError, ModelError, NoSuchThing, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import Asked, Kept, Piece, Replayed, Said, Usage
from ledgernote.ledger import drafts
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Material, Question, preview, take_turn

FLOOD = "a flood of words that no budget holds " * 20_000


def test_the_question_is_committed_before_the_model_is_asked(
    notebook: Notebook, settings: Settings
) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        with beside(settings, actor="bob") as other:
            seen.append(texts(other))

    ask(notebook, "is it committed?", Scripted(look=look))

    assert seen == [["is it committed?", ""]]


def test_question_and_material_are_one_step_and_the_answer_joins_it(notebook: Notebook) -> None:
    table = Material(text="a table", source="stdin")

    turn = ask(notebook, "what does it say?", material=(table,))

    steps = notebook.ledger.rows(
        "SELECT DISTINCT step FROM event WHERE entity IN (?, ?, ?)",
        (turn.question.id, turn.material[0].id, turn.answer.id),
    )
    assert len(steps) == 1
    assert turn.material[0].source == "stdin"
    assert turn.material[0].thread == turn.question.thread


def test_the_events_come_in_the_order_a_face_paints_them(notebook: Notebook) -> None:
    turn = ask(notebook, "in which order?", Scripted(("one ", "two")))

    kinds = [type(event) for event in turn.events]

    assert kinds == [Asked, Replayed, Said, Said, Kept]
    assert (turn.said, turn.answer.text) == ("one two", "one two")
    assert (turn.answer.status, turn.answer.model) == (Status.COMPLETE, "scripted/a")
    assert turn.answer.reply_to == turn.question.handle


def test_whatever_goes_wrong_later_the_question_is_still_there(notebook: Notebook) -> None:
    model = Scripted(look=lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        ask(notebook, "still there?", model, material=(Material(text="so is this", source="x"),))

    assert texts(notebook)[:2] == ["so is this", "still there?"]
    assert notebook.latest(1)[0].status is Status.FAILED


def test_a_reader_who_stops_keeps_the_piece_that_came_and_stops_the_model(
    notebook: Notebook,
) -> None:
    model = Scripted(("the first half ", "the second"))

    with closing(take_turn(notebook, Question(text="go on?"), model)) as turn:
        for event in turn:
            if isinstance(event, Said):
                break

    (answer,) = notebook.latest(1)
    assert (answer.text, answer.status) == ("the first half ", Status.INTERRUPTED)
    assert model.closed


def test_a_reader_who_stops_before_the_first_piece_leaves_a_failed_answer(
    notebook: Notebook,
) -> None:
    model = Scripted()

    with closing(take_turn(notebook, Question(text="why?"), model)) as turn:
        for event in turn:
            if isinstance(event, Replayed):
                break

    question, answer = notebook.latest(2)
    assert (question.text, answer.status) == ("why?", Status.FAILED)
    assert model.contexts == []


@pytest.mark.parametrize(
    ("pieces", "status"), [((), Status.FAILED), (("half ",), Status.INTERRUPTED)]
)
def test_a_model_that_fails_says_why_and_what_came_is_kept(
    pieces: tuple[str, ...], status: Status, notebook: Notebook
) -> None:
    error = ModelError("the server is down", "Start it.")

    turn = ask(notebook, "are you there?", Scripted(pieces, error))

    assert turn.kept.error is error
    assert turn.answer.status is status
    assert turn.answer.text == "".join(pieces)
    assert notebook.latest(1)[0].status is status


@pytest.mark.parametrize("pieces", [(), (" ", "\n")])
def test_an_empty_answer_has_failed(pieces: tuple[str, ...], notebook: Notebook) -> None:
    turn = ask(notebook, "anything?", Scripted(pieces))

    error = turn.kept.error

    assert isinstance(error, ModelError)
    assert error.exit_code == 6
    assert turn.answer.status is Status.FAILED


def test_an_interrupt_within_the_model_is_kept_and_told(notebook: Notebook) -> None:
    turn = ask(notebook, "stop?", Scripted(("as far ", "as this"), KeyboardInterrupt()))

    assert isinstance(turn.kept.error, KeyboardInterrupt)
    assert (turn.answer.text, turn.answer.status) == ("as far as this", Status.INTERRUPTED)


def test_a_question_without_words_is_refused(notebook: Notebook) -> None:
    with pytest.raises(UsageError):
        ask(notebook, " \n ")

    assert events(notebook.ledger) == 0


def test_an_unknown_handle_is_refused_before_anything_is_sent(notebook: Notebook) -> None:
    model = Scripted()

    with pytest.raises(NoSuchThing):
        ask(notebook, "what of it?", model, given=("zzzzz",))

    assert model.contexts == []


def test_a_question_that_does_not_fit_is_refused_with_the_numbers_and_kept(
    notebook: Notebook,
) -> None:
    model = Scripted()

    with pytest.raises(DoesNotFit) as refused:
        ask(notebook, FLOOD, model)

    assert "160,0" in str(refused.value)
    assert "16,000" in str(refused.value)
    assert model.contexts == []
    assert texts(notebook) == [FLOOD]


def test_the_usage_that_the_provider_reports_is_recorded_else_our_own_count(
    notebook: Notebook,
) -> None:
    reported = Usage(served_model="a-2026", tokens_in=9, tokens_out=4, source="provider")

    told = ask(notebook, "how much?", Scripted(usage=reported)).kept.usage
    counted = ask(notebook, "how much now?").kept

    assert told == reported
    assert (counted.usage.tokens_in, counted.usage.source) == (counted.context.tokens, "counted")


def test_citations_are_tied_to_the_receipt(notebook: Notebook) -> None:
    note = notebook.note(NewNote(text="the print was soft"))

    turn = ask(notebook, "how was the print?", Scripted((f"Soft [@{note.handle}], [@zz9zz].",)))

    assert [(one.handle, one.verdict) for one in turn.kept.citations] == [
        (note.handle, "known"),
        ("zz9zz", "unknown"),
    ]


@pytest.mark.parametrize(
    "question",
    [
        "what was on 8 May?",
        "what was on 8 May? " + "and what else? " * 2_000,
        "what does Rose say?",
    ],
)
def test_the_offline_model_quotes_what_was_recalled_though_it_shares_no_word(
    question: str, notebook: Notebook, settings: Settings
) -> None:
    with beside(settings, actor="Rose") as rose:
        rose.note(NewNote(text="The tariff shock fades.", at=datetime(2026, 5, 8, 12, tzinfo=UTC)))

    kept = ask(notebook, question, the_model(notebook, "offline")).kept

    assert "- The tariff shock fades. (by Rose) [@" in kept.text


def test_the_offline_model_quotes_each_part_before_a_second_of_any(notebook: Notebook) -> None:
    for number in range(9):
        notebook.note(NewNote(text=f"The gold target of desk {number} stands."))
    notebook.note(NewNote(text="Yuki has her birthday on 4 April."))
    question = "what is the gold target and when is Yuki's birthday?"

    quotes = ask(notebook, question, the_model(notebook, "offline")).kept.text.splitlines()[1:]

    assert any("Yuki" in quote for quote in quotes[:2])
    assert any("gold" in quote for quote in quotes[:2])


def test_the_offline_model_quotes_also_what_stands_in_the_talk_since_a_turn_before(
    notebook: Notebook,
) -> None:
    notebook.note(NewNote(text="Rent is 1,450, due on the 3rd."))
    offline = the_model(notebook, "offline")
    ask(notebook, "what is the rent?", offline, thread="home")

    again = ask(notebook, "and when is the rent due?", offline, thread="home").kept

    _, only = again.text.splitlines()  # nor does it quote itself
    assert only.startswith("- Rent is 1,450, due on the 3rd. [@")


def test_the_offline_model_cites_only_what_it_quotes(notebook: Notebook) -> None:
    old = notebook.note(NewNote(text="the print was soft, says @zz9zz")).handle
    new = notebook.note(NewNote(text="the print was hot", supersedes=old)).handle

    kept = ask(notebook, "how was the print?", the_model(notebook, "offline")).kept

    assert f"(replaced by {new})" in kept.text
    assert {(one.handle, one.verdict) for one in kept.citations} == {
        (old, "known"),
        (new, "known"),
    }


def test_several_models_get_one_context_and_answer_as_siblings(notebook: Notebook) -> None:
    notebook.note(NewNote(text="a note of rates"))
    models = (Scripted(("yes",)), Scripted(("no",), name="scripted/b"))

    found = list(take_turn(notebook, Question(text="rates?"), *models))

    kept = [event for event in found if isinstance(event, Kept)]
    assert [(one.text, one.context.model) for one in kept] == [
        ("yes", "scripted/a"),
        ("no", "scripted/b"),
    ]
    assert len({one.context.digest for one in kept}) == 1
    assert len({one.answer.reply_to for one in kept if one.answer}) == 1


def test_several_models_speak_at_once_and_are_told_in_their_order(notebook: Notebook) -> None:
    together = threading.Barrier(3, timeout=10)
    models = [Scripted((name,), look=together.wait, name=name) for name in ("a", "b", "c")]

    found = list(take_turn(notebook, Question(text="who?"), *models))

    assert [type(event) for event in found] == [Asked, *([Replayed, Said, Kept] * 3)]
    assert [event.text for event in found if isinstance(event, Said)] == ["a", "b", "c"]
    kept = [event.answer for event in found if isinstance(event, Kept)]
    assert [answer.actor for answer in kept if answer] == ["a", "b", "c"]


def test_a_model_that_fails_does_not_silence_the_others(notebook: Notebook) -> None:
    down, well = Scripted((), ModelError("down")), Scripted(("well",))

    found = list(take_turn(notebook, Question(text="who?"), down, well))

    statuses = [event.status for event in found if isinstance(event, Kept)]
    assert statuses == [Status.FAILED, Status.COMPLETE]


@contextmanager
def interrupting_the_hearer() -> Iterator[Callable[[], None]]:
    """What it gives interrupts this thread as Ctrl-C does, once it waits for a model's words."""

    def strike(_: int, frame: FrameType | None) -> None:
        if frame and frame.f_code.co_name == "told":
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, 0.01)

    before = signal.signal(signal.SIGALRM, strike)
    try:
        yield lambda: os.kill(os.getpid(), signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_an_interrupt_stops_all_that_still_speak_and_keeps_their_halves(
    notebook: Notebook,
) -> None:
    with interrupting_the_hearer() as interrupt:
        first = threading.Event()
        half = Scripted(("half", "never"), pause=lambda piece: piece == "never" and first.wait(10))
        kept = []
        with closing(take_turn(notebook, Question(text="who?"), Scripted(("all",)), half)) as turn:
            for event in turn:
                if isinstance(event, Said) and event.text == "half":
                    interrupt()
                kept += [event] if isinstance(event, Kept) else []

    assert [(one.status, one.text) for one in kept] == [
        (Status.COMPLETE, "all"),
        (Status.INTERRUPTED, "half"),
    ]
    assert isinstance(kept[1].error, KeyboardInterrupt)


def test_whoever_stops_reading_stops_all_models_and_what_they_said_is_kept(
    notebook: Notebook,
) -> None:
    silent = threading.Event()
    slow = Scripted(("half", "more"), pause=lambda piece: piece == "more" and silent.wait(10))

    with closing(take_turn(notebook, Question(text="who?"), Scripted(), slow)) as events:
        for event in events:
            if isinstance(event, Said) and event.text == "half":
                break
    silent.set()

    within = time.monotonic() + 10
    while not slow.closed and time.monotonic() < within:
        time.sleep(0.01)
    assert slow.closed
    status = {entry.text: entry.status for entry in notebook.latest(0)}
    assert status["half"] is Status.INTERRUPTED
    assert status["As you noted."] is Status.COMPLETE


def test_a_model_that_is_still_getting_ready_when_all_are_stopped_is_never_asked(
    notebook: Notebook,
) -> None:
    going = threading.Event()

    class Late(Scripted):
        def warm(self) -> None:
            going.wait(10)

    late = Late()
    with closing(take_turn(notebook, Question(text="who?"), Scripted(), late)) as events:
        next(event for event in events if isinstance(event, Replayed))
    before = threading.active_count()
    going.set()
    while threading.active_count() >= before:
        time.sleep(0.01)

    assert late.contexts == []


REFUSED = """
    CREATE TRIGGER refused BEFORE DELETE ON draft WHEN old.model = 'a'
     BEGIN SELECT RAISE(ABORT, 'not now'); END"""


def test_an_answer_that_cannot_be_closed_leaves_none_of_them_open(notebook: Notebook) -> None:
    with closing(sqlite3.connect(notebook.ledger.path)) as other:
        other.execute(REFUSED)
    models = [Scripted((name,), name=name) for name in ("a", "b", "c")]

    with pytest.raises(LedgerError, match="not now"):
        list(take_turn(notebook, Question(text="who?"), *models))

    answers = [entry for entry in notebook.latest(0) if entry.kind is Kind.ANSWER]
    assert len(answers) == 3
    assert not any(entry.status is Status.STREAMING for entry in answers)


def test_ctrl_c_while_a_whole_answer_is_kept_loses_nothing(notebook: Notebook) -> None:
    clock = notebook.clock

    def press() -> datetime:
        notebook.clock = clock
        raise KeyboardInterrupt

    def impatient() -> None:
        notebook.clock = press  # looked at when the answer is written

    with pytest.raises(KeyboardInterrupt):
        ask(notebook, "who?", Scripted(("all of it",), look_back=impatient))

    (answer,) = [entry for entry in notebook.latest(0) if entry.kind is Kind.ANSWER]
    assert (answer.text, answer.status) == ("all of it", Status.COMPLETE)


def test_without_a_log_nothing_is_written_and_the_context_is_the_same(notebook: Notebook) -> None:
    notebook.note(NewNote(text="a note of rates"))
    ask(notebook, "rates?", thread="rates")
    before = everything(notebook.ledger)
    question = Question(text="and the rates now?", thread="rates", system="Be brief.")

    dry = ask(notebook, question, log=False)

    assert everything(notebook.ledger) == before
    assert [type(event) for event in dry.events] == [Replayed, Said, Said, Kept]
    assert (dry.kept.question, dry.kept.answer) == (None, None)
    assert dry.context.digest == ask(notebook, question).context.digest


def test_a_model_that_answers_from_a_plain_iterator_will_do(notebook: Notebook) -> None:
    class Plain(Scripted):
        def stream(self, context):  # type: ignore[no-untyped-def]
            return iter([Piece(text="plainly")])

    turn = ask(notebook, "how?", Plain())

    assert (turn.answer.text, turn.answer.status) == ("plainly", Status.COMPLETE)


def test_the_next_turn_goes_on_where_the_last_one_was(notebook: Notebook) -> None:
    first = ask(notebook, "one?")

    second = ask(notebook, "two?", goes_on=True)
    third = ask(notebook, "three?")

    assert second.question.thread == first.question.thread
    assert third.question.thread != first.question.thread


def test_a_thread_by_its_handle_stays_in_its_own_project(
    notebook: Notebook, settings: Settings
) -> None:
    first = ask(notebook, "one?")
    assert first.question.thread

    with beside(settings, project="elsewhere") as other:
        second = ask(other, "two?", thread=first.question.thread)

    assert second.question.project == first.question.project
    assert second.context.messages[: len(first.context.messages)] == first.context.messages


def test_a_question_of_a_thread_that_failed_keeps_its_system_text(notebook: Notebook) -> None:
    with pytest.raises(DoesNotFit):
        ask(notebook, FLOOD, thread="talk", system="Answer in verse.")

    dry = preview(notebook, Question(text="what?", thread="talk", budget=300_000), Scripted())

    assert "Answer in verse." in dry.messages[0].content


def test_a_system_text_of_spaces_is_none(notebook: Notebook) -> None:
    empty = ask(notebook, "so?", system="").context.messages[0]

    blank = ask(notebook, "so?", system=" \n ").context.messages[0]

    assert blank == empty


def test_the_system_text_of_the_settings_is_sent_as_it_is_shown(settings: Settings) -> None:
    with beside(replace(settings, system="Be plain.")) as notebook:
        dry = preview(notebook, Question(text="what?"), Scripted())
        first = ask(notebook, "what?")
        second = ask(notebook, "and now?", thread=first.question.thread)

    assert "Be plain." in first.context.messages[0].content
    assert first.context.digest == dry.digest
    assert second.context.messages[0] == first.context.messages[0]


def test_no_draft_is_left_when_a_turn_has_ended(notebook: Notebook) -> None:
    ask(notebook, "one?")
    ask(notebook, "two?", Scripted((), ModelError("down")))

    assert drafts.read(notebook.ledger, notebook.ledger.state) == []
    assert notebook.verify().faults == ()


def test_muting_a_question_mutes_its_material_and_answer(notebook: Notebook) -> None:
    turn = ask(notebook, "hush?", mute=True, material=(Material(text="hush", source="x"),))

    kinds = {entry.kind: entry.muted for entry in notebook.latest(0)}

    assert kinds == {Kind.NOTE: True, Kind.QUESTION: True, Kind.ANSWER: True}
    assert turn.answer.muted
