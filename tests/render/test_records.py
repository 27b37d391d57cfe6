"""The JSON forms that others build on."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

from render.made import JUNE, context, entry, kept, row

from ledgernote.domain.entries import (
    INBOX,
    MARK_OFF,
    MARK_ON,
    Hit,
    Kind,
    Project,
    Scope,
    Status,
    Thread,
    ThreadId,
)
from ledgernote.domain.turns import Citation, LeftOut, Reason
from ledgernote.render.records import (
    ask_record,
    context_record,
    entry_record,
    hit_record,
    project_record,
    receipt_rows,
    thread_record,
)

ENTRY = (
    "handle id kind project thread thread_title title text tags pinned muted private model actor "
    "created edited reply_to status supersedes source ref saved_from"
)
ASK = (
    "question answer thread text status model served_model tokens_in tokens_out usage_source cost "
    "digest receipt citations withheld no_consent tokens_cached finish error"
)
CONTEXT = "model budget tokens messages receipt left_out left_out_count digest withheld no_consent"
RECEIPT = "handle ref kind reason why score tokens excerpt"


def test_an_entry_has_the_promised_fields_in_their_order() -> None:
    made = entry(pinned=Scope.PROJECT, tags=("macro", "fed"), status=Status.INTERRUPTED)

    record = entry_record(made)

    assert " ".join(record) == ENTRY
    assert record["id"] == "00010203-0405-0607-0809-0a0b0c0d0e0f"
    assert (record["pinned"], record["status"]) == ("project", "interrupted")
    assert json.loads(json.dumps(record)) == record


def test_times_keep_the_writers_offset_and_only_needed_digits() -> None:
    east = timezone(timedelta(hours=-5))
    whole = datetime(2026, 8, 19, 2, 31, tzinfo=east)

    record = entry_record(entry(created=whole, edited=whole.replace(microsecond=120)))

    assert record["created"] == "2026-08-19T02:31:00-05:00"
    assert record["edited"] == "2026-08-19T02:31:00.000120-05:00"


def test_bytes_are_added_only_where_a_text_is_no_unicode() -> None:
    raw = b"caf\xe9"

    record = entry_record(entry(raw.decode("utf-8", "surrogateescape")))

    assert base64.b64decode(str(record["bytes"])) == raw
    assert record["text"] == "caf\udce9"
    assert "bytes" in entry_record(entry("half \ud800"))


def test_a_hit_is_an_entry_and_why_it_matched() -> None:
    passage = f"no {MARK_ON}cut{MARK_OFF} before"

    record = hit_record(Hit(entry=entry(), score=2.5, passage=passage, why="words: cut"))

    assert " ".join(record) == ENTRY + " score passage why"
    assert record["passage"] == "no cut before"


def test_a_context_says_what_is_sent_and_why() -> None:
    made = context(
        row(reason=Reason.PIN, excerpt="no cut"),
        left_out=(LeftOut(handle="d7h0t", why="budget"),),
        left_out_count=3,
    )

    record = context_record(made)

    assert " ".join(record) == CONTEXT
    assert record["messages"] == [{"role": "user", "content": "is it?"}]
    assert record["left_out"] == [{"handle": "d7h0t", "why": "budget"}]
    (first,) = receipt_rows(made.receipt)
    assert record["receipt"] == [first]
    assert " ".join(first) == RECEIPT
    assert (first["reason"], first["excerpt"]) == ("pin", "no cut")
    assert record["digest"] == made.digest


def test_an_answer_names_its_question_cost_and_sources() -> None:
    record = ask_record(
        kept(citations=(Citation(start=8, end=16, handle="q81mm", verdict="known"),))
    )

    assert " ".join(record) == ASK
    assert (record["question"], record["answer"], record["thread"]) == ("q81mm", "w2c4d", "t4h2d")
    assert record["citations"] == [{"start": 8, "end": 16, "handle": "q81mm", "verdict": "known"}]


def test_an_answer_that_was_not_kept_has_no_handles() -> None:
    record = ask_record(kept(question=None, answer=None))

    assert (record["question"], record["answer"], record["thread"]) == (None, None, None)


def test_threads_and_projects_have_records_too() -> None:
    thread = Thread(
        id=ThreadId(bytes(16)), handle="t4h2d", project="fed", title="rates-thesis", named=True,
        entries=212, created=JUNE, used=None,
    )  # fmt: skip
    project = Project(id=INBOX, name="inbox", entries=4, threads=1)

    assert thread_record(thread)["created"] == JUNE.astimezone(UTC).isoformat()
    assert thread_record(thread)["used"] is None
    assert project_record(project)["id"] == "6c656467-6572-6e6f-7465-2d696e626f78"


def test_kinds_are_plain_words() -> None:
    assert {type(entry_record(entry(kind=kind))["kind"]) for kind in Kind} == {str}
