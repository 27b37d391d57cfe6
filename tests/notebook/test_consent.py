"""What was imported leaves for no provider before somebody has said that it may."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from notebook.hands import Scripted, Turn, ask, beside, dead, sent
from scripted import ScriptedServer

from ledgernote.config import Settings
from ledgernote.config.file import consents
from ledgernote.config.writing import write
from ledgernote.domain.entries import Entry, Kind, Scope, Status
from ledgernote.domain.errors import ModelError, UsageError, WouldReveal
from ledgernote.domain.turns import Consent, Costly, Decision, Model, TurnEvent
from ledgernote.ledger.consent import import_name
from ledgernote.notebook import labels
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.changing import edit, purge
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.transfer import import_lines
from ledgernote.notebook.turn import Material, Question, preview, recorded, take_turn
from ledgernote.notebook.undoing import take_back

Named = Callable[[str], Model]
Decide = Callable[[Consent], Decision | None]

SECRET = "the zebrafinch fund holds gilts"
"""Words of which not one may be seen by the server."""
CANARY = "zebrafinch"
OPENAI = "openai/a"


def words(server: ScriptedServer) -> str:
    """Everything that the server was ever told."""
    return json.dumps(server.requests)


def bring(notebook: Notebook, *texts: str, source: str | None = "chatgpt", **more: str) -> Entry:
    """Import notes of these texts; the last of them."""
    rows = [
        {"kind": "note", "text": text, "ref": f"{source}-{text}", **more}
        | ({"source": source} if source else {})
        for text in texts
    ]
    import_lines(notebook, [json.dumps(row).encode() for row in rows])
    return next(one for one in notebook.latest(0) if one.text == texts[-1])


def decided(
    notebook: Notebook, question: Question, model: Model, decision: Decision | None
) -> tuple[Turn, list[Consent], list[str]]:
    """A turn in which every question of consent is answered so; the questions, and what is said."""
    asked: list[Consent] = []
    said: list[str] = []

    def decide(consent: Consent | Costly) -> Decision | None:
        assert isinstance(consent, Consent)
        asked.append(consent)
        return decision

    turn = take_turn(notebook, question, model)
    events = list(Asker(notebook, said.append, decide).events(turn, (model,)))
    return Turn(events), asked, said


# ---- paths by which an imported note could leave ----------------------------------------


def matched(notebook: Notebook) -> Question:
    bring(notebook, SECRET)
    return Question(text="which fund holds gilts?")


def near(notebook: Notebook) -> Question:
    lines = [
        {"kind": kind, "text": text, "thread": "old", "source": "claude", "ref": text}
        for kind, text in (("question", "which fund holds bunds?"), ("answer", CANARY))
    ]
    import_lines(notebook, [json.dumps(line).encode() for line in lines])
    return Question(text="which fund holds bunds?")


def pinned(notebook: Notebook) -> Question:
    labels.pin(notebook, [bring(notebook, SECRET).handle], Scope.EVERYWHERE)
    return Question(text="anything?")


def said_in_the_thread(notebook: Notebook) -> Question:
    bring(notebook, SECRET, thread="talk")
    return Question(text="anything?", thread="talk")


def given(notebook: Notebook) -> Question:
    return Question(text="what of this?", given=(bring(notebook, SECRET).handle,))


def used(notebook: Notebook) -> Question:
    return Question(text="what of this?", used=(bring(notebook, SECRET).handle,))


def superseding_a_note(notebook: Notebook) -> Question:
    old = notebook.note(NewNote(text="some fund holds gilts"))
    bring(notebook, SECRET, supersedes=old.handle)
    return Question(text="which fund holds gilts?")


def edited_here(notebook: Notebook) -> Question:
    edit(notebook, bring(notebook, "a fund holds gilts"), SECRET)
    return Question(text="which fund holds gilts?")


def saved_from_it(notebook: Notebook) -> Question:
    origin = bring(notebook, "other words")
    notebook.note(NewNote(text=SECRET, saved_from=origin.handle))
    return Question(text="which fund holds gilts?")


def quoted_by_the_offline_model(notebook: Notebook) -> Question:
    note = bring(notebook, SECRET)
    offline = Scripted((SECRET,), name="offline")
    ask(notebook, "which fund?", offline, thread="talk", given=(note.handle,))
    return Question(text="which fund was it?", thread="talk")


def quoted_by_it_two_turns_ago(notebook: Notebook) -> Question:
    note = bring(notebook, SECRET)
    offline = Scripted((SECRET,), name="offline")
    ask(notebook, "which fund?", offline, thread="talk", given=(note.handle,))
    ask(notebook, "say it again?", offline, thread="talk")
    return Question(text="which fund was it?", thread="talk")


def from_lines_without_a_ref(notebook: Notebook) -> Question:
    line = {"kind": "note", "text": SECRET, "source": "/home/ann/notes.md"}
    import_lines(notebook, [json.dumps(line).encode()])
    return Question(text="which fund holds gilts?")


PATHS = (
    *(matched, near, pinned, said_in_the_thread, given, used, superseding_a_note, edited_here),
    *(saved_from_it, quoted_by_the_offline_model, quoted_by_it_two_turns_ago),
    *(from_lines_without_a_ref,),
)
every_path = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
Path = Callable[[Notebook], Question]


@every_path
def test_it_never_reaches_the_server_while_nobody_has_decided(
    path: Path, notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    question = path(notebook)

    ask(notebook, question, named(OPENAI), log=False)
    ask(notebook, question, named("anthropic/b"))

    assert len(server.requests) == 2
    assert CANARY not in words(server)


@every_path
def test_a_dry_run_withholds_and_counts_it_as_the_turn_does(path: Path, notebook: Notebook) -> None:
    question, model = path(notebook), Scripted(local=False)

    dry = preview(notebook, question, model)

    turn = ask(notebook, question, model)
    assert CANARY not in sent(dry)
    assert (dry.digest, dry.no_consent) == (turn.context.digest, turn.context.no_consent)
    assert sum(row.entries for row in dry.no_consent) >= 1


@every_path
def test_it_is_asked_about_and_goes_when_that_is_agreed(
    path: Path, notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    question = path(notebook)

    turn, asked, _ = decided(notebook, question, named(OPENAI), Decision.ONCE)

    assert [one.provider for one in asked] == ["openai"]
    assert CANARY in words(server)
    assert turn.context.no_consent == ()


@every_path
def test_never_keeps_it_back_and_is_not_asked_again(
    path: Path, notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    question = path(notebook)

    _, asked, _ = decided(notebook, question, named(OPENAI), Decision.NEVER)
    _, again, said = decided(notebook, question, named(OPENAI), Decision.ONCE)

    assert (len(asked), again, said) == (1, [], [])
    assert CANARY not in words(server)


@every_path
def test_a_local_model_gets_it_unasked(path: Path, notebook: Notebook) -> None:
    question, model = path(notebook), Scripted(local=True)

    turn, asked, _ = decided(notebook, question, model, None)

    assert CANARY in model.sent
    assert (asked, turn.context.no_consent) == ([], ())


# ---- decisions ---------------------------------------------------------------------------


def test_always_is_kept_for_that_provider_alone(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    question = matched(notebook)

    decided(notebook, question, named(OPENAI), Decision.ALWAYS)
    _, again, _ = decided(notebook, question, named("openai/other"), None)
    _, other, _ = decided(notebook, question, named("anthropic/b"), None)

    assert consents(notebook.settings.config) == {"chatgpt": {"openai": "always"}}
    assert (again, [one.provider for one in other]) == ([], ["anthropic"])
    assert [CANARY in json.dumps(request) for request in server.requests] == [True, True, False]


def test_once_holds_for_one_turn(notebook: Notebook) -> None:
    question, model = matched(notebook), Scripted(local=False)

    _, first, _ = decided(notebook, question, model, Decision.ONCE)
    _, second, _ = decided(notebook, question, model, None)

    assert len(first) == len(second) == 1
    assert [CANARY in sent(context) for context in model.contexts] == [True, False]
    assert not notebook.settings.config.exists()


def test_a_decision_is_asked_for_each_source_that_would_go(notebook: Notebook) -> None:
    bring(notebook, SECRET)
    bring(notebook, "another fund holds gilts too", source="markdown:my vault")
    question, model = Question(text="which fund holds gilts?"), Scripted(local=False)

    _, asked, _ = decided(notebook, question, model, Decision.ALWAYS)

    assert {one.source for one in asked} == {"chatgpt", "markdown:my vault"}
    assert set(consents(notebook.settings.config)) == {"chatgpt", "markdown:my vault"}
    assert CANARY in model.sent


def test_a_question_names_how_many_and_the_first_handles(notebook: Notebook) -> None:
    texts = [f"fund {number} holds gilts" for number in range(5)]
    bring(notebook, *texts)

    _, (asked,), _ = decided(
        notebook, Question(text="which fund holds gilts?"), Scripted(local=False), None
    )

    handles = {one.handle for one in notebook.latest(0)}
    assert (asked.source, asked.provider, asked.entries) == ("chatgpt", "scripted", 5)
    assert len(asked.handles) == 3
    assert handles.issuperset(asked.handles)


def test_the_question_is_kept_before_consent_is_asked_and_nothing_is_sent(
    notebook: Notebook,
) -> None:
    question, model = matched(notebook), Scripted(local=False)

    def leave(_: Consent | Costly) -> Decision | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(Asker(notebook, print, leave).events(take_turn(notebook, question, model), (model,)))

    assert notebook.latest(1)[0].text == question.text
    assert model.contexts == []


def test_a_purge_erases_while_a_person_decides_and_what_it_erased_is_not_sent(
    notebook: Notebook, settings: Settings
) -> None:
    question, model = matched(notebook), Scripted(local=False)
    note = notebook.note(NewNote(text="a zebrafinch holds gilts of its own"))
    turn = take_turn(notebook, question, model)
    assert any(isinstance(event, Consent) for event in itertools.islice(turn, 2))

    with beside(settings, actor="bob") as other:
        purge(other, [note.handle])
        turn.send(Decision.NEVER)

    list(turn)
    assert CANARY not in model.sent


def test_a_question_of_consent_moves_no_rank(notebook: Notebook) -> None:
    for number in range(30):
        word = "alpha" if number % 3 else "beta"
        notebook.note(NewNote(text=f"{word} was {number} on that day, as somebody said"))
    bring(notebook, f"alpha and beta: {CANARY}")
    material = tuple(Material(text=f"beta {n}", source=f"!echo {n}") for n in range(20))
    question = Question(text="alpha or beta?", material=material, replay=150)
    model = Scripted(local=False)

    dry = preview(notebook, question, model)

    turn, asked, _ = decided(notebook, question, model, None)
    assert len(asked) == 1
    assert turn.context.digest == dry.digest


def test_nothing_is_asked_where_nothing_of_it_would_go(notebook: Notebook) -> None:
    bring(notebook, SECRET)
    notebook.note(NewNote(text="oil is at 90"))

    turn, asked, said = decided(
        notebook, Question(text="where is oil?"), Scripted(local=False), Decision.NEVER
    )

    assert (asked, said, turn.context.no_consent) == ([], [], ())


def test_what_is_withheld_is_said_once_with_the_remedy(notebook: Notebook) -> None:
    bring(notebook, SECRET, source="markdown:my vault")
    question, model = Question(text="which fund holds gilts?"), Scripted(local=False)
    said: list[str] = []
    asker = Asker(notebook, said.append)

    for _ in range(2):
        list(asker.events(take_turn(notebook, question, model), (model,)))

    (sentence,) = said
    assert "config set 'consent.markdown:my vault.scripted' always" in sentence
    write(notebook.settings.config, "consent.markdown:my vault.scripted", "always")
    ask(notebook, question, model)
    assert CANARY in model.sent


def test_several_models_get_it_only_when_all_their_providers_may(notebook: Notebook) -> None:
    question = matched(notebook)
    models = (Scripted(local=False), Scripted(local=False, name="other/b"))
    write(notebook.settings.config, "consent.chatgpt.scripted", "always")

    list(take_turn(notebook, question, *models))
    write(notebook.settings.config, "consent.chatgpt.other", "always")
    list(take_turn(notebook, question, *models))

    assert [[CANARY in sent(one) for one in model.contexts] for model in models] == [
        [False, True],
        [False, True],
    ]


# ---- what needs no consent ----------------------------------------------------------------


def test_what_was_written_here_needs_none(notebook: Notebook) -> None:
    notebook.note(NewNote(text=SECRET, source="chatgpt", ref="a"))
    model = Scripted(local=False)

    ask(notebook, "which fund holds gilts?", model)

    assert CANARY in model.sent


def test_an_own_export_without_sources_needs_none(notebook: Notebook) -> None:
    bring(notebook, SECRET, source=None)
    model = Scripted(local=False)

    ask(notebook, "which fund holds gilts?", model)

    assert CANARY in model.sent


@pytest.mark.parametrize(
    ("source", "ref", "name"),
    [
        ("chatgpt", "6789", "chatgpt"),
        ("markdown:my notes.v2", "a.md", "markdown:my notes.v2"),
        ("slack", None, "slack"),
        ("/home/ann/notes.md", None, "jsonl"),
        ("https://bls.gov/", None, "jsonl"),
        ("!ls", None, "jsonl"),
    ],
)
def test_an_import_has_the_name_of_its_assistant_or_vault(
    source: str, ref: str | None, name: str
) -> None:
    assert import_name(source, ref) == name


# ---- in a thread ---------------------------------------------------------------------------


def test_what_was_sent_here_with_consent_stays_byte_for_byte(notebook: Notebook) -> None:
    question, model = replace(matched(notebook), thread="talk"), Scripted(local=False)
    decided(notebook, question, model, Decision.ONCE)

    _, asked, _ = decided(notebook, Question(text="and now?", thread="talk"), model, None)

    first, second = (context.messages for context in model.contexts)
    assert asked == []
    assert second[: len(first)] == first


def test_an_imported_pin_that_was_sent_with_consent_stays(notebook: Notebook) -> None:
    question, model = replace(pinned(notebook), thread="talk"), Scripted(local=False)
    decided(notebook, question, model, Decision.ONCE)

    decided(notebook, Question(text="and now?", thread="talk"), model, None)

    first, second = (context.messages for context in model.contexts)
    assert CANARY in sent(model.contexts[0])
    assert second[: len(first)] == first


def test_a_newer_text_of_what_stays_is_not_sent_without_consent(notebook: Notebook) -> None:
    note = bring(notebook, "some fund holds gilts")
    model = Scripted(local=False)
    question = Question(text="which fund holds gilts?", thread="talk")
    decided(notebook, question, model, Decision.ONCE)
    edit(notebook, notebook.entry(note.handle), SECRET)

    _, asked, _ = decided(notebook, Question(text="and now?", thread="talk"), model, None)

    assert [one.source for one in asked] == ["chatgpt"]
    assert "some fund holds gilts" in sent(model.contexts[1])
    assert CANARY not in model.sent


def test_never_takes_it_out_of_the_thread(notebook: Notebook) -> None:
    question, model = replace(matched(notebook), thread="talk"), Scripted(local=False)
    decided(notebook, question, model, Decision.ONCE)
    write(notebook.settings.config, "consent.chatgpt.scripted", "never")

    decided(notebook, Question(text="and now?", thread="talk"), model, None)

    assert [CANARY in sent(context) for context in model.contexts] == [True, False]


@pytest.mark.parametrize("local", [True, False])
def test_another_model_of_the_thread_asks_anew(local: bool, notebook: Notebook) -> None:
    question = replace(matched(notebook), thread="talk")
    # A local one may have a name that begins like that of a provider.
    before = Scripted(local=local, name="openai/house" if local else "other/a")
    decided(notebook, question, before, Decision.ONCE)
    model = Scripted(local=False, name=OPENAI)

    _, asked, _ = decided(notebook, Question(text="and now?", thread="talk"), model, None)

    assert CANARY in before.sent
    assert len(asked) == 1
    assert CANARY not in model.sent


def test_a_receipt_of_the_past_counts_what_was_withheld_and_keeps_no_name(
    notebook: Notebook,
) -> None:
    bring(notebook, SECRET, source="markdown:my vault")
    turn = ask(notebook, "which fund holds gilts?", Scripted(local=False))

    found = recorded(notebook, turn.answer.handle)

    assert found.no_consent == turn.context.no_consent
    assert found.no_consent[0].source == "markdown:my vault"
    metas = notebook.ledger.rows("SELECT meta FROM event WHERE kind = 'entry.new'")
    assert not any("my vault" in str(row[0]) for row in metas)


# ---- the door ------------------------------------------------------------------------------


def under_way(notebook: Notebook, model: Model) -> Iterator[TurnEvent]:
    turn = take_turn(notebook, matched(notebook), model)
    return Asker(notebook, print, lambda _: Decision.ONCE).events(turn, (model,))


def test_a_decision_made_meanwhile_stops_the_turn_and_nothing_is_sent(notebook: Notebook) -> None:
    model = Scripted(local=False)
    turn = under_way(notebook, model)
    next(turn), next(turn)

    write(notebook.settings.config, "consent.chatgpt.scripted", "never")
    kept = list(turn)[-1]

    assert model.contexts == []
    assert isinstance(kept.error, ModelError)  # type: ignore[union-attr]
    assert kept.status is Status.FAILED  # type: ignore[union-attr]


def test_always_that_was_taken_back_is_asked_for_again(notebook: Notebook) -> None:
    question, model = matched(notebook), Scripted(local=False)
    write(notebook.settings.config, "consent.chatgpt.scripted", "always")
    decided(notebook, question, model, None)

    write(notebook.settings.config, "consent.chatgpt.scripted", "ask")
    _, asked, _ = decided(notebook, question, model, None)

    assert len(asked) == 1


def test_a_mistyped_decision_in_the_file_opens_no_door(notebook: Notebook) -> None:
    question, model = matched(notebook), Scripted(local=False)
    notebook.settings.config.write_text('[consent.chatgpt]\nscripted = "alwys"\n')

    with pytest.raises(UsageError, match="alwys"):
        ask(notebook, question, model)

    assert model.contexts == []
    assert notebook.latest(1)[0].text == question.text


# ---- made private --------------------------------------------------------------------------


def test_made_private_it_is_withheld_as_private_from_then_on(notebook: Notebook) -> None:
    bring(notebook, *(f"fund {number} holds nothing" for number in range(450)))
    question, model = matched(notebook), Scripted(local=False)

    turn, asked, _ = decided(notebook, question, model, Decision.PRIVATE)
    _, again, _ = decided(notebook, question, Scripted(local=False), Decision.ALWAYS)

    assert (len(asked), again) == (1, [])
    assert CANARY not in model.sent
    assert (turn.context.withheld > 0, turn.context.no_consent) == (True, ())
    notes = [one for one in notebook.latest(0) if one.kind is Kind.NOTE]
    assert len(notes) == 451
    assert all(one.private for one in notes)
    assert not notebook.settings.config.exists()


def test_one_undo_takes_all_of_it_back_and_asks_as_that_reveals(notebook: Notebook) -> None:
    bring(notebook, *(f"fund {number} holds gilts" for number in range(450)))
    question = Question(text="which fund holds gilts?", log=False)
    decided(notebook, question, Scripted(local=False), Decision.PRIVATE)

    with pytest.raises(WouldReveal):
        take_back(notebook)
    undone = take_back(notebook, agreed=True)

    assert undone is not None
    assert undone.done == {"private": 450}
    assert not any(one.private for one in notebook.latest(0))


def test_a_note_of_another_import_is_not_made_private(notebook: Notebook) -> None:
    other = bring(notebook, "oil is at 90", source="claude")
    own = notebook.note(NewNote(text="my own"))

    decided(notebook, matched(notebook), Scripted(local=False), Decision.PRIVATE)

    assert not notebook.entry(other.handle).private
    assert not notebook.entry(own.handle).private


def test_a_server_of_ones_own_that_is_declared_local_needs_none(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    question = matched(notebook)
    ask(notebook, question, named(OPENAI))
    notebook.settings = replace(notebook.settings, models={OPENAI: {"local": True}})

    ask(notebook, question, the_model(notebook, OPENAI))

    assert [CANARY in json.dumps(request) for request in server.requests] == [False, True]


def test_the_draft_of_a_dead_writer_that_quotes_it_is_withheld(notebook: Notebook) -> None:
    note = bring(notebook, SECRET)
    question = Question(text="which fund?", thread="talk", given=(note.handle,))
    dead(notebook, question, ("half of",))
    model = Scripted(local=False)

    ask(notebook, Question(text="which fund was it?", thread="talk"), model)

    assert CANARY not in model.sent


def test_what_another_hand_decides_holds_for_the_next_turn(
    notebook: Notebook, settings: Settings
) -> None:
    question, model = matched(notebook), Scripted(local=False)
    with beside(settings, actor="bob") as other:
        decided(other, question, Scripted(local=False), Decision.ALWAYS)

    _, asked, _ = decided(notebook, question, model, None)

    assert asked == []
    assert CANARY in model.sent
