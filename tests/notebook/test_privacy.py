"""What is private leaves for no model that is not local, by whatever path it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from notebook.hands import Scripted, Turn, ask, beside, dead, sent
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Scope, Status
from ledgernote.domain.errors import ModelError, PrivateProject
from ledgernote.domain.turns import Asked, Kept, Model, Replayed
from ledgernote.ledger import keep, places
from ledgernote.ledger.tags import need_tag
from ledgernote.notebook import labels
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.changing import make_private, unmake_private
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Material, Question, preview, take_turn

Named = Callable[[str], Model]

SECRET = "the zebrafinch fund holds gilts"
"""Words of which not one may be seen by the server."""
CANARY = "zebrafinch"


def words(server: ScriptedServer) -> str:
    """Everything that the server was ever told."""
    return json.dumps(server.requests)


def mark(notebook: Notebook, entity: bytes) -> None:
    with notebook.writing() as tx:
        keep.mark_private(tx, entity)


def secret(notebook: Notebook, **more: object) -> Entry:
    return notebook.note(NewNote(text=SECRET, private=True, **more))  # type: ignore[arg-type]


# ---- paths by which a private note could leave -----------------------------------------


def matched(notebook: Notebook) -> Question:
    secret(notebook)
    return Question(text="which fund holds gilts?")


def pinned_to_the_project(notebook: Notebook) -> Question:
    secret(notebook, pin=Scope.PROJECT)
    return Question(text="anything?")


def pinned_everywhere(notebook: Notebook) -> Question:
    secret(notebook, pin=Scope.EVERYWHERE)
    return Question(text="anything?")


def pinned_to_the_thread(notebook: Notebook) -> Question:
    ask(notebook, "shall we begin?", thread="talk")
    note = secret(notebook, thread="talk")
    labels.pin(notebook, [note.handle], Scope.THREAD)
    return Question(text="anything?", thread="talk")


def said_in_the_thread(notebook: Notebook) -> Question:
    ask(notebook, "shall we begin?", thread="talk")
    secret(notebook, thread="talk")
    return Question(text="anything?", thread="talk")


def given(notebook: Notebook) -> Question:
    return Question(text="what of this?", given=(secret(notebook).handle,))


def used(notebook: Notebook) -> Question:
    return Question(text="what of this?", used=(secret(notebook).handle,))


def superseding_a_private_note(notebook: Notebook) -> Question:
    old = notebook.note(NewNote(text="gilts are held by a fund", private=True))
    notebook.note(NewNote(text=SECRET, supersedes=old.handle))
    return Question(text="which fund holds gilts?")


def superseding_an_open_note(notebook: Notebook) -> Question:
    old = notebook.note(NewNote(text="some fund holds gilts"))
    secret(notebook, supersedes=old.handle)
    return Question(text="which fund holds gilts?")


def saved_from_a_private_note(notebook: Notebook) -> Question:
    note = secret(notebook)
    notebook.note(NewNote(text=SECRET, saved_from=note.handle))
    return Question(text="which fund holds gilts?")


def tagged_with_a_private_tag(notebook: Notebook) -> Question:
    notebook.note(NewNote(text=SECRET, tags=("own",)))
    with notebook.writing() as tx:
        keep.mark_private(tx, need_tag(tx, "own"))
    return Question(text="which fund holds gilts?")


def pinned_in_a_private_project(notebook: Notebook) -> Question:
    notebook.project = "house"
    notebook.note(NewNote(text=SECRET, pin=Scope.EVERYWHERE))
    mark(notebook, notebook.project_id())
    notebook.project = "inbox"
    return Question(text="which fund holds gilts?")


def answered_from_it_by_a_local_model(notebook: Notebook) -> Question:
    note = secret(notebook)
    ask(notebook, "which fund?", Scripted((SECRET,)), thread="talk", given=(note.handle,))
    return Question(text="which fund was it?", thread="talk")


def answered_from_that_answer(notebook: Notebook) -> Question:
    note = notebook.note(NewNote(text="gilts are held", private=True))
    ask(notebook, "which fund?", Scripted(("that one",)), thread="talk", given=(note.handle,))
    ask(notebook, "say it again?", Scripted((SECRET,)), thread="talk")
    ask(notebook, "and again?", Scripted((SECRET,)), thread="talk")
    unmake_private(notebook, [note.handle], agreed=True)
    return Question(text="which fund was it?", thread="talk")


def answered_from_it_before_it_was_private(notebook: Notebook) -> Question:
    note = notebook.note(NewNote(text="gilts are held"))
    first = ask(notebook, "who holds?", Scripted(()), thread="talk", given=(note.handle,))
    ask(notebook, "say more?", Scripted((SECRET,)), thread="talk")
    ask(notebook, "and more?", Scripted((SECRET,)), thread="talk")
    assert first.answer.status is Status.FAILED
    make_private(notebook, [note.handle])
    return Question(text="which fund was it?", thread="talk")


def in_the_draft_of_a_dead_writer(notebook: Notebook) -> Question:
    note = secret(notebook)
    question = Question(text="which fund?", thread="talk", given=(note.handle,))
    dead(notebook, question, (SECRET,))
    return Question(text="which fund was it?", thread="talk")


def in_a_question_and_its_material(notebook: Notebook) -> Question:
    table = Material(text=SECRET, source=CANARY)
    turn = ask(notebook, "which fund?", thread="talk", material=(table,))
    make_private(notebook, [turn.question.handle, turn.material[0].handle])
    return Question(text="which fund was it?", thread="talk")


def in_the_system_text_of_a_private_question(notebook: Notebook) -> Question:
    turn = ask(notebook, "who are you?", thread="talk", system=f"You manage {SECRET}.")
    make_private(notebook, [turn.question.handle])
    return Question(text="and now?", thread="talk")


def in_the_text_before_an_edit(notebook: Notebook) -> Question:
    note = notebook.note(NewNote(text=SECRET))
    ask(notebook, "which fund holds gilts?", thread="talk")
    with notebook.writing() as tx:
        keep.revise(tx, note.id, b"nothing")
    make_private(notebook, [note.handle])
    return Question(text="which fund was it?", thread="talk")


def in_the_brief_of_a_private_project_that_the_thread_has_left(notebook: Notebook) -> Question:
    notebook.project = "house"
    with notebook.writing() as tx:
        house = places.need_project(tx, "house")
        tx.append("project.brief", house, words={"text": SECRET})
    turn = ask(notebook, "what is it?", thread="talk")
    thread = turn.question.thread_id
    assert thread
    notebook.project = "inbox"
    with notebook.writing() as tx:
        inbox = places.need_project(tx, "inbox")
        tx.append("thread.move", thread, {"project": inbox.hex()})
        for entry in (turn.question, turn.answer):
            keep.move(tx, entry.id, inbox, thread)
    mark(notebook, house)
    return Question(text="and now?", thread="talk")


PATHS = (
    *(matched, pinned_to_the_project, pinned_everywhere, pinned_to_the_thread),
    *(said_in_the_thread, given, used, superseding_a_private_note, superseding_an_open_note),
    *(saved_from_a_private_note, tagged_with_a_private_tag, pinned_in_a_private_project),
    *(answered_from_it_by_a_local_model, answered_from_that_answer),
    *(answered_from_it_before_it_was_private, in_the_draft_of_a_dead_writer),
    *(in_a_question_and_its_material, in_the_system_text_of_a_private_question),
    *(in_the_text_before_an_edit, in_the_brief_of_a_private_project_that_the_thread_has_left),
)
HEADS = (
    in_the_system_text_of_a_private_question,
    in_the_brief_of_a_private_project_that_the_thread_has_left,
)
"""What stands before all entries, and is none."""

every_path = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)


@every_path
def test_it_never_reaches_the_server(
    path: Callable[[Notebook], Question],
    notebook: Notebook,
    server: ScriptedServer,
    named: Named,
) -> None:
    question = path(notebook)

    ask(notebook, question, named("openai/a"), log=False)
    ask(notebook, question, named("anthropic/b"))

    assert len(server.requests) == 2
    assert CANARY not in words(server)


@every_path
def test_a_dry_run_withholds_and_counts_it_as_the_turn_does(
    path: Callable[[Notebook], Question], notebook: Notebook
) -> None:
    question, model = path(notebook), Scripted(local=False)

    dry = preview(notebook, question, model)

    turn = ask(notebook, question, model)
    assert CANARY not in sent(dry)
    assert (dry.digest, dry.withheld) == (turn.context.digest, turn.context.withheld)
    assert dry.withheld >= 1 or path in HEADS


@every_path
def test_a_local_model_gets_it(path: Callable[[Notebook], Question], notebook: Notebook) -> None:
    question, model = path(notebook), Scripted(local=True)

    turn = ask(notebook, question, model)

    assert CANARY in model.sent or path is in_the_text_before_an_edit
    assert turn.context.withheld == 0


# ---- the door --------------------------------------------------------------------------


def test_a_loopback_server_is_local_only_when_the_settings_say_so(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    question = matched(notebook)
    ask(notebook, question, named("openai/a"))
    notebook.settings = replace(notebook.settings, models={"openai/a": {"local": True}})

    ask(notebook, question, the_model(notebook, "openai/a"))

    assert [CANARY in json.dumps(request) for request in server.requests] == [False, True]


def test_a_pin_says_that_what_replaces_it_is_kept_back(notebook: Notebook) -> None:
    pin = notebook.note(NewNote(text="no cut before September", pin=Scope.PROJECT)).handle
    remote = Scripted(local=False)
    ask(notebook, "first?", remote, thread="talk")
    notebook.note(NewNote(text=SECRET, supersedes=pin, private=True))

    turns = [ask(notebook, "and now?", remote, thread=name) for name in ("talk", "talk", "new")]

    told = f"(@{pin} is replaced by an entry not shown here)"
    assert [sent(turn.context).count(told) for turn in turns] == [1, 1, 1]
    assert [turn.context.withheld for turn in turns] == [1, 1, 1]
    assert SECRET not in remote.sent


def test_one_remote_model_among_several_withholds_it_from_all(notebook: Notebook) -> None:
    question = matched(notebook)
    models = (Scripted(local=True), Scripted(local=False))

    found = list(take_turn(notebook, question, *models))

    assert len([event for event in found if isinstance(event, Kept)]) == 2
    assert CANARY not in models[0].sent + models[1].sent


@pytest.mark.parametrize("log", [True, False])
def test_in_a_private_project_a_remote_model_is_refused_before_anything_is_sent(
    log: bool, notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    notebook.note(NewNote(text=SECRET))
    mark(notebook, notebook.project_id())

    with pytest.raises(PrivateProject) as refused:
        ask(notebook, "which fund?", named("openai/a"), log=log)

    assert refused.value.exit_code == 2
    assert "openai/a" in str(refused.value)
    assert "local" in refused.value.hint
    assert server.paths == []
    assert notebook.latest(1)[0].text == ("which fund?" if log else SECRET)


def test_a_dry_run_in_a_private_project_is_refused_too(notebook: Notebook) -> None:
    notebook.note(NewNote(text=SECRET))
    mark(notebook, notebook.project_id())

    with pytest.raises(PrivateProject):
        preview(notebook, Question(text="which fund?"), Scripted(local=False))

    assert CANARY in sent(preview(notebook, Question(text="which fund?"), Scripted()))


def test_a_thread_of_a_private_project_is_refused_from_another_one(notebook: Notebook) -> None:
    notebook.project = "house"
    turn = ask(notebook, SECRET)
    mark(notebook, notebook.project_id())
    notebook.project = "inbox"
    model = Scripted(local=False)

    with pytest.raises(PrivateProject):
        ask(notebook, "and?", model, thread=turn.question.thread)

    assert model.contexts == []


# ---- in time ---------------------------------------------------------------------------


@contextmanager
def under_way(notebook: Notebook, question: Question, model: Model) -> Iterator[Iterator[object]]:
    turn = take_turn(notebook, question, model)
    try:
        yield turn
    finally:
        turn.close()


def test_what_becomes_private_while_the_question_is_kept_is_withheld(
    notebook: Notebook, settings: Settings
) -> None:
    note = notebook.note(NewNote(text=SECRET))
    model = Scripted(local=False)

    with under_way(notebook, Question(text="which fund holds gilts?"), model) as turn:
        assert isinstance(next(turn), Asked)
        with beside(settings, actor="bob") as other:
            make_private(other, [note.handle])
        rest = list(turn)

    assert CANARY not in model.sent
    assert [event.context.withheld for event in rest if isinstance(event, Replayed)] == [1]


def test_what_becomes_private_on_its_way_stops_the_turn_and_nothing_is_sent(
    notebook: Notebook, settings: Settings
) -> None:
    note = notebook.note(NewNote(text=SECRET))
    model = Scripted(local=False)

    with under_way(notebook, Question(text="which fund holds gilts?"), model) as turn:
        assert isinstance(next(turn), Asked)
        assert isinstance(next(turn), Replayed)
        with beside(settings, actor="bob") as other:
            make_private(other, [note.handle])
        (kept,) = (event for event in turn if isinstance(event, Kept))

    assert model.contexts == []
    assert isinstance(kept.error, ModelError)
    assert kept.status is Status.FAILED


def test_a_project_that_becomes_private_on_its_way_stops_the_turn(
    notebook: Notebook, settings: Settings
) -> None:
    model = Scripted(local=False)

    with under_way(notebook, Question(text="anything?"), model) as turn:
        assert isinstance(next(turn), Asked)
        mark(notebook, notebook.project_id())
        with pytest.raises(PrivateProject):
            list(turn)

    assert model.contexts == []


def test_a_brief_that_becomes_private_on_its_way_is_not_sent(notebook: Notebook) -> None:
    with notebook.writing() as tx:
        inbox = places.need_project(tx, "inbox")
        tx.append("project.brief", inbox, words={"text": SECRET})
    model = Scripted(local=False)

    with under_way(notebook, Question(text="anything?"), model) as turn:
        assert isinstance(next(turn), Asked)
        assert isinstance(next(turn), Replayed)
        mark(notebook, inbox)
        (kept,) = (event for event in turn if isinstance(event, Kept))

    assert model.contexts == []
    assert isinstance(kept.error, ModelError)


# ---- marks -----------------------------------------------------------------------------


def answered(notebook: Notebook) -> tuple[Entry, Turn]:
    note = secret(notebook)
    turn = ask(notebook, "which fund?", thread="talk", given=(note.handle,))
    return note, turn


def is_private(notebook: Notebook, entry: Entry) -> bool:
    return notebook.entry(entry.handle).private


def test_an_answer_with_a_private_context_has_a_mark_of_its_own(notebook: Notebook) -> None:
    note, turn = answered(notebook)

    unmake_private(notebook, [note.handle], agreed=True)

    assert not is_private(notebook, note)
    assert is_private(notebook, turn.answer)


def test_an_answer_under_a_private_system_text_has_a_mark_too(notebook: Notebook) -> None:
    first = ask(notebook, "who are you?", thread="talk", system=SECRET)
    make_private(notebook, [first.question.handle])
    labels.mute(notebook, [first.question.handle])

    turn = ask(notebook, "and now?", thread="talk")

    unmake_private(notebook, [first.question.handle], agreed=True)
    assert CANARY in sent(turn.context)
    assert is_private(notebook, turn.answer)


def test_unprivate_takes_only_the_answers_own_mark(notebook: Notebook) -> None:
    note, turn = answered(notebook)

    unmake_private(notebook, [turn.answer.handle], agreed=True)
    still = is_private(notebook, turn.answer)
    unmake_private(notebook, [note.handle], agreed=True)

    assert still
    assert not is_private(notebook, turn.answer)


def test_marking_an_answer_does_not_reach_those_that_never_saw_it(notebook: Notebook) -> None:
    first = ask(notebook, "one?", thread="talk")
    make_private(notebook, [first.answer.handle])

    second = ask(notebook, "two?", Scripted(local=False), thread="talk")

    assert not is_private(notebook, second.answer)
    assert not second.answer.private


def test_what_a_later_answer_saw_through_an_earlier_context_makes_it_private(
    notebook: Notebook,
) -> None:
    note = notebook.note(NewNote(text="gilts are held"))
    turns = [ask(notebook, "who holds gilts?", thread="talk")]
    turns += [ask(notebook, f"and {n}?", thread="talk") for n in range(5)]

    make_private(notebook, [note.handle])

    assert all(is_private(notebook, turn.answer) for turn in turns)
    assert not any(is_private(notebook, turn.question) for turn in turns)


def test_a_private_answer_in_progress_is_shown_as_private(notebook: Notebook) -> None:
    note = secret(notebook)
    shown: list[bool] = []

    def look() -> None:
        shown.append(notebook.latest(1)[0].private)

    ask(notebook, "which fund?", Scripted(look=look), given=(note.handle,))

    assert shown == [True]


def test_a_name_that_is_no_secret_may_still_be_cited(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    open_note = notebook.note(NewNote(text="gilts are held"))
    secret(notebook)
    server.script(Say(f"Held [@{open_note.handle}]."))

    turn = ask(notebook, "which fund holds gilts?", named("openai/a"))

    assert [one.verdict for one in turn.kept.citations] == ["known"]
