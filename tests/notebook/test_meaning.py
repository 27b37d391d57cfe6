"""Meaning: who makes vectors of what, when, and what never leaves for it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from notebook.hands import NOON, Scripted, ask
from scripted import Json, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Kind
from ledgernote.domain.errors import UsageError
from ledgernote.ledger import integrity, keep, places
from ledgernote.ledger.alone import alone
from ledgernote.ledger.log import Event
from ledgernote.ledger.migrations import INSERT_INBOX, PROJECTIONS
from ledgernote.ledger.nearness import Where
from ledgernote.notebook import meaning
from ledgernote.notebook.changing import make_private
from ledgernote.notebook.find import find
from ledgernote.notebook.hits import Wanted
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.ranking import ranked
from ledgernote.notebook.reading import Reading
from ledgernote.notebook.transfer import export, import_lines
from ledgernote.notebook.turn import Material, Question, preview
from ledgernote.render.records import entry_record
from ledgernote.replay.rank import FEATURES

LETTERS = "openai/letters"


@contextmanager
def opened(settings: Settings, embedder: str, **more: object) -> Iterator[Notebook]:
    """The notebook, with that embedder."""
    wanted = replace(settings, embedder=embedder, **more)  # type: ignore[arg-type]
    notebook = Notebook.open(wanted, create=True, say=lambda _: None)
    yield notebook
    notebook.close()


def at(server: ScriptedServer, *, local: bool = False) -> dict[str, object]:
    """Settings by which the server embeds."""
    return {"models": {LETTERS: {"api_base": server.base, "local": local}}}


def made(notebook: Notebook) -> tuple[int, int]:
    found = meaning.indexed(notebook)
    assert found is not None
    return found.made, found.of


def wait(come: Callable[[], bool]) -> None:
    """Until it has come; a minute is more than it can take."""
    until = time.monotonic() + 60
    while not come() and time.monotonic() < until:
        time.sleep(0.01)


EMBEDDED = "SELECT text FROM passage_text JOIN vector ON passage = passage_text.rowid"


def imported(notebook: Notebook, text: str, kind: Kind = Kind.NOTE) -> None:
    """An entry that came with an import of ChatGPT's export."""
    with notebook.writing() as tx:
        project = places.need_project(tx, "inbox")
        keep.keep(
            tx,
            keep.New(
                kind=kind,
                text=text.encode(),
                project=project,
                thread=places.new_thread(tx, project, "old"),
                source="chatgpt",
                ref="1",
                imported=True,
            ),
        )


def test_a_turn_indexes_in_passing_what_was_kept_before_it(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        notebook.note(NewNote(text="the fund holds gilts"))

        seen: list[tuple[int, int]] = []

        def look() -> None:
            wait(lambda: made(notebook)[0] == 2)
            seen.append(made(notebook))

        ask(notebook, "which fund?", Scripted(look=look))

        assert seen == [(2, 2)]  # the note and the question; there is no answer yet


def test_a_turn_that_is_not_to_be_kept_makes_no_vectors(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        notebook.note(NewNote(text="the fund holds gilts"))

        ask(notebook, "which fund?", log=False)

        assert made(notebook) == (0, 1)


def test_an_embedder_that_is_not_local_gets_neither_private_entries_nor_imports(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server)) as notebook:
        notebook.note(NewNote(text="open words"))
        notebook.note(NewNote(text="secret words", private=True))
        imported(notebook, "words of an export")

        meaning.index(notebook)

        assert "open words" in server.embedded
        assert not [text for text in server.embedded if "secret" in text or "export" in text]
        assert made(notebook) == (1, 3)


def rebuild_until(notebook: Notebook, last: int) -> None:
    """The slices of a rebuild up to that event, as another process has made them so far."""
    with notebook.writing() as tx:
        tx.execute(integrity.SET_LOCAL, ("rebuild", 0))
        for table in PROJECTIONS:
            tx.execute(f"DELETE FROM {table}")
        tx.execute(INSERT_INBOX)
        own = {row[0] for row in tx.rows(integrity.OWN_REPLICAS)}
        for seq, *row in tx.rows(integrity.BY_ARRIVAL, (0, last)):
            tx.replay(Event(*row), seq, own=row[1] in own)


def test_nothing_goes_to_an_embedder_elsewhere_while_it_is_not_known_what_is_private(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server)) as notebook:
        first = [NewNote(text=f"open words {number}") for number in range(meaning.BATCH)]
        *_, secret, _ = notebook.notes([*first, NewNote(text="secret"), NewNote(text="last")])
        make_private(notebook, [secret.handle])
        (mark,) = notebook.ledger.one("SELECT seq FROM event WHERE kind = 'private'")
        begins = [mark - 1]

        def begin(_: meaning.Indexed) -> None:
            for last in begins:
                rebuild_until(notebook, last)
            begins.clear()

        meaning.index(notebook, told=begin)

        assert server.embedded[-1] == first[-1].text


def test_an_import_goes_to_an_embedder_once_that_is_always_allowed(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server)) as notebook:
        imported(notebook, "words of an export")
        meaning.index(notebook)

        settings.config.write_text('[consent.chatgpt]\nopenai = "always"\n', "utf-8")
        meaning.index(notebook, again=True)

        assert "words of an export" in server.embedded
        assert made(notebook) == (1, 1)


def test_an_embedder_that_is_local_gets_private_entries_too(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server, local=True)) as notebook:
        notebook.note(NewNote(text="secret words", private=True))

        meaning.index(notebook)

        assert "secret words" in server.embedded


def test_a_question_goes_to_an_embedder_elsewhere_only_if_it_goes_to_such_a_model(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server)) as notebook:
        notebook.note(NewNote(text="open words"))

        at_home = meaning.near(notebook, notebook.ledger, "asked at home")
        away = meaning.near(notebook, notebook.ledger, "asked away", leaves=True)

        assert at_home is None
        assert away is not None
        assert [text for text in server.embedded if "asked" in text] == ["asked away"]


def test_what_only_local_models_heard_goes_to_no_embedder_elsewhere_from_an_export_either(
    settings: Settings, server: ScriptedServer, tmp_path: Path
) -> None:
    with opened(settings, "none") as notebook:
        ask(notebook, "a zebra?", thread="talk", material=(Material(text="stripes", source="-"),))
        ask(notebook, "a lion?", Scripted(("mane",), name="away/b", local=False))
        lines = [
            json.dumps({**entry_record(entry), **more}).encode()
            for entry, more in export(notebook, notebook.every())
        ]
    settings = replace(settings, ledger=tmp_path / "b.db", state=tmp_path / "b")
    with opened(settings, LETTERS, **at(server)) as notebook:
        import_lines(notebook, lines)

        meaning.index(notebook)

        assert {"a lion?", "mane"} <= set(server.embedded)
        assert not {"a zebra?", "stripes", "As you noted."} & set(server.embedded)


def test_what_was_asked_before_goes_to_no_embedder_elsewhere(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, "none") as notebook:
        first = ask(notebook, "did I tell of my illness?", thread="talk")
        make_private(notebook, [first.question.handle])
    with opened(settings, LETTERS, **at(server)) as notebook:
        preview(notebook, Question(text="and when?", thread="talk"), Scripted(local=False))

    assert "and when?" in server.embedded
    assert not any("illness" in text for text in server.embedded)


def test_a_turn_with_a_local_model_goes_to_no_embedder_elsewhere_later_either(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server)) as notebook:
        piped = (Material(text="a letter", source="stdin"),)
        ask(notebook, "asked at home", Scripted(("said at home",)), material=piped)
        ask(notebook, "asked away", Scripted(("said away",), local=False))
        notebook.note(NewNote(text="noted"))
        with alone(notebook.ledger, "index", wait=True):  # what a turn indexes has ended
            server.embedded.clear()

        meaning.index(notebook, again=True)

        words = {"a letter", "asked at home", "said at home", "asked away", "said away", "noted"}
        made = {text for text, *_ in notebook.ledger.rows(EMBEDDED)}
        assert words & made == {"asked away", "said away", "noted"}
        assert not words & set(server.embedded) - made


def test_a_question_of_an_import_that_is_asked_again_goes_to_no_embedder_elsewhere(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server)) as notebook:
        imported(notebook, "did I tell of my illness?", Kind.QUESTION)
        settings.config.write_text('[consent.chatgpt]\nscripted = "once"\n', "utf-8")
        (question,) = notebook.latest(1)

        with suppress(UsageError):
            ask(notebook, "", Scripted(local=False), again=question.handle)

        assert not any("illness" in text for text in server.embedded)


def test_an_embedder_that_does_not_answer_is_told_of_and_stops_nothing(
    settings: Settings, server: ScriptedServer
) -> None:
    gone = {"models": {LETTERS: {"api_base": "http://127.0.0.1:9/v1", "local": True}}}
    heard: list[str] = []
    with opened(settings, LETTERS, **gone) as notebook:
        notebook.say = heard.append
        notebook.note(NewNote(text="open words"))

        near = meaning.near(notebook, notebook.ledger, "which words?")

        assert near is None
        assert heard[0].startswith("by words alone: ")


@pytest.mark.parametrize(
    "rows",
    [[], [{"index": 0, "embedding": []}], [{"index": at, "embedding": [at]} for at in (0, 1)]],
)
def test_an_embedder_that_gives_no_vectors_is_told_of_and_the_question_is_answered(
    settings: Settings, server: ScriptedServer, rows: list[Json]
) -> None:
    server.tells = {"/v1/embeddings": {"object": "list", "data": rows, "model": "m"}}
    heard: list[str] = []
    with opened(settings, LETTERS, **at(server, local=True)) as notebook:
        notebook.say = heard.append

        turn = ask(notebook, "which fund?")

        assert turn.said == "As you noted."
        assert ["gives no vectors for the texts" in line for line in heard] == [True]


def test_where_numpy_is_not_installed_a_served_embedder_is_told_of_and_asked_nothing(
    settings: Settings, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    heard: list[str] = []
    with opened(settings, LETTERS, **at(server, local=True)) as notebook:
        notebook.say = heard.append

        turn = ask(notebook, "which fund?")

        assert turn.said == "As you noted."
        assert heard == ["by words alone: meaning needs numpy, which is not installed"]
        assert server.embedded == []


def test_a_question_is_one_request_to_an_embedder(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server, local=True)) as notebook:
        meaning.near(notebook, notebook.ledger, "which fund?")

        assert server.embedded == ["which fund?"]


def test_what_words_find_and_has_no_vector_yet_is_not_put_behind_what_has_one(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server, local=True)) as notebook:
        notebook.notes([NewNote(text=f"decided by the fed on day {n}: no") for n in range(20)])
        meaning.index(notebook)
        new = notebook.note(NewNote(text="decided by the fed: half a point off"))

        context = preview(notebook, Question(text="what was decided by the fed?"), Scripted())

        best = max(context.receipt, key=lambda row: row.score or 0.0)
        assert best.handle == new.handle


def test_what_is_not_indexed_is_embedded_when_it_is_asked_for(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        notebook.note(NewNote(text="the bank is going to lower its rates"))
        notebook.note(NewNote(text="the cat sleeps on the sofa"))
        question, anywhere = "a cut of borrowing costs", Where("", {})

        before = meaning.near(notebook, notebook.ledger, question)
        assert before
        on_the_spot = before.nearest(anywhere, 2)
        meaning.index(notebook)
        after = meaning.near(notebook, notebook.ledger, question)

        assert after
        assert after.nearest(anywhere, 2) == on_the_spot
        assert list(on_the_spot) == [1, 2]


def test_what_says_the_same_in_other_words_is_recalled_and_why_says_so(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        same = notebook.note(NewNote(text="The central bank is expected to lower interest rates."))
        notebook.note(NewNote(text="My cat likes to sleep on the sofa."))

        rows = ask(notebook, "Will the Fed cut borrowing costs?").context.receipt

        assert [(row.handle, row.why) for row in rows][:1] == [(same.handle, "near in meaning")]


def test_what_says_the_words_of_a_question_by_others_is_known_by_them_one_by_one(
    settings: Settings,
) -> None:
    question, sense = "her May salary?", FEATURES.index("sense")
    with opened(settings, "static") as notebook:
        for text in ("Her wages rose in May.", "Her sofa came in May.", "Nothing came in June."):
            notebook.note(NewNote(text=text))

        found = ranked(Reading(notebook, notebook.ledger, NOON), question, notebook.project_id())

    senses = {row.source.text: row.features[sense] for row in found}
    assert senses["Her wages rose in May."] > senses["Her sofa came in May."] > 0


def test_the_name_of_a_writer_is_no_part_of_what_a_question_means(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server, local=True)) as notebook:
        with notebook.ledger.writing(by="Anna Berg", now=NOON) as tx:
            project = places.need_project(tx, "inbox")
            keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"gilts were sold", project=project))

        preview(notebook, Question(text="What did Anna sell in Berlin?"), Scripted())
        preview(notebook, Question(text="Anna?"), Scripted())

    asked = [text for text in server.embedded if text != "gilts were sold"]
    assert {"What did sell in Berlin?", "Anna?"} <= set(asked)


def test_without_an_embedder_only_words_recall(settings: Settings) -> None:
    with opened(settings, "none") as notebook:
        notebook.note(NewNote(text="The central bank is expected to lower interest rates."))

        rows = ask(notebook, "Will the Fed cut borrowing costs?").context.receipt

        assert rows == ()


def test_a_context_is_the_same_before_and_after_all_is_indexed(settings: Settings) -> None:
    question = Question(text="Will the Fed cut borrowing costs?")
    with opened(settings, "static") as notebook:
        for number in range(30):
            notebook.note(NewNote(text=f"The bank may lower its rates {number} times."))

        before = preview(notebook, question, Scripted())
        meaning.index(notebook)
        after = preview(notebook, question, Scripted())

        assert before.receipt
        assert after.digest == before.digest


def test_what_is_muted_or_private_is_not_recalled_by_its_meaning(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        for more in ({"mute": True}, {"private": True}):
            text = "The central bank is expected to lower interest rates."
            notebook.note(NewNote(text=text, **more))  # type: ignore[arg-type]
        meaning.index(notebook)

        turn = ask(notebook, "Will the Fed cut borrowing costs?", Scripted(local=False))

        assert turn.context.receipt == ()
        assert turn.context.withheld == 1


def test_find_brings_what_means_the_same_where_no_entry_holds_all_the_words(
    settings: Settings,
) -> None:
    with opened(settings, "static") as notebook:
        same = notebook.note(NewNote(text="The central bank is expected to lower interest rates."))
        words = notebook.note(NewNote(text="The Fed met on Tuesday."))
        notebook.note(NewNote(text="My cat likes to sleep on the sofa."))

        found = find(notebook, Wanted(text="will the Fed cut borrowing costs"))

        assert not found.whole
        assert {(hit.entry.id, hit.why) for hit in found.hits} == {
            (same.id, "near in meaning"),
            (words.id, "some words"),
        }
        (said,) = found.freely
        assert said.endswith("these hold some of them or are near in meaning")


def test_find_says_where_hits_hold_none_of_the_words(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        notebook.note(NewNote(text="The cat sleeps on the sofa."))

        found = find(notebook, Wanted(text="kitten nap couch"))

        assert [hit.why for hit in found.hits] == ["near in meaning"]
        assert found.freely == ["nothing holds any of the words; these are near in meaning"]


def test_find_does_not_say_that_nothing_holds_a_word_where_that_is_only_not_shown(
    settings: Settings,
) -> None:
    with opened(settings, "static") as notebook:
        for day in ("monday", "tuesday", "friday"):
            notebook.note(NewNote(text=f"The cat sleeps on the sofa, {day}."))
        notebook.note(NewNote(text="Minutes of the board: tax law, bonds, item 300, dividends."))

        found = find(notebook, Wanted(text="kitten nap couch 300", number=1))

        assert [hit.why for hit in found.hits] == ["near in meaning"]
        assert "any of the words" not in "".join(found.freely)


@pytest.mark.parametrize("word", ["елку", "القهوة", "καφές"])
def test_find_asks_the_static_table_for_no_word_of_another_script(
    settings: Settings, word: str
) -> None:
    texts = ("ЦБ повысил ставку", "رفع البنك المركزي سعر الفائدة", "πληθωρισμός και επιτόκια")
    with opened(settings, "static") as notebook:
        notebook.notes(NewNote(text=text) for text in texts)

        assert find(notebook, Wanted(text=word)).hits == []


@pytest.mark.parametrize("indexed", [False, True])
def test_a_note_in_a_script_that_the_static_table_does_not_read_is_near_to_nothing(
    settings: Settings, indexed: bool
) -> None:
    texts = ("今天去了上海", "Встреча в 15:00 в офисе", "اشتريت خبزا", "Rain all day")
    with opened(settings, "static") as notebook:
        notebook.notes(NewNote(text=text) for text in texts)
        if indexed:
            meaning.index(notebook)
            assert made(notebook) == (4, 4)

        rows = ask(notebook, "what about the weather?").context.receipt

        assert [row.text for row in rows] == ["Rain all day"]


def test_a_figure_that_stands_nowhere_means_nothing_else(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        notebook.notes(NewNote(text=text) for text in ("CPI Jan 3.0, core 3.3.", "Ran 10 km"))

        assert find(notebook, Wanted(text="134.3")).hits == []


def test_find_by_meaning_keeps_to_filters_and_to_what_must_not_be_there(
    settings: Settings,
) -> None:
    with opened(settings, "static") as notebook:
        text = "The central bank is expected to lower interest rates"
        notebook.note(NewNote(text=f"{text}, said Powell."))
        kept = notebook.note(NewNote(text=f"{text} in June.", tags=("fed",)))
        notebook.note(NewNote(text=f"{text} at once."))

        found = find(notebook, Wanted(text="will the Fed cut borrowing costs -powell tag:fed"))

        assert [hit.entry.id for hit in found.hits] == [kept.id]


def test_find_sends_no_query_to_an_embedder_that_is_not_local(
    settings: Settings, server: ScriptedServer
) -> None:
    with opened(settings, LETTERS, **at(server)) as notebook:
        notebook.note(NewNote(text="The Fed met on Tuesday."))

        find(notebook, Wanted(text="will the Fed cut borrowing costs"))

        assert server.embedded == []


def test_an_embedder_that_is_mistyped_is_told_of_and_the_question_is_answered(
    settings: Settings,
) -> None:
    heard: list[str] = []
    with opened(settings, "statc") as notebook:
        notebook.say = heard.append
        notebook.note(NewNote(text="the fund holds gilts"))

        turn = ask(notebook, "which fund?")

        assert turn.said == "As you noted."
        assert heard == ["by words alone: no model is called 'statc'"]


def test_what_has_nothing_to_do_with_a_question_is_not_recalled(settings: Settings) -> None:
    with opened(settings, "static") as notebook:
        notebook.note(NewNote(text="My cat likes to sleep on the sofa."))

        rows = ask(notebook, "Will the Fed cut borrowing costs?").context.receipt

        assert rows == ()


def test_a_large_gap_in_the_index_is_told_when_something_is_asked(settings: Settings) -> None:
    heard: list[str] = []
    with opened(settings, "static") as notebook:
        notebook.say = heard.append
        notebook.notes([NewNote(text=f"note {number}") for number in range(1_001)])

        meaning.near(notebook, notebook.ledger, "which fund?")
        meaning.index(notebook)
        meaning.near(notebook, notebook.ledger, "which fund?")

        assert [line.partition(";")[0] for line in heard] == [
            "1 passage is not indexed by meaning yet, and found by words alone"
        ]


def test_a_gap_of_few_long_passages_is_told_too(settings: Settings) -> None:
    heard: list[str] = []
    with opened(settings, "static") as notebook:
        notebook.say = heard.append
        notebook.notes([NewNote(text=f"rates {number:02} " * 1_250) for number in range(40)])

        meaning.near(notebook, notebook.ledger, "which fund?")

        assert [line.partition(" not")[0] for line in heard] == ["5 passages are"]


def test_whoever_indexes_beside_another_is_told(settings: Settings) -> None:
    heard: list[str] = []
    with opened(settings, "static") as notebook:
        notebook.say = heard.append
        notebook.note(NewNote(text="the fund holds gilts"))

        with alone(notebook.ledger, "index", wait=False):
            meaning.index(notebook)

        assert heard == ["another ledgernote makes the vectors already: what is missing comes"]
        assert made(notebook) == (0, 1)
