"""When a model does not answer: waited for, asked with less, another asked, each planned anew."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from notebook.hands import Scripted, ask, beside
from notebook.test_consent import CANARY, bring, decided, words
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Status
from ledgernote.domain.errors import DoesNotFit, ModelBusy, ModelError, TooLong
from ledgernote.domain.turns import (
    Asked,
    Context,
    Decision,
    Kept,
    Model,
    Replayed,
    Retry,
    Usage,
    WindowFrom,
)
from ledgernote.notebook import learned
from ledgernote.notebook.models import listed
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.room import Room
from ledgernote.notebook.saying import LONGEST, wait_for
from ledgernote.notebook.turn import Material, Question, preview, take_turn
from ledgernote.notebook.undoing import take_back

Named = Callable[[str], Model]


def falling_back(notebook: Notebook, *models: str) -> Notebook:
    """The same notebook with other settings: *models* are asked instead."""
    notebook.settings = replace(notebook.settings, fallback=models, retries=0)
    return notebook


def reported(context: Context, factor: float) -> Usage:
    """What a provider reports that counts so many tokens for each of ours."""
    return Usage(tokens_in=int(context.tokens * factor), tokens_out=5, source="provider")


def test_what_may_go_to_the_other_provider_is_asked_anew(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    bring(notebook, f"the {CANARY} fund holds gilts")
    broken = Scripted((), error=ModelError("down"))

    turn, asked, said = decided(notebook, Question(text="which fund holds gilts?"), broken, None)

    assert [consent.provider for consent in asked] == ["openai"]
    assert turn.kept.context.model == "openai/a"
    assert CANARY not in words(server)
    assert "what was imported from chatgpt is withheld from openai" in said[0]


def test_what_was_agreed_to_goes_to_the_other_provider(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    bring(notebook, f"the {CANARY} fund holds gilts")
    broken = Scripted((), error=ModelError("down"))

    decided(notebook, Question(text="which fund holds gilts?"), broken, Decision.ONCE)

    assert CANARY in words(server)


def test_what_came_along_with_the_question_goes_to_the_other_model_too(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    given = notebook.note(NewNote(text="a curlew"))
    broken = Scripted((), error=ModelError("down"))

    ask(notebook, "what of these?", broken, given=(given.handle,), system="Answer in verse.")

    assert "a curlew" in words(server)
    assert "Answer in verse." in words(server)


def test_what_was_withheld_from_the_first_goes_to_a_local_model_in_its_place(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    notebook.settings = replace(notebook.settings, models={"openai/a": {"local": True}})
    open_, private = (
        notebook.note(NewNote(text="a heron")),
        notebook.note(NewNote(text="a curlew", private=True)),
    )
    broken = Scripted((), error=ModelError("down"), local=False)

    turn = ask(notebook, "what of these?", broken, given=(private.handle, open_.handle))

    said = words(server)
    assert said.count("a heron") == said.count("a curlew") == 1
    assert said.index("a curlew") < said.index("a heron")
    assert turn.all(Replayed)[-1].context.left_out == ()


def test_last_is_what_it_was_when_the_question_was_asked(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    notebook.note(NewNote(text="a curlew"))

    ask(notebook, "what of it?", Scripted((), error=ModelError("down")), given=("@last",))

    assert "a curlew" in words(server)


def test_what_came_along_with_a_question_asked_again_goes_to_the_other_model_too(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    notebook.settings = replace(notebook.settings, models={"openai/a": {"local": True}})
    first = ask(notebook, "what of these?", material=(Material(text="a heron", source="stdin"),))
    broken = Scripted((), error=ModelError("down"), local=False)
    beside = (Material(text="a curlew", source="stdin"),)

    turn = ask(notebook, "", broken, again=first.question.handle, material=beside)

    assert words(server).count("a heron") == words(server).count("a curlew") == 1
    assert len(turn.all(Asked)) == 1


def test_one_undo_takes_back_a_turn_that_another_model_has_ended(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    broken = Scripted((), error=ModelError("down"))
    turn = ask(notebook, "so?", broken, material=(Material(text="a heron", source="stdin"),))
    assert turn.answer.model == "openai/a"

    take_back(notebook)

    assert notebook.latest(0) == []
    take_back(notebook, redo=True)
    assert [entry.text for entry in notebook.latest(0)] == ["a heron", "so?", "", "answer 1"]


def test_an_answer_to_a_question_asked_again_is_taken_back_without_the_question(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)
    first = ask(notebook, "so?", Scripted(("well",)))
    ask(notebook, "", Scripted((), error=ModelError("down")), again=first.question.handle)

    take_back(notebook)

    assert [entry.text for entry in notebook.latest(0)] == ["so?", "well"]


def test_the_project_of_a_marker_says_who_is_asked_instead(
    notebook: Notebook, settings: Settings, server: ScriptedServer, named: Named
) -> None:
    named("openai/a")
    ask(notebook, "so?")
    own = {notebook.project_name: {"fallback": ()}}
    settings = replace(settings, fallback=("openai/a",), retries=0, projects=own)
    marker = f"{uuid.UUID(bytes=notebook.project_id())}  # {notebook.project_name}"

    with beside(settings, project=marker) as there:
        ask(there, "so?", Scripted((), error=ModelError("down")))

    assert server.requests == []


def test_the_project_of_the_thread_says_who_is_asked_instead(
    notebook: Notebook, settings: Settings, server: ScriptedServer, named: Named
) -> None:
    named("openai/a")
    thread = ask(notebook, "so?").question.thread
    own = {notebook.project_name: {"fallback": ()}}
    settings = replace(settings, fallback=("openai/a",), retries=0, projects=own)

    with beside(settings, project="elsewhere") as there:
        ask(there, "so?", Scripted((), error=ModelError("down")), thread=thread)

    assert server.requests == []


def test_after_the_first_word_nobody_else_is_asked(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)

    turn = ask(notebook, "so?", Scripted(("half",), error=ModelError("down")))

    assert turn.kept.text == "half"
    assert turn.kept.status is Status.INTERRUPTED
    assert server.requests == []


def test_where_none_of_the_others_can_be_asked_the_first_says_why(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, "no-such-model", named("openai/a").name)
    server.script(Say(""))

    turn = ask(notebook, "so?", Scripted((), error=ModelError("down")))

    assert str(turn.kept.error) == "down"
    assert turn.kept.context.model == "scripted/a"


def test_nothing_is_written_of_a_question_that_is_not_kept(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    falling_back(notebook, named("openai/a").name)

    turn = ask(notebook, "so?", Scripted((), error=ModelError("down")), log=False)

    assert turn.kept.text == "answer 1"
    assert notebook.latest(0) == []


def test_ctrl_c_ends_the_waiting_for_a_busy_model(notebook: Notebook) -> None:
    busy = Scripted((), error=ModelBusy("busy", wait=30.0))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    begun = time.monotonic()

    try:
        turn = ask(notebook, "so?", busy)
    finally:
        signal.signal(signal.SIGINT, before)

    assert time.monotonic() - begun < 10
    assert [retry.seconds for retry in turn.all(Retry)] == [30.0]
    assert isinstance(turn.kept.error, KeyboardInterrupt)


def test_a_server_is_waited_for_as_long_as_it_asks_but_not_for_ever() -> None:
    assert [wait_for(ModelBusy("busy"), tried, 3) for tried in range(4)] == [0.5, 1.0, 2.0, None]
    assert wait_for(ModelBusy("busy", wait=7.0), 0, 1) == 7.0
    assert wait_for(ModelBusy("busy", wait=LONGEST + 1), 0, 1) is None


def test_what_fits_into_no_window_ends_with_the_numbers(notebook: Notebook) -> None:
    small = Scripted((), error=TooLong("too long", window=100))

    with pytest.raises(DoesNotFit, match=r"the question needs .* tokens of 75"):
        ask(notebook, "so?", small)


def test_no_budget_is_proposed_that_the_window_has_no_room_for(notebook: Notebook) -> None:
    model = Scripted(window=32_768)

    with pytest.raises(DoesNotFit, match="scripted/a has a window of 32,768") as refused:
        ask(notebook, "figure " * 30_000, model)

    assert "--budget" not in refused.value.hint
    assert "larger window" in refused.value.hint


def test_less_is_sent_also_where_what_was_learned_cannot_be_written(notebook: Notebook) -> None:
    (notebook.settings.state / learned.FILE).mkdir(parents=True)
    model = Scripted((), error=TooLong("too long", window=6_000))
    long_talk(notebook)

    ask(notebook, "and?", model, thread="talk")

    assert [context.budget for context in model.contexts] == [16_000, 4_500]


def test_nothing_is_learned_from_a_question_that_is_not_kept(notebook: Notebook) -> None:
    model = Scripted((), error=TooLong("too long", window=6_000))
    long_talk(notebook)

    ask(notebook, "and?", model, thread="talk", log=False)

    assert [context.budget for context in model.contexts] == [16_000, 4_500]
    assert not (notebook.settings.state / learned.FILE).exists()


def test_a_model_that_counts_more_tokens_than_we_do_is_sent_fewer(notebook: Notebook) -> None:
    notebook.note(NewNote(text="the rates were cut and " * 400))
    model = Scripted(window=8_000)
    before = Room(notebook.settings, [model]).budget(None)
    given = [entry.handle for entry in notebook.latest(0)]
    ours = ask(notebook, "so?", model, given=tuple(given)).context.tokens

    model.usage = Usage(tokens_in=2 * ours, tokens_out=1, source="provider")
    ask(notebook, "so?", model, given=tuple(given))
    model.usage = None
    context = ask(notebook, "so?", model, given=tuple(given)).context

    factor = learned.of(notebook.settings, model).factor
    assert factor == pytest.approx(1.5, abs=0.05)
    assert context.budget == int(before / factor)


def test_a_thread_is_not_cut_anew_for_the_little_that_a_factor_falls(notebook: Notebook) -> None:
    model = Scripted(("the curve has moved by some points since the rates were cut, " * 14,))
    model.window, factor, cut = 8_000, 1.5, []
    model.look = lambda: setattr(model, "usage", reported(model.contexts[-1], factor))

    for turn in range(24):
        factor -= 0.03 if turn >= 16 else 0.0
        context = ask(notebook, f"question {turn}?", model, thread="talk", replay=0).context
        cut.append(context.replanned)

    assert learned.of(notebook.settings, model).factor < 1.4
    assert True in cut
    assert (True, True) not in pairwise(cut)


def test_a_window_that_the_settings_give_anew_counts_in_place_of_the_learned_one(
    notebook: Notebook,
) -> None:
    model = Scripted((), error=TooLong("too long", window=4_000), window=32_768)
    ask(notebook, "so?", model)

    assert Room(notebook.settings, [model]).budget(None) == 3_000
    assert Room(notebook.settings, [replace(model, window=64_000)]).budget(None) == 16_000


def test_a_window_that_the_settings_give_counts_in_place_of_the_learned_one_of_the_same_size(
    notebook: Notebook,
) -> None:
    model = Scripted((), error=TooLong("too long", window=4_000), window=32_768)
    ask(notebook, "so?", model)

    given = replace(model, window_from=WindowFrom.SETTINGS)

    assert Room(notebook.settings, [given]).budget(None) == 16_000


def test_what_a_server_told_of_its_window_says_nothing_of_the_model_elsewhere(
    notebook: Notebook,
) -> None:
    proxy = Scripted((), error=TooLong("too long", window=4_000), address="http://127.0.0.1:9/v1")
    ask(notebook, "so?", proxy)

    assert Room(notebook.settings, [proxy]).budget(None) == 3_000
    assert Room(notebook.settings, [replace(proxy, address=None)]).budget(None) == 16_000


@pytest.mark.parametrize(("told", "address"), [(4_000, None), (None, "http://127.0.0.1:9/v1")])
def test_a_refusal_against_a_window_that_the_table_knows_shrinks_that_turn_alone(
    notebook: Notebook, told: int | None, address: str | None
) -> None:
    ask(notebook, "so?", Scripted(("the rates moved " * 2_000,)), thread="talk")
    model = Scripted((), window_from=WindowFrom.TABLE, address=address)
    model.error = TooLong("too long", window=told)

    ask(notebook, "and?", model, thread="talk")

    assert model.contexts[1].budget < model.contexts[0].budget
    assert Room(notebook.settings, [model]).budget(None) == 16_000


def test_a_refusal_of_a_small_question_is_no_news_of_the_window(notebook: Notebook) -> None:
    odd = Scripted((), error=TooLong("exceeds the available context size"))

    turn = ask(notebook, "so?", odd)

    assert str(turn.kept.error) == "exceeds the available context size"
    assert len(odd.contexts) == 1
    assert Room(notebook.settings, [odd]).budget(None) == 16_000


@pytest.mark.parametrize(("told", "asked"), [(131_072, 1), (32_768, 1), (12_000, 2)])
def test_a_server_that_told_of_a_window_is_never_guessed_to_have_a_smaller_one(
    notebook: Notebook, told: int, asked: int
) -> None:
    long_talk(notebook)
    model = Scripted((), error=TooLong(f"the maximum is {told}", window=told), window=12_000)

    ask(notebook, "and?", model, thread="talk")

    assert len(model.contexts) == asked
    assert Room(notebook.settings, [model]).budget(None) == 9_000


def test_of_several_who_are_sent_the_same_one_that_refuses_it_gets_less_the_next_time(
    notebook: Notebook,
) -> None:
    one, small = Scripted(("yes",)), Scripted((), name="scripted/b")
    small.error = TooLong("too long", window=4_000)

    turn = list(take_turn(notebook, Question(text="so?"), one, small))

    assert [event.text for event in turn if isinstance(event, Kept)] == ["yes", ""]
    assert len(small.contexts) == 1
    assert Room(notebook.settings, [small]).budget(None) == 3_000


def long_talk(notebook: Notebook) -> None:
    ask(notebook, "so?", Scripted(("the rates moved " * 2_000,)), thread="talk")


@pytest.mark.parametrize("log", [True, False])
def test_what_a_refusal_says_was_sent_tells_how_the_model_counts(
    notebook: Notebook, log: bool
) -> None:
    for number in range(6):
        said = (
            f"in week {number * 99 + week} rates were cut by {week} points" for week in range(40)
        )
        notebook.note(NewNote(text=". ".join(said)))
    model = Scripted((), error=TooLong("too long", window=4_096, sent=9_000))

    ask(notebook, "where were rates cut?", model, log=log)

    first, second = model.contexts
    factor = min(9_000 / first.tokens, learned.MOST)
    assert first.tokens < 4_096 < factor * first.tokens
    assert second.tokens * factor < 4_096
    assert (learned.of(notebook.settings, model).factor > 1.0) is log


@pytest.mark.parametrize("log", [True, False])
def test_what_does_not_fit_is_told_as_the_model_counts(notebook: Notebook, log: bool) -> None:
    model = Scripted((), error=TooLong("too long", window=4_096, sent=9_000))

    with pytest.raises(DoesNotFit) as found:
        ask(notebook, "figure " * 3_000, model, log=log)

    needs = round(model.contexts[0].tokens * round(9_000 / model.contexts[0].tokens, 2))
    told = f"the question needs {needs:,} tokens of 3,07"
    assert str(found.value).startswith(told)
    assert str(found.value).endswith(": scripted/a has a window of 4,096, as a refusal told")


def test_what_does_not_fit_a_budget_is_told_as_we_count(notebook: Notebook) -> None:
    state = notebook.settings.state / learned.FILE
    state.parent.mkdir(parents=True)
    state.write_text('{"scripted/a": {"factor": 2.0}}', "utf-8")

    with pytest.raises(DoesNotFit, match=r"needs 1,\d\d\d tokens of 1,000$"):
        ask(notebook, "figure " * 1_500, Scripted(), budget=1_000)


def test_what_would_be_the_same_again_is_not_sent_again(notebook: Notebook) -> None:
    note = notebook.note(NewNote(text="the rates were cut and " * 400))
    model = Scripted((), error=TooLong("too long", window=8_192))

    turn = ask(notebook, "so?", model, given=(note.handle,))

    assert len(model.contexts) == 1
    assert turn.kept.status is Status.FAILED


def test_no_guess_makes_a_window_smaller_than_is_useful(notebook: Notebook) -> None:
    context = ask(notebook, "so?", Scripted()).context
    model, settings, error = Scripted(), notebook.settings, TooLong("too long")

    found = [
        learned.window_after(settings, model, replace(context, tokens=tokens), error)
        for tokens in (8_000, 2_400, 2_000)
    ]

    assert found == [(8_000, WindowFrom.GUESS), (2_730, WindowFrom.GUESS), None]


@pytest.mark.parametrize(("tokens", "factor"), [(8_818, 1.0), (12_000, 1.5), (30_000, 1.0)])
def test_a_guess_leaves_room_for_three_quarters_of_what_was_sent(
    notebook: Notebook, tokens: int, factor: float
) -> None:
    context = replace(ask(notebook, "so?", Scripted()).context, tokens=tokens)
    state = notebook.settings.state / learned.FILE
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps({"scripted/a": {"factor": factor, "said": "guess"}}), "utf-8")
    model, settings = Scripted(), notebook.settings

    found = learned.refused(settings, model, context, TooLong("too long"), keep=True)

    assert found is not None
    assert Room(settings, [model]).budget(10**6) == int(0.75 * tokens)


def test_a_question_of_less_than_that_is_sent_once_more(notebook: Notebook) -> None:
    for number in range(40):
        notebook.note(NewNote(text=f"in week {number} rates were cut, " + "as they said, " * 40))
    model = Scripted((), error=TooLong("exceeds the available context size"))

    ask(notebook, "where were rates cut? " + "figure " * 6_000, model)

    first, second = model.contexts
    assert 6_000 < second.tokens <= 0.75 * first.tokens


def test_what_a_server_tells_now_counts_in_place_of_a_guess(notebook: Notebook) -> None:
    long_talk(notebook)
    model = Scripted((), error=TooLong("too long"), window=12_000)
    ask(notebook, "and?", model, thread="talk")
    assert Room(notebook.settings, [model]).budget(None) < 6_000

    telling = replace(model, window_from=WindowFrom.SERVER)

    assert Room(notebook.settings, [telling]).budget(None) == 9_000


@pytest.mark.parametrize("named", [None, 4_000])
def test_a_window_that_was_learned_is_tried_again_on_another_day(
    notebook: Notebook, named: int | None
) -> None:
    long_talk(notebook)
    model = Scripted((), error=TooLong("too long", window=named))
    ask(notebook, "and?", model, thread="talk")
    assert Room(notebook.settings, [model]).budget(None) < 6_000

    file = notebook.settings.state / learned.FILE
    rows = json.loads(file.read_text("utf-8"))
    rows[model.name]["since"] -= learned.HELD
    file.write_text(json.dumps(rows), "utf-8")

    assert Room(notebook.settings, [model]).budget(None) == 16_000


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (WindowFrom.SETTINGS, "as the settings say"),
        (WindowFrom.SERVER, "as its server says"),
        (WindowFrom.NOBODY, "assumed, as nobody tells"),
    ],
)
def test_a_question_that_is_too_long_says_who_told_of_the_window_and_what_helps(
    notebook: Notebook, said: WindowFrom, words: str
) -> None:
    model = Scripted(window=100, window_from=said)

    with pytest.raises(DoesNotFit, match=f"scripted/a has a window of 100, {words}") as found:
        ask(notebook, "so?", model)

    assert ("models.scripted/a.window" in found.value.hint) == (said is not WindowFrom.SETTINGS)


@pytest.mark.parametrize(
    ("reports", "factor"),
    [((2.0, 2.0, 3.9), 2.25), ((1.5, 100.0, 10.0**6), 1.25), ((2.0, 0.01), 1.5)],
)
def test_one_absurd_report_moves_what_is_learned_of_tokens_little_or_not(
    notebook: Notebook, reports: tuple[float, ...], factor: float
) -> None:
    long_talk(notebook)
    context = ask(notebook, "and?", Scripted(), thread="talk").context

    for report in reports:
        learned.count_of(notebook.settings, Scripted(), context, reported(context, report))

    assert learned.of(notebook.settings, Scripted()).factor == pytest.approx(factor, abs=0.02)


def test_the_list_of_models_shows_the_window_that_plans_go_by_and_says_that_it_was_learned(
    notebook: Notebook, server: ScriptedServer, named: Named
) -> None:
    model = named("openai/gpt-4o")
    learned.window_is(notebook.settings, model, 8_192, WindowFrom.REFUSAL)

    (row,) = [row for row in listed(notebook.settings) if row.choice.name == model.name]

    assert (row.choice.window, row.learned) == (8_192, True)
    assert "a refusal told of its window" in row.why


def test_a_state_directory_that_is_damaged_costs_what_was_learned_only(notebook: Notebook) -> None:
    file = notebook.settings.state / learned.FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"scripted/a": {"factor": "much"}}', "utf-8")

    assert ask(notebook, "so?", Scripted()).kept.status is Status.COMPLETE


OPENED, CLOSED = 0x20, 0x10
"""Of inotify(7). Both, as two alike in a row would be told as one."""


@contextmanager
def watched(file: Path) -> Iterator[Callable[[], int]]:
    """How often a file has been opened to be read, as the system tells."""
    libc = ctypes.CDLL(None)
    watching = libc.inotify_init1(os.O_NONBLOCK)
    libc.inotify_add_watch(watching, os.fsencode(file), OPENED | CLOSED)
    yield lambda: len(os.read(watching, 4_096)) // 32  # 16 bytes for each of the two
    os.close(watching)


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_what_was_learned_is_read_once_for_a_plan(notebook: Notebook) -> None:
    file = notebook.settings.state / learned.FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}")

    with watched(file) as times_read:
        preview(notebook, Question(text="so?"), Scripted())
        read = times_read()

    assert read == 1
