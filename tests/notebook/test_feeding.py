"""A project whose replay is fed by saved searches: `projects.NAME.replay_from`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from notebook.hands import Scripted, ask, sent
from shell import Run

from ledgernote.config import Settings
from ledgernote.domain.entries import Scope
from ledgernote.ledger import saved
from ledgernote.notebook import labels
from ledgernote.notebook.feeding import useless
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Question, preview

ASKED = "what of the gilts?"


@pytest.fixture
def fed(settings: Settings) -> Notebook:
    """The project `fed`, which `@cuts` feeds; `elsewhere` there is a note of it."""
    tables = {"fed": {"replay_from": ["@cuts", "nobody"]}}
    mine = replace(settings, projects=tables)
    notebook = Notebook.open(mine, project="fed", create=True, say=lambda _: None)
    notebook.note(NewNote(text="the first note of the project"))
    return notebook


def elsewhere(notebook: Notebook, text: str, **more: object) -> str:
    desk = Notebook(notebook.ledger, notebook.settings, project="desk")
    return desk.note(NewNote(text=text, **more)).handle  # type: ignore[arg-type]


def save(notebook: Notebook, query: str) -> None:
    with notebook.writing() as tx:
        saved.save(tx, "cuts", query, None)


def sees(notebook: Notebook, *, local: bool = True) -> str:
    return sent(preview(notebook, Question(text=ASKED), Scripted(local=local)))


def test_what_a_saved_search_finds_elsewhere_is_replayed_and_nothing_else_of_there(
    fed: Notebook,
) -> None:
    fed.note(NewNote(text="gilts of our own"))
    elsewhere(fed, "gilts of the desk", tags=("macro",))
    elsewhere(fed, "gilts without a tag")
    elsewhere(fed, "bunds of the desk", tags=("macro",))
    before = sees(fed)

    save(fed, "tag:macro")
    after = sees(fed)

    assert "gilts of the desk" not in before
    assert "gilts of our own" in after
    assert "gilts of the desk" in after
    assert "gilts without a tag" not in after
    fed.close()


def test_of_the_talk_that_a_fed_note_stands_in_only_what_replaces_it_comes_along(
    fed: Notebook,
) -> None:
    save(fed, "tag:macro")
    ask(Notebook(fed.ledger, fed.settings, project="desk"), "what is my salary?", thread="pay")
    old = elsewhere(fed, "gilts of the desk", tags=("macro",), thread="pay")
    elsewhere(fed, "and the list of who goes", thread="pay")
    elsewhere(fed, "those of the desk, said anew", supersedes=old)

    found = sees(fed)

    assert "gilts of the desk" in found
    assert "said anew" in found
    assert [text for text in ("salary", "who goes") if text in found] == []
    fed.close()


def test_words_of_the_saved_search_choose_what_feeds_and_those_of_the_question_what_matters(
    fed: Notebook,
) -> None:
    save(fed, "auction -cancelled")
    elsewhere(fed, "the auction of gilts was thin")
    elsewhere(fed, "an auction of gilts, cancelled")
    elsewhere(fed, "an auction of paintings")
    elsewhere(fed, "gilts alone")

    found = sees(fed)

    assert "auction of gilts was thin" in found
    assert "cancelled" not in found
    assert "paintings" not in found
    assert "gilts alone" not in found
    fed.close()


@pytest.mark.parametrize("query", ["-cancelled", "tag:macro -cancelled", "tag:macro -取消"])
def test_what_the_search_leaves_out_is_not_replayed_where_it_wants_no_word_either(
    fed: Notebook, query: str
) -> None:
    save(fed, query)
    elsewhere(fed, "gilts of the desk", tags=("macro",))
    elsewhere(fed, "the auction of gilts, cancelled 取消", tags=("macro",))

    found = sees(fed)

    assert "gilts of the desk" in found
    assert "auction" not in found
    fed.close()


@pytest.mark.parametrize(
    ("said", "asked"),
    [("昨天在北京吃烤鸭很贵", "北京烤鸭怎么样"), ("เมื่อวานกินข้าวมันไก่แพงมาก", "ข้าวมันไก่อร่อยไหม")],
)
def test_a_question_in_a_script_without_spaces_is_fed_by_what_shares_parts_of_it(
    fed: Notebook, said: str, asked: str
) -> None:
    save(fed, "tag:macro")
    elsewhere(fed, said, tags=("macro",))
    elsewhere(fed, f"{said}, without a tag")

    found = sent(preview(fed, Question(text=asked), Scripted()))

    assert said in found
    assert "without a tag" not in found
    fed.close()


def test_muted_and_private_entries_stay_where_they_are(fed: Notebook) -> None:
    save(fed, "kind:note")
    elsewhere(fed, "gilts, muted", mute=True)
    elsewhere(fed, "gilts, private", private=True)
    elsewhere(fed, "gilts, public")

    here, away = sees(fed), sees(fed, local=False)

    assert "gilts, public" in here
    assert "gilts, public" in away
    assert "gilts, private" in here
    assert "gilts, private" not in away
    assert "muted" not in here + away
    fed.close()


def test_dates_of_the_search_count_from_the_question_and_its_context_is_the_same_when_asked(
    fed: Notebook,
) -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    fed.clock = lambda: now
    save(fed, "since:7d")
    elsewhere(fed, "gilts this week", at=now - timedelta(days=2))
    elsewhere(fed, "gilts last year", at=now - timedelta(days=300))

    planned = preview(fed, Question(text=ASKED), Scripted())
    turn = ask(fed, ASKED)

    assert "gilts this week" in sent(planned)
    assert "gilts last year" not in sent(planned)
    assert turn.context.digest == planned.digest
    fed.close()


def test_a_pin_of_the_search_holds_or_has_ended_at_the_moment_of_the_question(
    fed: Notebook,
) -> None:
    save(fed, "is:pinned")
    note = elsewhere(fed, "gilts of the desk")
    soon = datetime(2031, 5, 1, 12, tzinfo=UTC)
    labels.pin(fed, [note], Scope.PROJECT, until=soon)

    found = []
    for days in (-1, 1):
        fed.clock = lambda now=soon + timedelta(days=days): now  # type: ignore[misc]
        found.append("gilts of the desk" in sees(fed))

    assert found == [True, False]
    fed.close()


@pytest.mark.parametrize(("name", "feeds"), [("fed", True), ("inbox", False)])
def test_the_first_question_in_a_project_is_fed_by_what_its_own_name_says(
    settings: Settings, name: str, feeds: bool
) -> None:
    mine = replace(settings, projects={name: {"replay_from": ["@cuts"]}})
    notebook = Notebook.open(mine, project="fed", create=True, say=lambda _: None)
    elsewhere(notebook, "gilts of the desk")
    save(notebook, "kind:note")

    found = sees(notebook)
    turn = ask(notebook, ASKED)

    assert ("gilts of the desk" in found) is feeds
    assert ("gilts of the desk" in sent(turn.context)) is feeds
    notebook.close()


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("kind:note -is:private", "@cuts asks for is:private"),
        ("kind:note +", "@cuts asks for '+', which is in no index"),
        ("kind:note not:+", "@cuts asks for '+', which is in no index"),
    ],
)
def test_nothing_is_replayed_from_a_search_for_what_replay_cannot_tell_of_an_entry(
    fed: Notebook, query: str, why: str
) -> None:
    save(fed, query)
    elsewhere(fed, "gilts of the desk")

    assert "gilts of the desk" not in sees(fed)
    told = useless(fed.ledger, fed.settings, fed.clock())
    assert why in told[0]
    fed.close()


def test_a_name_that_is_not_saved_is_told_by_doctor(fed: Notebook, run: Run) -> None:
    save(fed, "kind:note")
    fed.close()

    run("config", "set", "projects.fed.replay_from", "@cuts, nobody")
    told = run("doctor").out

    assert "note projects.fed.replay_from: no search is saved as 'nobody'" in told
