"""Half an answer outlives its writer, and two writers of one answer lose nothing of it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from ledger.hands import undo_step
from notebook.hands import Clock, Scripted, ask, beside, dead, events, everything, sent

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, EntryId, Kind, Status
from ledgernote.domain.errors import LedgerError, UsageError
from ledgernote.domain.turns import Context, Model, Piece, Usage
from ledgernote.ledger import drafts, entries, integrity, lists, recipes, undo
from ledgernote.ledger.ids import full_handle
from ledgernote.ledger.ledger import Ledger
from ledgernote.notebook import growing, transfer, undoing
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.housekeeping import move_thread, new_project
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.recorded import recorded
from ledgernote.notebook.turn import Question, preview, take_turn
from ledgernote.notebook.whose import of_thread
from ledgernote.notebook.why import used_in, why

QUESTION = Question(text="what did the print say?", thread="talk")
NOBODY = "x|y|z|1|1"
"""The owner of a draft, on a machine that nobody can look at."""

SLOW = """
import sys, time
from pathlib import Path
from notebook.hands import Scripted, ask
from ledgernote.config import Settings
from ledgernote.notebook.notebook import Notebook

folder = Path(sys.argv[1])
settings = Settings(
    ledger=folder / "ledger.db", state=folder / "state" / "ledgernote",
    config=folder / "config.toml", actor="ann",
)

def slowly(piece):
    time.sleep(0.05)
    print(piece, flush=True)

pieces = tuple(f"word{number} " for number in range(1000))
ask(Notebook.open(settings, create=True, say=print), "talk slowly", Scripted(pieces, pause=slowly))
"""


def look(notebook: Notebook) -> Entry:
    return notebook.latest(1)[0]


def disown(ledger: Ledger, draft: bytes, silent: float = 61.0) -> None:
    """Make the draft one of another machine that has been silent for so long."""
    with ledger.writing(by="nobody", now=NOON()) as tx:
        tx.execute(
            "UPDATE draft SET owner = ?, beat = ? WHERE id = ?",
            (NOBODY, time.time() - silent, draft),
        )


NOON = Clock()


def test_what_was_said_a_second_before_a_kill_is_there_for_every_reader(
    notebook: Notebook, settings: Settings
) -> None:
    said: list[tuple[float, str]] = []
    folder = settings.ledger.parent
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SLOW, str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | paths
    ) as ran:
        assert ran.stdout
        for line in ran.stdout:
            said.append((time.monotonic(), line.rstrip("\n")))
            if len(said) == 40:
                break
        killed = time.monotonic()
        ran.send_signal(signal.SIGKILL)
    before = everything(notebook.ledger)

    shown = look(notebook)

    a_second_ago = "".join(word for at, word in said if at < killed - 1.0)
    assert shown.status is Status.INTERRUPTED
    assert len(a_second_ago) > 50
    assert shown.text.startswith(a_second_ago)
    assert notebook.entry(shown.handle).text == shown.text
    assert shown.thread
    assert notebook.thread(shown.thread)[1][-1] == shown
    assert everything(notebook.ledger) == before
    assert notebook.verify().faults == ()


def test_a_thread_goes_on_with_the_model_whose_writer_died(notebook: Notebook) -> None:
    shown = dead(notebook, QUESTION, ("half ",))

    thread = notebook.entry(shown.handle).thread_id
    assert thread is not None
    found = recipes.last_model(notebook.ledger, thread)

    assert found is not None
    assert found[0] == shown.model


def died_asking(notebook: Notebook, question: Question, *models: Model) -> None:
    """A process of its own asks, and is killed when the question is kept."""
    child = os.fork()
    if child == 0:
        try:
            with beside(notebook.settings, project=notebook.project) as mine:
                next(take_turn(mine, question, *models))
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def test_a_question_is_taken_up_by_the_model_that_it_was_for_also_where_none_had_begun(
    notebook: Notebook,
) -> None:
    house = {"house": {"api_base": "http://127.0.0.1:1/v1", "local": True}}
    notebook.settings = replace(notebook.settings, models=house, model="openai/gpt-5.4")
    ask(notebook, "so?", Scripted(name="openai/gpt-4o", local=False), thread="talk")
    died_asking(notebook, QUESTION, the_model(notebook, "house"))

    kept = notebook.latest(1)[0]
    model, told = of_thread(notebook, kept.thread_id)

    assert (kept.kind, kept.text) == (Kind.QUESTION, QUESTION.text)
    assert (model.name, model.local, told) == ("house", True, "")


def test_a_question_that_was_for_several_says_nothing_of_who_goes_on(notebook: Notebook) -> None:
    ask(notebook, "so?", Scripted(name="openai/gpt-4o"), thread="talk")
    died_asking(notebook, QUESTION, Scripted(name="a/b"), Scripted(name="c/d"))

    thread = notebook.latest(1)[0].thread_id
    assert thread is not None
    assert recipes.last_model(notebook.ledger, thread) == ("openai/gpt-4o", False)


def test_the_next_writer_closes_it_as_a_step_of_its_own(
    notebook: Notebook, settings: Settings
) -> None:
    shown = dead(notebook, QUESTION, ("the print ", "was soft"))

    with beside(settings, actor="bob") as other:
        other.note(NewNote(text="something else"))

    closed = notebook.entry(shown.handle)
    rows = notebook.ledger.rows(
        "SELECT DISTINCT step, name FROM event JOIN actor ON actor.id = event.actor"
        " WHERE entity = ?",
        (closed.id,),
    )
    steps = notebook.ledger.rows("SELECT DISTINCT step FROM event WHERE entity != ?", (closed.id,))
    assert (closed.text, closed.status, closed.id) == (
        "the print was soft",
        Status.INTERRUPTED,
        shown.id,
    )
    assert [row[1] for row in rows] == ["ann"]
    assert rows[0][:1] not in steps
    assert drafts.read(notebook.ledger, settings.state) == []
    assert notebook.verify().faults == ()


def test_undo_of_the_step_that_closed_it_does_not_touch_it(notebook: Notebook) -> None:
    shown = dead(notebook, QUESTION, ("half",))
    note = notebook.note(NewNote(text="a slip"))

    step = undo.newest_step(notebook.ledger, "ann")
    assert step
    with notebook.writing() as tx:
        undo_step(tx, step)

    assert entries.by_ids(notebook.ledger, [note.id]) == []
    assert notebook.entry(shown.handle).text == "half"


def test_a_live_answer_of_another_process_is_streaming_and_left_alone(
    notebook: Notebook, settings: Settings
) -> None:
    seen: list[tuple[Status, str, int]] = []

    def other() -> None:
        with beside(settings, actor="bob") as bob:
            bob.note(NewNote(text="meanwhile"))
            (entry,) = lists.open_drafts(bob.ledger)
            seen.append((entry.status, entry.model or "", len(bob.latest(0))))

    turn = ask(notebook, "are you there?", Scripted(look=other))

    assert seen == [(Status.STREAMING, "scripted/a", 3)]
    assert turn.answer.status is Status.COMPLETE


def test_a_question_is_not_taken_back_while_it_is_being_answered(
    notebook: Notebook, settings: Settings
) -> None:
    refused: list[str] = []

    def undone() -> None:
        with beside(settings) as same, pytest.raises(UsageError) as error:
            undoing.take_back(same)
        refused.append(str(error.value))

    turn = ask(notebook, "are you there?", Scripted(look=undone))

    assert refused == [f"{turn.answer.handle}, the answer to that question, is still being written"]
    assert turn.answer.reply_to == turn.question.handle


def test_an_answer_still_being_written_cannot_be_brought_along(
    notebook: Notebook, settings: Settings
) -> None:
    refused: list[str] = []

    def other() -> None:
        with beside(settings, actor="bob") as bob:
            (entry,) = lists.open_drafts(bob.ledger)
            with pytest.raises(UsageError) as error:
                ask(bob, "what of this?", given=(entry.handle,))
            refused.append(str(error.value))

    ask(notebook, "are you there?", Scripted(look=other))

    assert "still being written" in refused[0]


def test_an_owner_that_finds_its_draft_closed_keeps_all_of_it_as_a_revision(
    notebook: Notebook, settings: Settings
) -> None:
    closed: list[Entry] = []

    def close(piece: str) -> None:
        if piece == "all":
            (draft,) = drafts.read(notebook.ledger, settings.state)
            disown(notebook.ledger, draft.id)
            with beside(settings, actor="bob") as bob:
                closed.append(bob.entry(bob.note(NewNote(text="meanwhile")).handle))
                closed.append(bob.entry(draft.handle))

    turn = ask(notebook, "all of it?", Scripted(("not ", "all"), pause=close), thread="talk")

    assert closed[1].status in {Status.INTERRUPTED, Status.FAILED}
    assert (turn.answer.text, turn.answer.status) == ("not all", Status.COMPLETE)
    assert (turn.answer.handle, turn.answer.versions) == (closed[1].handle, 1)
    assert recorded(notebook, turn.answer.handle).digest == turn.context.digest
    assert notebook.verify().faults == ()
    follow = ask(notebook, "and then?", thread="talk")
    assert follow.context.messages[-2].content == "not all"


def test_such_an_answer_keeps_what_the_model_thought(
    notebook: Notebook, settings: Settings
) -> None:
    class Thinking(Scripted):
        def stream(self, context: Context) -> Iterator[Piece | Usage]:
            yield Piece(reasoning="let me see")
            with beside(settings, actor="bob") as bob:
                disown(notebook.ledger, drafts.read(notebook.ledger, settings.state)[0].id)
                bob.note(NewNote(text="meanwhile"))
            yield Piece(text="all of it")

    answer = ask(notebook, "all of it?", Thinking()).answer

    assert answer.text == "all of it"
    (event,) = notebook.ledger.rows("SELECT id FROM event WHERE kind = 'entry.edit'")
    assert recipes.words(notebook.ledger, event[0], "reasoning") == "let me see"


def test_the_citations_of_such_an_answer_are_those_of_all_of_it(
    notebook: Notebook, settings: Settings
) -> None:
    note = notebook.note(NewNote(text="the print was soft"))

    def close(piece: str) -> None:
        if piece.startswith("["):
            (draft,) = drafts.read(notebook.ledger, settings.state)
            disown(notebook.ledger, draft.id)

    model = Scripted(("Soft ", f"[@{note.handle}]"), pause=close)

    turn = ask(notebook, "how was the print?", model)

    assert [one.handle for one in why(notebook, turn.answer.handle).citations] == [note.handle]
    assert used_in(notebook, note.handle) == [notebook.entry(turn.answer.handle)]


def test_an_owner_brings_nothing_back_that_was_erased(
    notebook: Notebook, settings: Settings
) -> None:
    def erase(piece: str) -> None:
        if piece == "secret":
            (draft,) = drafts.read(notebook.ledger, settings.state)
            disown(notebook.ledger, draft.id)
            with beside(settings, actor="bob") as bob, bob.writing() as tx:
                integrity.purge(tx, EntryId(draft.id))

    turn = ask(notebook, "tell me?", Scripted(("a ", "secret"), pause=erase))

    assert turn.answer.text == ""
    assert notebook.verify().faults == ()


def test_an_owner_elsewhere_is_dead_after_a_minute_of_silence(
    notebook: Notebook, settings: Settings
) -> None:
    statuses: list[Status] = []

    def elsewhere() -> None:
        (draft,) = drafts.read(notebook.ledger, settings.state)
        for silent in (59.0, 61.0):
            disown(notebook.ledger, draft.id, silent)
            statuses.append(lists.open_drafts(notebook.ledger)[0].status)

    ask(notebook, "are you there?", Scripted(look=elsewhere))

    assert statuses == [Status.STREAMING, Status.FAILED]


def test_a_silent_model_does_not_make_its_owner_look_dead(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "EVERY", 0.01)
    monkeypatch.setattr(growing, "BEAT", 0.02)
    beats: list[float] = []

    def think() -> None:
        for _ in range(2):
            beats.append(notebook.ledger.one("SELECT beat FROM draft")[0])
            time.sleep(0.2)

    ask(notebook, "think hard", Scripted(look=think))

    assert beats[1] > beats[0]


def test_the_handle_of_a_draft_is_taken(notebook: Notebook, settings: Settings) -> None:
    lengths: list[int] = []

    def other() -> None:
        (draft,) = drafts.read(notebook.ledger, settings.state)
        with notebook.writing() as tx:
            lengths.extend((len(draft.handle), tx.handle_length(draft.id)))
        assert full_handle(draft.id).startswith(draft.handle)

    ask(notebook, "what is your name?", Scripted(look=other))

    assert lengths == [5, 6]


def test_a_rebuild_leaves_drafts_alone(notebook: Notebook, settings: Settings) -> None:
    def rebuild() -> None:
        with beside(settings) as other:
            other.rebuild()

    turn = ask(notebook, "still there?", Scripted(look=rebuild))

    assert (turn.answer.text, turn.answer.status) == ("As you noted.", Status.COMPLETE)
    assert notebook.verify().faults == ()


def test_a_draft_has_its_context_from_the_start(notebook: Notebook) -> None:
    note = notebook.note(NewNote(text="the print was soft"))
    shown = dead(notebook, QUESTION, ("half",))

    found = recorded(notebook, shown.handle)

    assert note.handle in {row.handle for row in found.receipt}
    assert found.faithful


def test_a_dry_run_beside_a_dead_draft_has_the_digest_of_the_turn(notebook: Notebook) -> None:
    notebook.note(NewNote(text="the print was soft"))
    ask(notebook, "shall we begin?", thread="talk")
    dead(notebook, QUESTION, ("the print was",))
    before = events(notebook.ledger)
    again = Question(text="go on with the print", thread="talk", given=(look(notebook).handle,))

    dry = preview(notebook, again, Scripted())

    assert events(notebook.ledger) == before
    assert "the print was" in sent(dry)
    turn = ask(notebook, again)
    assert turn.context.digest == dry.digest
    assert turn.context.digest == recorded(notebook, turn.answer.handle).digest


def test_a_muted_question_that_died_is_not_replayed(notebook: Notebook) -> None:
    dead(notebook, Question(text="hush?", thread="talk", mute=True), ("hushed",))
    question = Question(text="what did I ask?", thread="talk")

    dry = preview(notebook, question, Scripted())

    assert "hush" not in sent(dry)
    assert ask(notebook, question).context.digest == dry.digest


def test_a_ledger_that_cannot_be_written_for_a_while_delays_and_loses_nothing(
    notebook: Notebook, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "EVERY", 0.02)
    held = threading.Event()

    def hold(piece: str) -> None:
        if piece == "one ":
            threading.Thread(target=lock).start()
            assert held.wait(5)
        time.sleep(0.05)

    def lock() -> None:
        ledger = Ledger.open(settings.ledger, state=settings.state, create=False)
        with ledger.writing(by="bob", now=NOON()):
            held.set()
            time.sleep(0.3)
        ledger.close()

    turn = ask(notebook, "all?", Scripted(("one ", "two ", "three"), pause=hold))

    assert turn.answer.text == "one two three"


def test_a_second_interrupt_while_the_answer_is_kept_does_not_lose_it(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    presses = [KeyboardInterrupt()]
    clock = notebook.clock

    def impatient() -> None:
        notebook.clock = press

    def press() -> datetime:
        if presses:
            raise presses.pop()
        return clock()

    model = Scripted(("half",), KeyboardInterrupt(), look_back=impatient)

    with pytest.raises(KeyboardInterrupt):
        ask(notebook, "stop, stop", model)

    assert (look(notebook).text, look(notebook).status) == ("half", Status.INTERRUPTED)


def test_a_ledger_that_fails_for_good_leaves_the_question_and_the_draft(
    notebook: Notebook, settings: Settings
) -> None:
    def close() -> None:
        notebook.ledger.writable = False

    with pytest.raises(LedgerError):
        ask(notebook, "still there?", Scripted(look_back=close))

    with beside(settings) as again:
        found = [(entry.kind, entry.status) for entry in again.latest(0)]
    assert found == [(Kind.QUESTION, Status.COMPLETE), (Kind.ANSWER, Status.FAILED)]


def test_an_answer_that_its_own_process_gave_up_is_closed_by_its_next_turn(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "EVERY", 0.01)

    def close() -> None:
        while not look(notebook).text:
            time.sleep(0.01)
        notebook.ledger.writable = False

    with pytest.raises(LedgerError):
        ask(notebook, "still there?", Scripted(("half",), look_back=close), thread="talk")
    notebook.ledger.writable = True

    turn = ask(notebook, "go on?", thread="talk")

    assert turn.context.messages[-2].content == "half\n\n(cut off here)"


def test_an_answer_lands_where_its_thread_has_moved_to(notebook: Notebook) -> None:
    new_project(notebook, "elsewhere")
    ask(notebook, "first?", thread="talk")

    def move(piece: str) -> None:
        move_thread(notebook, "@last", "elsewhere")

    turn = ask(notebook, "second?", Scripted(("One word.",), pause=move), thread="talk")

    assert notebook.entry(turn.answer.handle).project == "elsewhere"


def test_half_an_answer_whose_writer_died_is_exported(notebook: Notebook) -> None:
    dead(notebook, QUESTION, ("half of ", "it"))

    found = [entry for entry, _ in transfer.export(notebook, notebook.every())]

    assert [entry.kind for entry in found] == [Kind.QUESTION, Kind.ANSWER]
    assert (found[1].text, found[1].status) == ("half of it", Status.INTERRUPTED)


def test_where_nothing_can_be_written_an_export_says_that_half_an_answer_is_left_out(
    notebook: Notebook,
) -> None:
    dead(notebook, QUESTION, ("half of ", "it"))
    told: list[str] = []
    notebook.say = told.append
    raw = sqlite3.connect(notebook.ledger.path)
    raw.execute("PRAGMA user_version = 99")
    raw.close()

    found = [entry for entry, _ in transfer.export(notebook, notebook.every())]

    assert [entry.kind for entry in found] == [Kind.QUESTION]
    assert "a half answer whose writer died is left out" in told[0]
