"""A talk as a tree of messages becomes questions and answers.

All that an assistant said and did between two questions is one answer, tools included.
Branches stay siblings: answers that follow the same question, questions that follow the
same entry. Pure: knows no format and no file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto

from ledgernote.domain.entries import Kind, Status
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import to_bytes
from ledgernote.interchange.values import Damaged, Line


class Role(Enum):
    """Whose message it is."""

    USER = auto()
    ASSISTANT = auto()
    TOOL = auto()
    """Belongs to what the assistant did."""
    HIDDEN = auto()
    """Nobody said it; what follows it follows what it follows."""


@frozen
class Said:
    """One message."""

    id: str
    parent: str | None
    role: Role
    text: str = ""
    ref: str | None = None
    """Its name for ever, where *id* is one of this tree only."""
    created: datetime | None = None
    model: str | None = None
    status: Status = Status.COMPLETE


@frozen
class Talk:
    """Where messages were said."""

    number: int
    """Which talk of the file it is, from 1."""
    source: str
    speaker: str
    """Who answers where no model is named."""
    ref: str
    title: str | None = None
    project: str | None = None
    created: datetime | None = None
    grows: bool = False
    """An answer may be longer next time, and is the same answer then."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A question or answer in the making."""

    kind: Kind
    follows: _Entry | None
    said: list[Said] = field(default_factory=list)
    place: int = 0
    """In the order in which the tree was walked: after what it follows."""
    created: datetime | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(one.text for one in self.said if one.text.strip())

    @property
    def blank(self) -> bool:
        return not any(one.text.strip() for one in self.said)

    def ref(self, *, first: bool) -> str:
        """A growing answer is called by its first message, another by its last with words."""
        words = [one for one in self.said if one.text.strip() and one.role is not Role.TOOL]
        one = self.said[0] if first or not words else words[-1]
        return one.ref or one.id


def lines(talk: Talk, said: Sequence[Said]) -> Iterator[Line | Damaged]:
    """The entries of a talk in the order of time, each after the one that it follows."""
    tree = _Tree(said)
    if tree.cut:
        why = f"{tree.cut} of its messages follow each other in a circle; kept in their order"
        yield Damaged(number=talk.number, why=why)
    entries = tree.entries()
    _date(entries, talk.created)
    entries.sort(key=lambda one: (one.created.timestamp() if one.created else 0.0, one.place))
    before: _Entry | None = None
    for entry in entries:
        yield _line(talk, entry, before)
        before = entry


def _line(talk: Talk, entry: _Entry, before: _Entry | None) -> Line:
    is_answer = entry.kind is Kind.ANSWER
    models = [one.model for one in entry.said if one.model]
    # A question follows what stands before it, unless it says otherwise.
    follows = entry.follows if is_answer or entry.follows is not before else None
    return Line(
        number=talk.number,
        kind=entry.kind,
        text=to_bytes(entry.text),
        project=talk.project,
        thread_ref=talk.ref,
        thread_name=talk.title,
        created=entry.created,
        model=models[-1] if models else None,
        speaker=talk.speaker if is_answer else None,
        status=entry.said[-1].status if is_answer else Status.COMPLETE,
        source=talk.source,
        ref=entry.ref(first=talk.grows),
        follows=follows.ref(first=talk.grows) if follows else None,
        revises=talk.grows,
    )


def _date(entries: Sequence[_Entry], talk: datetime | None) -> None:
    """Give each a time: its own, else that of what it follows, else the talk's, or none at all.

    Never one before what it follows: clocks of servers differ by fractions of a second, and
    the order of a thread is that of its times.
    """
    times = [one.created for entry in entries for one in entry.said if one.created]
    start = talk or min(times, default=None)
    for entry in entries:
        own = next((one.created for one in entry.said if one.created), None)
        before = entry.follows.created if entry.follows else None
        known = own or before or start
        entry.created = max(known, before) if known and before else known


class _Tree:
    """Messages by what they follow."""

    def __init__(self, said: Sequence[Said]) -> None:
        self._by_id: dict[str, Said] = {}
        for one in said:
            self._by_id.setdefault(one.id, one)
        self._children: dict[str | None, list[Said]] = {}
        for one in self._by_id.values():
            parent = one.parent if one.parent in self._by_id and one.parent != one.id else None
            self._children.setdefault(parent, []).append(one)
        self.cut = self._cut_circles()

    def _cut_circles(self) -> int:
        """Let what no beginning leads to follow one another; gives how many those are."""
        reached, ahead = set(), deque(self._children.get(None, ()))
        while ahead:
            one = ahead.popleft()
            reached.add(one.id)
            ahead.extend(self._children.get(one.id, ()))
        lost = [one for one in self._by_id.values() if one.id not in reached]
        for one in lost:
            self._children.pop(one.id, None)
        for before, one in zip([None, *lost], lost, strict=False):
            follows = before.id if before else None
            self._children.setdefault(follows, []).append(replace(one, parent=follows))
        return len(lost)

    def entries(self) -> list[_Entry]:
        """Questions and answers; each stands behind the one that it follows."""
        made: list[_Entry] = []
        ahead: deque[tuple[Said, _Entry | None, bool]] = deque(
            (one, None, True) for one in self._children.get(None, ())
        )
        while ahead:
            one, before, is_first = ahead.popleft()
            here = _entry_of(one, before, is_first=is_first)
            if here is not before and here is not None:
                made.append(here)
            answered = False
            for child in self._children.get(one.id, ()):
                ahead.append((child, here, not answered))
                answered = answered or child.role is Role.ASSISTANT
        kept = [entry for entry in made if not entry.blank]
        for place, entry in enumerate(kept):
            entry.place = place
            while entry.follows is not None and entry.follows.blank:
                entry.follows = entry.follows.follows
        return kept


def _entry_of(one: Said, before: _Entry | None, *, is_first: bool) -> _Entry | None:
    """The entry that a message belongs to: the one before it, or a new one."""
    if one.role is Role.HIDDEN:
        return before
    if one.role is Role.USER:
        return _Entry(Kind.QUESTION, before, [one])
    goes_on = before is not None and before.kind is Kind.ANSWER
    if before is not None and goes_on and (is_first or one.role is Role.TOOL):
        before.said.append(one)
        return before
    return _Entry(Kind.ANSWER, before.follows if before and goes_on else before, [one])
