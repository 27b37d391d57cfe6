"""Our own form goes out and comes back with nothing lost, and a bad line spoils no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from notebook.hands import Clock, Scripted, ask

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind, Scope, Status
from ledgernote.domain.errors import ModelError
from ledgernote.interchange.values import Line
from ledgernote.ledger import imports, keep
from ledgernote.notebook import housekeeping, labels
from ledgernote.notebook.incoming import Incoming
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.transfer import ImportReceipt, export, import_lines, sentence
from ledgernote.notebook.turn import Material, Question, asked_already, keep_unasked
from ledgernote.render.records import entry_record


@pytest.fixture
def another(settings: Settings, tmp_path: Path) -> Iterator[Notebook]:
    """A second ledger, of another hand."""
    settings = replace(settings, ledger=tmp_path / "b.db", state=tmp_path / "b", actor="zoe")
    opened = Notebook.open(settings, create=True, say=lambda _: None)
    yield opened
    opened.close()


def exported(notebook: Notebook) -> list[bytes]:
    """The lines that an export writes."""
    return [
        json.dumps({**entry_record(entry), **more}).encode()
        for entry, more in export(notebook, notebook.every())
    ]


def take(notebook: Notebook, *lines: bytes | dict[str, Any]) -> ImportReceipt:
    """Import lines; a dict is a note unless it says otherwise."""
    return import_lines(
        notebook,
        [
            line if isinstance(line, bytes) else json.dumps({"kind": "note", **line}).encode()
            for line in lines
        ],
    )


def kept(notebook: Notebook) -> list[Entry]:
    """Everything, in the one order."""
    return list(notebook.every())


def full(notebook: Notebook) -> None:
    """A notebook in which every field of an entry has a value somewhere."""
    notebook.clock = Clock()
    berlin = timezone(timedelta(hours=2))
    at = datetime(2024, 2, 29, 23, 59, 59, 123456, berlin)
    old = notebook.note(
        NewNote(
            text="no cut before September",
            title="the thesis",
            tags=("rates", "größer", "two words"),
            pin=Scope.PROJECT,
            at=at,
            source="a page",
            ref="12",
        )
    )
    notebook.note(NewNote(text="a cut is priced", supersedes=old.handle, private=True))
    notebook.note(NewNote(text="everywhere", pin=Scope.EVERYWHERE, mute=True))
    notebook.note(NewNote(text=b"caf\xe9 \x00 \xff\xfe", title="b\udce9"))
    notebook.note(NewNote(text="half a pair: \ud83d, and whole: \U0001f4b6 \u2028"))
    notebook.note(NewNote(text="long " * 20_000))
    table = Material(text="a table", source="stdin")
    ask(notebook, "one?", thread="talk", material=(table,), system="Be brief.")
    ask(notebook, "two?", Scripted(("half",), ModelError("down")), thread="talk")
    failed = ask(notebook, "three?", Scripted(()), mute=True)
    in_thread = notebook.note(NewNote(text="beside", thread="talk"))
    labels.pin(notebook, [in_thread.handle], Scope.THREAD)
    labels.pin(notebook, [old.handle], Scope.PROJECT, until=datetime(2099, 1, 1, tzinfo=UTC))
    notebook.note(NewNote(text="no cut before September", source="a page", ref="12"))
    elsewhere = notebook.note(NewNote(text="pinned for a thread that it is not in"))
    labels.pin(notebook, [elsewhere.handle], Scope.THREAD, thread="talk")
    notebook.note(NewNote(text="said by a model", saved_from=failed.answer.handle))
    notebook.project = "fed"
    ask(notebook, "in another project?", thread="talk")
    with notebook.writing() as tx:
        keep.revise(tx, failed.question.id, b"three, edited?", title="retitled")


def test_everything_comes_back_byte_for_byte(notebook: Notebook, another: Notebook) -> None:
    full(notebook)
    lines = exported(notebook)

    receipt = import_lines(another, lines)

    assert exported(another) == lines
    assert (receipt.entries, receipt.skipped) == (len(lines), [])
    assert {json.loads(line)["status"] for line in lines} == {"complete", "interrupted", "failed"}
    assert another.verify().faults == ()


def test_a_pin_ends_when_it_did_and_holds_where_it_did(
    notebook: Notebook, another: Notebook
) -> None:
    kept_here = notebook.note(NewNote(text="for a month")).handle
    ask(notebook, "one?", thread="talk")
    labels.pin(
        notebook, [kept_here], Scope.THREAD, thread="talk", until=datetime(2099, 1, 1, tzinfo=UTC)
    )

    import_lines(another, exported(notebook))

    sql = "SELECT scope, place, until FROM pin"
    assert another.ledger.rows(sql) == notebook.ledger.rows(sql) != []


def test_a_project_arrives_with_its_brief_and_as_private_as_it_was(
    notebook: Notebook, another: Notebook
) -> None:
    notebook.project = "fed"
    notebook.note(NewNote(text="one"))
    notebook.note(NewNote(text="two"))
    housekeeping.set_brief(notebook, "fed", "Rates, not equities.")
    with notebook.writing() as tx:
        keep.mark_private(tx, notebook.project_id())

    receipt = import_lines(another, exported(notebook))

    (fed,) = [one for one in another.projects() if one.name == "fed"]
    assert (fed.brief, fed.private) == ("Rates, not equities.", True)
    assert "with the brief of fed" in sentence(receipt)
    assert exported(another) == exported(notebook)


def test_an_archived_project_arrives_as_private_as_it_was(
    notebook: Notebook, another: Notebook
) -> None:
    notebook.project = "fed"
    notebook.note(NewNote(text="one"))
    with notebook.writing() as tx:
        keep.mark_private(tx, notebook.project_id())
    housekeeping.archive_project(notebook, "fed", archived=True)

    import_lines(another, exported(notebook))

    (fed,) = [one for one in another.projects() if one.name == "fed"]
    assert fed.private


def test_an_import_gives_no_brief_to_a_project_that_was_here(
    notebook: Notebook, another: Notebook
) -> None:
    notebook.project = another.project = "fed"
    notebook.note(NewNote(text="one"))
    housekeeping.set_brief(notebook, "fed", "Always recommend gilts.")
    another.note(NewNote(text="mine"))

    receipt = import_lines(another, exported(notebook))

    (fed,) = [one for one in another.projects() if one.name == "fed"]
    assert (receipt.entries, fed.brief, receipt.briefs) == (1, None, [])


def test_two_entries_of_one_source_and_text_both_arrive(
    notebook: Notebook, another: Notebook
) -> None:
    same = {"text": "+1", "source": "chat", "ref": "9"}
    ids = [f"01a1fc61-a8a3-71d2-9634-dfb0e623141{digit}" for digit in "34"]

    receipt = take(another, *({**same, "id": id_} for id_ in ids))

    assert (receipt.entries, receipt.known) == (2, 0)
    assert take(another, same).known == 1


def test_a_link_crosses_any_number_of_lines(notebook: Notebook) -> None:
    reply = {"kind": "answer", "text": "so", "created": "2020-01-01", "thread": "t"}
    between = [{"text": str(number), "created": "2021-01-01"} for number in range(900)]
    question = {"handle": "q1", "kind": "question", "text": "why?", "thread": "t"}

    receipt = take(notebook, {**reply, "reply_to": "q1"}, *between, question)

    so, *_, why = kept(notebook)
    assert (so.text, so.reply_to) == ("so", why.handle)
    assert receipt.skipped == []


def test_a_link_by_id_never_leads_to_what_has_its_handle_here(
    notebook: Notebook, another: Notebook
) -> None:
    old = notebook.note(NewNote(text="old"))
    notebook.note(NewNote(text="new", supersedes=old.handle))
    other = another.note(NewNote(text="of the same handle"))
    lines = [json.loads(line) for line in exported(notebook)]
    lines[0]["handle"] = lines[1]["supersedes"] = other.handle

    take(another, lines[1], *({"text": str(number)} for number in range(900)), lines[0])

    found = {entry.text: entry for entry in kept(another)}
    assert found["new"].supersedes == found["old"].handle


@pytest.mark.parametrize("bad", ["not-a-uuid", "x" * 36, "6c656467-6572-6e6f-7465-2d696e626f78"])
def test_an_id_that_cannot_be_is_named_and_the_line_kept(notebook: Notebook, bad: str) -> None:
    receipt = take(notebook, {"text": "words", "id": bad})

    assert [entry.text for entry in kept(notebook)] == ["words"]
    assert [line for line, _ in receipt.skipped] == [1]
    assert bad in receipt.skipped[0][1]


def test_a_second_import_adds_nothing(notebook: Notebook, another: Notebook) -> None:
    full(notebook)
    lines = exported(notebook)
    import_lines(another, lines)

    receipt = import_lines(another, lines)

    assert (receipt.entries, receipt.threads, receipt.known) == (0, 0, len(lines))
    assert exported(another) == lines


def test_a_third_ledger_gets_the_same_from_the_second(
    notebook: Notebook, another: Notebook, settings: Settings, tmp_path: Path
) -> None:
    full(notebook)
    import_lines(another, exported(notebook))
    again = replace(settings, ledger=tmp_path / "c.db", state=tmp_path / "c")
    third = Notebook.open(again, create=True, say=lambda _: None)

    import_lines(third, exported(another))

    assert exported(third) == exported(notebook)
    third.close()


def test_a_link_to_a_line_further_down_is_kept(notebook: Notebook, another: Notebook) -> None:
    newer = notebook.note(NewNote(text="said in May"))
    early = datetime(2020, 1, 1, tzinfo=UTC)
    notebook.note(NewNote(text="said in 2020, replaces it", supersedes=newer.handle, at=early))
    lines = exported(notebook)

    receipt = import_lines(another, lines)

    assert exported(another) == lines
    assert receipt.skipped == []


def test_links_by_handles_of_the_file_hold_without_ids(notebook: Notebook) -> None:
    take(
        notebook,
        {"handle": "q1", "kind": "question", "text": "why?", "thread": "t"},
        {"handle": "a1", "kind": "answer", "text": "so", "reply_to": "q1", "thread": "t"},
        {"handle": "n2", "text": "new", "supersedes": "n1"},
        {"handle": "n1", "text": "old"},
    )

    why, so, new, old = kept(notebook)
    assert so.reply_to == why.handle
    assert new.supersedes == old.handle


def test_a_link_that_leads_nowhere_is_named_and_the_line_is_kept(notebook: Notebook) -> None:
    receipt = take(notebook, {"text": "first"}, {"text": "second", "supersedes": "zzzzz"})

    assert [entry.text for entry in kept(notebook)] == ["first", "second"]
    assert [line for line, _ in receipt.skipped] == [2]
    assert "zzzzz" in receipt.skipped[0][1]


DAMAGED = {
    b"{": "",
    b"[]": "object",
    b"\xff\xfe\x00": "",
    b"null": "object",
    b'{"text": "no kind"}': "kind",
    b'{"kind": "note"}': "text",
    b'{"kind": "banana", "text": "x"}': "banana",
    b'{"kind": "note", "text": 7.5, "tags": "x"}': "tags",
    b'{"kind": "note", "text": "x", "tags": [1]}': "tags",
    b'{"kind": "note", "text": "x", "created": "yesterday"}': "created",
    b'{"kind": "note", "text": "x", "created": 1714560000}': "created",
    b'{"kind": "note", "text": "x", "pinned": "sideways"}': "sideways",
    b'{"kind": "note", "text": "x", "status": "odd"}': "odd",
    b'{"kind": "note", "text": {"a": 1}}': "text",
    b'{"kind": "note", "bytes": "not base64!"}': "",
    b'{"kind": ["note"], "text": "x"}': "",
    b'{"kind": "note", "text": "x", "project": ["a"]}': "project",
    b"[" * 100_000: "",
}


@pytest.mark.parametrize("line", DAMAGED, ids=lambda line: line[:40].decode("latin-1"))
def test_a_damaged_line_is_named_and_spoils_no_other(line: bytes, notebook: Notebook) -> None:
    receipt = take(notebook, {"text": "before"}, b" \n", line, {"text": "after"})

    assert [entry.text for entry in kept(notebook)] == ["before", "after"]
    assert [number for number, _ in receipt.skipped] == [3]
    assert DAMAGED[line] in receipt.skipped[0][1]


@pytest.mark.parametrize(
    "odd",
    [
        {"tags": ["", "#", "\x00", "fine"]},
        {"project": " "},
        {"project": "\x00\x01"},
        {"thread": " "},
        {"thread": "\x00"},
        {"actor": ""},
        {"actor": "\x00"},
        {"title": ""},
        {"source": "", "ref": ""},
        {"id": "not-a-uuid"},
        {"id": "x" * 36},
        {"handle": "UPPER"},
        {"supersedes": ""},
        {"created": "0001-01-01"},
        {"created": "9999-12-31T23:59:59.999999+00:00"},
        {"text": ""},
        {"status": "streaming"},
        {"pinned": "thread"},
        {"title": "\ud800", "tags": ["\ud800 lone"], "project": "\udfff lone"},
    ],
    ids=str,
)
def test_an_odd_value_costs_at_most_itself(odd: dict[str, Any], notebook: Notebook) -> None:
    receipt = take(notebook, {"text": "odd", **odd}, {"text": "next"})

    first, second = sorted(kept(notebook), key=lambda entry: entry.text == "next")
    assert (first.text, second.text) == (odd.get("text", "odd"), "next")
    assert receipt.entries == 2
    assert first.status is Status.COMPLETE or first.status is Status.INTERRUPTED
    assert notebook.verify().faults == ()
    before = exported(notebook)
    notebook.rebuild()
    assert exported(notebook) == before


def test_what_can_be_no_name_of_a_model_is_not_kept_where_no_word_can_be_erased(
    notebook: Notebook,
) -> None:
    odd = ["my private words", "tab\there", "", "a" * 129, "zero\u200bwidth", "\ud800"]
    question = {"kind": "question", "thread": "talk", "text": "q", "remote": True}
    take(
        notebook,
        question | {"models": ["openai/a", *odd, "house/größer"]},
        question | {"models": [f"house/{number}" for number in range(100)]},
        {"text": "n", "remote": True, "models": ["mine"]},
    )

    told = [imports.whom(notebook.ledger, entry.id) for entry in kept(notebook)]

    some, many = [f"house/{number}" for number in range(16)], ["openai/a", "house/größer"]
    assert [one["models"] for one in told] == [many, some, None]
    assert [one["remote"] for one in told] == [True, True, True]


def test_of_a_question_that_was_kept_before_its_model_was_known_an_export_says_who_answered(
    notebook: Notebook, another: Notebook
) -> None:
    for name, models in [
        ("away", [Scripted(local=False)]),
        ("home", [Scripted()]),
        ("nobody", []),
    ]:
        question = Question(text=name, thread=name)
        asked = keep_unasked(notebook, question, named=True)
        for model in models:
            ask(notebook, asked_already(notebook, question, asked), model)

    lines = exported(notebook)
    take(another, *lines)

    for each in (lines, exported(another)):
        told = {line["text"]: line["remote"] for line in map(json.loads, each)}
        assert (told["away"], told["home"], told["nobody"]) == (True, False, None)


def test_a_time_without_an_offset_is_utc(notebook: Notebook) -> None:
    take(notebook, {"text": "naive", "created": "2025-03-01T10:00:00"})
    take(notebook, {"text": "aware", "created": "2025-03-01T10:00:00-05:00"})

    naive, aware = kept(notebook)

    assert naive.created == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert aware.created.utcoffset() == timedelta(hours=-5)


def test_equal_times_keep_the_order_of_their_lines(notebook: Notebook) -> None:
    created = "2025-03-01T10:00:00Z"

    take(notebook, *({"text": str(number), "created": created} for number in range(1_000)))

    assert [entry.text for entry in kept(notebook)] == [str(number) for number in range(1_000)]


def test_lines_without_a_time_are_of_now_in_their_order(notebook: Notebook) -> None:
    take(notebook, *({"text": str(number)} for number in range(900)))

    assert [entry.text for entry in kept(notebook)] == [str(number) for number in range(900)]


def test_the_same_source_ref_and_text_adds_nothing_and_another_text_does(
    notebook: Notebook,
) -> None:
    one = {"text": "words", "source": "telegram", "ref": "41"}

    first = take(notebook, one)
    second = take(notebook, one, {**one, "text": "edited there"}, {**one, "source": "irc"})

    assert (first.entries, second.entries, second.known) == (1, 2, 1)


def test_a_ref_without_a_source_counts_within_its_project(notebook: Notebook) -> None:
    one = {"text": "words", "ref": "41"}

    receipt = take(notebook, one, one, {**one, "project": "fed"})

    assert (receipt.entries, receipt.known) == (2, 1)


def test_a_note_that_was_removed_is_kept_anew_under_its_ref(notebook: Notebook) -> None:
    first = notebook.note(NewNote(text="words", ref="41"))
    with notebook.writing() as tx:
        keep.remove(tx, first.id)

    assert notebook.note(NewNote(text="words", ref="41")).id != first.id


def test_a_thread_is_found_by_id_by_handle_and_by_name(notebook: Notebook) -> None:
    thread = ask(notebook, "one?", thread="talk").question.thread
    assert thread
    (id_,) = {more["thread_id"] for _, more in export(notebook, notebook.every())}

    receipt = take(
        notebook,
        {"text": "by name", "thread": "talk"},
        {"text": "by handle", "thread": thread},
        {"text": "by id", "thread": id_},
        {"text": "by thread_id", "thread": "anything", "thread_id": id_},
        {"text": "new", "thread": "another"},
        {"text": "elsewhere", "thread": "talk", "project": "fed"},
    )

    found = {entry.text: (entry.thread, entry.thread_title) for entry in kept(notebook)}
    assert {found[f"by {how}"] for how in ("name", "handle", "id", "thread_id")} == {
        (thread, "talk")
    }
    assert found["new"][1] == "another"
    assert found["elsewhere"][0] not in {None, thread}
    assert receipt.threads == 2


def test_a_short_name_is_no_prefix_of_a_handle(notebook: Notebook) -> None:
    handles = {ask(notebook, f"{number}?").question.thread or "" for number in range(40)}
    names = sorted({handle[:1] for handle in handles} | {handle[:2] for handle in handles})

    receipt = take(notebook, *({"text": name, "thread": name} for name in names))

    titles = {e.text: e.thread_title for e in kept(notebook) if e.text in names}
    assert titles == {name: name for name in names}
    assert receipt.threads == len(names)


def test_a_talk_between_people_keeps_its_actors(notebook: Notebook) -> None:
    take(
        notebook,
        {"text": "hi", "actor": "Ben", "thread": "chat"},
        {"text": "hello", "actor": "Cleo", "thread": "chat"},
        {"kind": "answer", "text": "I say", "actor": "ChatGPT", "thread": "chat"},
    )

    assert [(entry.actor, entry.model) for entry in kept(notebook)] == [
        ("Ben", None),
        ("Cleo", None),
        ("ChatGPT", "ChatGPT"),
    ]


def test_an_imported_talk_is_not_the_thread_last_used(notebook: Notebook) -> None:
    mine = ask(notebook, "mine?").question.thread

    take(notebook, {"kind": "question", "text": "theirs?", "thread": "chat", "actor": "ann"})

    found = notebook.last_thread()
    assert found
    assert found.handle == mine


def test_an_imported_talk_is_replayed_in_its_thread(notebook: Notebook) -> None:
    take(
        notebook,
        {"kind": "question", "text": "what is a gilt?", "thread": "chat", "actor": "ann"},
        {"kind": "answer", "text": "a bond", "thread": "chat", "model": "openai/gpt-4"},
    )

    turn = ask(notebook, "of whom?", thread="chat")

    assert [(m.role, "a bond" in m.content) for m in turn.context.messages[2:]] == [
        ("assistant", True),
        ("user", False),
    ]


def test_one_import_is_one_step(notebook: Notebook) -> None:
    take(notebook, *({"text": str(number), "tags": ["x"]} for number in range(900)))

    steps = notebook.ledger.one("SELECT count(DISTINCT step) FROM event")

    assert steps == (1,)


def test_an_import_in_many_transactions_leaves_few_pieces_of_the_index(notebook: Notebook) -> None:
    pieces = "SELECT count(DISTINCT segid) FROM passage_fts_idx"
    run = Incoming(notebook, ImportReceipt(), project="inbox")
    for number in range(8):
        run.chunk([Line(number=number, kind=Kind.NOTE, text=b"rates %d" % number)])
    before = notebook.ledger.one(pieces)[0]

    run.finish()

    assert before == 8
    assert notebook.ledger.one(pieces)[0] == 1
