"""Tables are a function of the set of events, whoever wrote them and however they came."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from ledger.hands import (
    Clock,
    check_index,
    deliver,
    log_of,
    open_ledger,
    rowids,
    shuffled,
    tables,
    undo_step,
)
from ledgernote.domain.entries import INBOX, EntryId, Kind, ProjectId, Scope, ThreadId
from ledgernote.ledger import entries, housekeeping, integrity, keep, places, saved, undo
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.verdict import verify
from ledgernote.ledger.writing import Writing

NAMES = st.sampled_from(["fed", "oil", "fed-2", "rates"])
TEXTS = st.sampled_from(
    [
        *("rate cut in June", "always oil at 90", "caf\udce9", "x" * 20_000),
        *("[[oil]] § [[Fed|x]] \0", "always 北京烤鸭 [[北京]]"),
    ]
)
HAND = st.sampled_from([0, 1])
ACTOR = st.sampled_from(["ada", "bot"])


class Hands(RuleBasedStateMachine):
    """Two replicas, two actors, every verb; what they know of each other changes at will."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock()
        self.ledgers = [open_ledger(self.folder, name) for name in ("one", "two")]
        # Both know the same few things from the start, so that what they do to them clashes.
        with self.ledgers[0].writing(by="ada", now=self.clock()) as tx:
            for name in ("fed", "oil"):
                project = places.need_project(tx, name)
                thread = places.new_thread(tx, project, name)
                keep.keep(
                    tx,
                    keep.New(
                        kind=Kind.NOTE, text=b"known", project=project, thread=thread, tags=["hot"]
                    ),
                )
        self._meet()

    def teardown(self) -> None:
        if not hasattr(self, "ledgers"):
            return
        try:
            self._compare()
        finally:
            for ledger in self.ledgers:
                ledger.close()
            shutil.rmtree(self.folder)

    def _compare(self) -> None:
        for ledger in self.ledgers:
            before, places_before = tables(ledger), rowids(ledger)
            check_index(ledger)
            integrity.rebuild(ledger, by="ada", now=self.clock())
            assert tables(ledger) == before
            if not ledger.rows("SELECT 1 FROM event WHERE kind = 'purge'"):
                # What was purged is not there to be indexed and taken out once more.
                assert rowids(ledger) == places_before
            check_index(ledger)
            assert verify(ledger).faults == ()
        self._meet()
        assert tables(self.ledgers[0]) == tables(self.ledgers[1])
        for seed in range(2):
            third = open_ledger(self.folder, f"third{seed}")
            deliver(shuffled(log_of(self.ledgers[0]), seed), third, self.clock())
            assert tables(third) == tables(self.ledgers[0])
            check_index(third)
            third.close()

    def _meet(self) -> None:
        one, two = self.ledgers
        deliver(log_of(one), two, self.clock())
        deliver(log_of(two), one, self.clock())

    def _write(self, hand: int, actor: str, do: Callable[[Writing], object]) -> None:
        with self.ledgers[hand].writing(by=actor, now=self.clock()) as tx:
            do(tx)

    def _some(self, hand: int, table: str, number: int) -> bytes | None:
        rows = self.ledgers[hand].rows(f"SELECT id FROM {table} ORDER BY id")
        return rows[number % len(rows)][0] if rows else None

    @rule(
        hand=HAND,
        actor=ACTOR,
        text=TEXTS,
        project=NAMES,
        tags=st.lists(NAMES, max_size=2),
        pin=st.sampled_from([None, *Scope]),
        number=st.integers(0, 9),
    )
    def note(self, hand: int, actor: str, text: str, project: str, **more: Any) -> None:
        older = self._some(hand, "entry", more["number"]) if more["number"] < 3 else None
        thread = self._some(hand, "thread", more["number"])

        def do(tx: Writing) -> None:
            keep.keep(
                tx,
                keep.New(
                    kind=Kind.NOTE,
                    text=text.encode("utf-8", "surrogateescape"),
                    project=places.need_project(tx, project),
                    title=project,
                    tags=more["tags"],
                    pin=more["pin"],
                    private=more["number"] % 5 == 0,
                    source="a",
                    ref=text[:3],
                    supersedes=EntryId(older) if older else None,
                    thread=ThreadId(thread) if thread else None,
                ),
            )

        self._write(hand, actor, do)

    @rule(
        hand=HAND,
        actor=ACTOR,
        number=st.integers(0, 9),
        verb=st.sampled_from(
            [
                "edit",
                "tag",
                "untag",
                "pin",
                "unpin",
                "mute",
                "remove",
                "move",
                "private",
                "unprivate",
                "purge",
                "answer",
            ]
        ),
    )
    def change(self, hand: int, actor: str, number: int, verb: str) -> None:
        found = self._some(hand, "entry", number)
        if found is None:
            return
        entry = EntryId(found)
        verbs: dict[str, Callable[[Writing], object]] = {
            "edit": lambda tx: keep.revise(tx, entry, f"edited {number}".encode(), title="new"),
            "tag": lambda tx: keep.tag(tx, entry, "hot"),
            "untag": lambda tx: keep.untag(tx, entry, "hot"),
            "pin": lambda tx: keep.pin(tx, entry, Scope.PROJECT, until=tx.now),
            "unpin": lambda tx: keep.unpin(tx, entry),
            "mute": lambda tx: keep.mute(tx, entry, muted=bool(number % 2)),
            "remove": lambda tx: keep.remove(tx, entry, removed=bool(number % 2)),
            "move": lambda tx: keep.move(tx, entry, INBOX),
            "private": lambda tx: keep.mark_private(tx, entry),
            "unprivate": lambda tx: keep.unmark_private(tx, entry),
            "purge": lambda tx: integrity.purge(tx, entry),
            "answer": lambda tx: keep.keep(
                tx,
                keep.New(
                    kind=Kind.ANSWER,
                    text=b"so [@x]",
                    project=INBOX,
                    model="offline",
                    reply_to=entry,
                    more={
                        "recipe": {
                            "blocks": [
                                [
                                    {
                                        "entry": entry.hex(),
                                        "place": {"event": entry.hex()},
                                        "reason": "match",
                                        "score": 0.5,
                                        "tokens": 9,
                                    }
                                ]
                            ]
                        },
                        "citations": [[3, 7, entry.hex(), "known"]],
                    },
                ),
            ),
        }
        self._write(hand, actor, verbs[verb])

    @rule(
        hand=HAND,
        actor=ACTOR,
        number=st.integers(0, 9),
        name=NAMES,
        verb=st.sampled_from(
            [
                "thread",
                "fork",
                "archive thread",
                "rename thread",
                "rename project",
                "archive",
                "brief",
                "private project",
                "unprivate project",
                "private tag",
                "move thread",
                "save",
                "forget",
            ]
        ),
    )
    def place(self, hand: int, actor: str, number: int, name: str, verb: str) -> None:
        project = ProjectId(self._some(hand, "project", number) or INBOX)
        thread, label = (self._some(hand, table, number) for table in ("thread", "tag"))
        last = self._some(hand, "entry", number)
        found = entries.by_ids(self.ledgers[hand], [last] if last else [])
        entry = found[0] if found else None
        verbs: dict[str, Callable[[Writing], object]] = {
            "thread": lambda tx: places.new_thread(tx, project, name),
            "fork": lambda tx: (
                thread and entry and housekeeping.fork_thread(tx, ThreadId(thread), entry, name)
            ),
            "rename project": lambda tx: housekeeping.rename_project(tx, project, name),
            "archive": lambda tx: housekeeping.archive_project(tx, project),
            "brief": lambda tx: housekeeping.set_brief(tx, project, name.encode()),
            "private project": lambda tx: keep.mark_private(tx, project),
            "unprivate project": lambda tx: keep.unmark_private(tx, project),
            "save": lambda tx: saved.save(tx, name, f"rates {number}", project),
            "forget": lambda tx: saved.forget(tx, name),
            "private tag": lambda tx: keep.mark_private(tx, label or project),
        }
        if thread:
            verbs |= {
                "rename thread": lambda tx: housekeeping.rename_thread(tx, ThreadId(thread), name),
                "archive thread": lambda tx: housekeeping.archive_thread(tx, ThreadId(thread)),
                "move thread": lambda tx: housekeeping.move_thread(tx, ThreadId(thread), project),
            }
        self._write(hand, actor, verbs.get(verb, verbs["thread"]))

    @rule(hand=HAND, actor=ACTOR, redo=st.booleans())
    def undo(self, hand: int, actor: str, redo: bool) -> None:
        ledger = self.ledgers[hand]
        step = (undo.last_undone if redo else undo.newest_step)(ledger, actor)
        if step is not None:
            self._write(hand, actor, lambda tx: undo_step(tx, step, redo=redo))

    @rule(hand=HAND)
    def hear(self, hand: int) -> None:
        deliver(log_of(self.ledgers[1 - hand]), self.ledgers[hand], self.clock())


FEW = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

TestHands = Hands.TestCase
TestHands.settings = FEW


@pytest.mark.slow
class TestHandsForLong(Hands.TestCase):  # type: ignore[misc,valid-type]
    """The same, ten times as often."""

    settings = settings(FEW, max_examples=150)


def test_two_ledgers_that_never_met_agree_when_they_have(tmp_path: Path) -> None:
    def write(ledger: Ledger, name: str) -> None:
        with ledger.writing(by="ada", now=Clock()()) as tx:
            places.need_project(tx, name)

    one, two = open_ledger(tmp_path, "one"), open_ledger(tmp_path, "two")
    write(one, "fed")
    write(two, "fed")

    deliver(log_of(one), two)
    deliver(log_of(two), one)

    names = [row[0] for row in one.rows("SELECT shown FROM project ORDER BY shown")]
    assert names == ["fed", "fed-2", "inbox"]
    assert tables(one) == tables(two)
