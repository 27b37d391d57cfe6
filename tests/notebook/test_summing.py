"""A summary stands in for the talk before it; all of that stays."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from notebook.hands import Scripted, Turn, ask, beside, sent
from notebook.test_privacy import SECRET, Named
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind, Scope, Status, ThreadId
from ledgernote.domain.errors import OverCap, PrivateProject, UsageError
from ledgernote.domain.turns import Context, Reason, Usage
from ledgernote.ledger import integrity, keep
from ledgernote.notebook import undoing
from ledgernote.notebook.changing import make_private, remove
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.summing import entitle, name_from, sum_up
from ledgernote.notebook.transfer import import_lines
from ledgernote.notebook.turn import Question, preview, recorded

GIST = "Gilts were weighed; the long end was chosen."


def thread(notebook: Notebook, name: str = "rates") -> ThreadId:
    found = notebook.thread_id(name)
    assert found is not None
    return found


def talk(notebook: Notebook, *questions: str) -> list[Turn]:
    return [ask(notebook, each, Scripted((f"On {each}",)), thread="rates") for each in questions]


def summed(notebook: Notebook, model: Scripted | None = None) -> Entry:
    model = model or Scripted((GIST,))
    return Turn(list(sum_up(notebook, thread(notebook), model))).answer


def summary_rows(context: Context) -> list[str]:
    return [row.handle for row in context.receipt if row.reason is Reason.SUMMARY]


def test_the_summary_is_sent_in_place_of_the_talk_before_it(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?", "which end?")
    model = Scripted((GIST,))

    summary = summed(notebook, model)
    first = ask(notebook, "and now?", thread="rates").context
    second = ask(notebook, "what next?", thread="rates").context

    assert (summary.kind, summary.actor, summary.text) == (Kind.SUMMARY, "scripted/a", GIST)
    assert "On which end?" in model.sent
    for context in (first, second):
        assert summary_rows(context) == [summary.handle]
        assert sent(context).count(GIST) == 1
    assert "On which end?" not in sent(first)
    assert second.messages[: len(first.messages)] == first.messages


def test_a_long_summary_beside_long_pins_fits_in_part_and_is_listed(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?", "which end?")
    summary = summed(notebook, Scripted(("The long end was chosen. " * 4_000,)))
    texts = [f"{number}: {'Gilts are cheap by now. ' * 2_000}" for number in range(4)]
    pins = [notebook.note(NewNote(text=text, pin=Scope.PROJECT)).handle for text in texts]

    context = ask(notebook, "and now?", thread="rates").context

    assert 12_000 < context.tokens <= 16_000
    assert {left.handle for left in context.left_out} >= {summary.handle, *pins}
    rows = {row.reason: row for row in context.receipt}
    assert rows[Reason.SUMMARY].why == "sums the thread up, a part of it"


def test_pins_stand_beside_a_summary_in_the_making_as_in_a_turn(notebook: Notebook) -> None:
    notebook.note(NewNote(text="Gilts are cheap by now. " * 2_000, pin=Scope.PROJECT))
    (turn,) = talk(notebook, "are gilts cheap?")
    model = Scripted((GIST,))

    summed(notebook, model)

    (was,) = (row for row in turn.context.receipt if row.reason is Reason.PIN)
    (is_,) = (row for row in model.contexts[0].receipt if row.reason is Reason.PIN)
    assert was.excerpt is not None
    assert abs(is_.tokens - was.tokens) < 100


def test_what_it_covers_stays_and_is_recalled_when_it_matters(notebook: Notebook) -> None:
    turns = talk(notebook, "are gilts cheap?", "which end?")

    summed(notebook)
    matched = ask(notebook, "were gilts cheap then?", thread="rates").context

    assert notebook.entry(turns[0].question.handle).text == "are gilts cheap?"
    reasons = {row.handle: row.reason for row in matched.receipt}
    assert reasons[turns[0].question.handle] is Reason.MATCH


def test_its_receipt_names_all_that_it_covers_and_its_context_is_kept(notebook: Notebook) -> None:
    turns = talk(notebook, "are gilts cheap?", "which end?")
    model = Scripted((GIST,))

    summary = summed(notebook, model)
    kept = recorded(notebook, summary.handle)

    covered = {entry.handle for turn in turns for entry in (turn.question, turn.answer)}
    assert covered <= {row.handle for row in kept.receipt}
    assert kept.faithful
    assert kept.digest == model.contexts[0].digest


def test_a_later_summary_reads_the_earlier_one_and_what_came_since(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?")
    summed(notebook)
    talk(notebook, "which end?")
    model = Scripted(("Both of it.",))

    later = summed(notebook, model)
    context = ask(notebook, "and now?", thread="rates").context

    assert GIST in model.sent
    assert "On which end?" in model.sent
    assert "On are gilts cheap?" not in model.sent
    assert summary_rows(context) == [later.handle]
    assert GIST not in sent(context)


def test_nothing_said_since_is_refused(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?")
    summary = summed(notebook)

    with pytest.raises(UsageError, match=f"nothing was said since the summary {summary.handle}"):
        summed(notebook)


def test_the_offline_model_is_refused(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?")

    with pytest.raises(UsageError, match="offline only quotes"):
        summed(notebook, Scripted(name="offline"))


def test_an_interrupted_summary_is_kept_and_stands_in_for_nothing(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?")

    half = summed(notebook, Scripted(("Gilts were",), error=KeyboardInterrupt()))
    context = ask(notebook, "and now?", thread="rates").context

    assert (half.status, half.text) == (Status.INTERRUPTED, "Gilts were")
    assert "On are gilts cheap?" in sent(context)
    assert "Gilts were" not in sent(context)


def test_undo_takes_the_summary_back_and_the_talk_is_sent_again(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?")
    summed(notebook)

    undoing.take_back(notebook)
    context = ask(notebook, "and now?", thread="rates").context

    assert "On are gilts cheap?" in sent(context)
    assert GIST not in sent(context)


def test_a_removed_summary_gives_the_talk_back_also_in_later_turns(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?")
    summary = summed(notebook)
    talk(notebook, "which end?")

    remove(notebook, [summary.handle])
    context = ask(notebook, "and now?", thread="rates").context

    assert "On are gilts cheap?" in sent(context)
    assert "On which end?" in sent(context)
    assert GIST not in sent(context)


def test_a_turn_that_came_while_the_model_summed_up_is_not_lost(
    notebook: Notebook, settings: Settings
) -> None:
    talk(notebook, "are gilts cheap?")

    def meanwhile() -> None:
        with beside(settings, project=notebook.project, clock=notebook.clock) as other:
            ask(other, "which end?", Scripted(("The long end.",)), thread="rates")

    summed(notebook, Scripted((GIST,), look=meanwhile))
    context = ask(notebook, "and now?", thread="rates").context

    assert "The long end." in sent(context)


def test_what_a_summary_sends_is_the_same_before_it_is_asked_and_after_a_rebuild(
    notebook: Notebook,
) -> None:
    talk(notebook, "are gilts cheap?")
    summed(notebook)
    model = Scripted()
    question = Question(text="and now?", thread="rates")

    before = preview(notebook, question, model)
    integrity.rebuild(notebook.ledger, by=notebook.actor, now=notebook.clock())
    rebuilt = preview(notebook, question, model)
    asked = ask(notebook, question, model).context

    assert before.digest == rebuilt.digest == asked.digest


# ---- privacy ---------------------------------------------------------------------------


def test_a_summary_of_private_words_stays_private_and_the_rest_of_the_talk_is_sent(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    server.script(Say("Bonds, then."))
    talk(notebook, "are gilts cheap?")
    notebook.note(NewNote(text=SECRET, private=True))
    ask(notebook, "which fund holds gilts?", Scripted(("That fund.",)), thread="rates")

    summary = summed(notebook, Scripted((f"{SECRET}, and gilts are cheap",)))
    ask(notebook, "and now?", named("openai/a"), thread="rates")

    assert notebook.entry(summary.handle).private
    body = str(server.requests)
    assert "zebrafinch" not in body
    assert "On are gilts cheap?" in body


def test_a_summary_that_became_private_gives_the_talk_back_to_a_remote_model(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    server.script(Say("One."), Say("Two."))
    talk(notebook, "are gilts cheap?")
    summary = summed(notebook)
    ask(notebook, "and now?", named("openai/a"), thread="rates")

    make_private(notebook, [summary.handle])
    ask(notebook, "what next?", named("openai/a"), thread="rates")

    assert GIST in str(server.requests[0])
    assert GIST not in str(server.requests[1])
    assert "On are gilts cheap?" in str(server.requests[1])


def test_a_private_project_is_summed_up_by_no_remote_model(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    talk(notebook, "are gilts cheap?")
    project = notebook.project_id()
    with notebook.writing() as tx:
        keep.mark_private(tx, project)

    with pytest.raises(PrivateProject):
        list(sum_up(notebook, thread(notebook), named("openai/a")))
    assert server.requests == []


# ---- a name ------------------------------------------------------------------------------


def test_a_name_is_asked_for_after_the_talk_and_nothing_of_that_is_kept(
    notebook: Notebook,
) -> None:
    talk(notebook, "are gilts cheap?")
    there = len(notebook.latest(0))
    model = Scripted(('**"Gilts, the long end."**\n\nA fine name.',))

    turn = Turn(list(entitle(notebook, thread(notebook), model)))

    assert "On are gilts cheap?" in model.sent
    assert name_from(turn.kept.text) == "Gilts, the long end"
    assert len(notebook.latest(0)) == there


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("", ""),
        ("\n \n", ""),
        ("# Rates\nmore", "Rates"),
        ("x" * 300, "x" * 80),
        ("word " * 30, ("word " * 16).strip()),
        ("“a b”", "a b"),
    ],
)
def test_a_name_is_the_first_line_without_its_marks(said: str, name: str) -> None:
    assert name_from(said) == name


def test_a_summary_of_an_import_goes_nowhere_that_the_import_may_not_go(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    row = {"kind": "note", "text": SECRET, "source": "chatgpt", "ref": "1", "thread": "rates"}
    import_lines(notebook, [json.dumps(row).encode()])
    talk(notebook, "is it cheap?")
    summary = summed(notebook, Scripted((f"{SECRET}.",)))

    context = ask(notebook, "and now?", named("openai/a"), thread="rates").context

    assert "zebrafinch" not in str(server.requests)
    assert "On is it cheap?" in str(server.requests)
    assert summary.handle not in {row.handle for row in context.receipt}


def test_a_summary_is_asked_about_when_the_month_has_cost_enough(notebook: Notebook) -> None:
    dear = Usage(tokens_in=1000, tokens_out=10, cost=0.6, source="provider")
    notebook.settings = replace(notebook.settings, cap=1)
    ask(notebook, "one?", Scripted(local=False, usage=dear), thread="rates")
    model = Scripted((GIST,), local=False)

    with pytest.raises(OverCap):
        summed(notebook, model)

    assert model.contexts == []


def test_what_a_summary_stands_for_is_not_left_out(notebook: Notebook) -> None:
    talk(notebook, "are gilts cheap?", "which end?")
    summed(notebook)

    context = ask(notebook, "so?", thread="rates", replay=0).context

    assert context.left_out_count == 0
