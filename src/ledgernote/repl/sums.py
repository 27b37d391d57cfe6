"""Slash commands that list and count: `/pins`, `/models`, `/tokens`, `/cost`."""

from __future__ import annotations

from datetime import datetime

from ledgernote.domain.entries import Entry
from ledgernote.domain.spent import Spent, total
from ledgernote.notebook.answering import the_choice
from ledgernote.notebook.home import OLD
from ledgernote.notebook.models import usable
from ledgernote.notebook.siblings import pinned_until
from ledgernote.notebook.spending import month_of, spent
from ledgernote.render.escape import cells, one_line, padded
from ledgernote.render.look import Look
from ledgernote.render.receipts import short
from ledgernote.render.views import quoted
from ledgernote.repl.session import Desk, Session, wrapped


def pins(session: Session, words: str, desk: Desk) -> Session:
    """List what is always replayed here."""
    look = desk.look(session)
    found = session.notebook.pins(session.thread)
    for entry in found:
        desk.out.data(_pin(session, entry, look))
    if not found:
        desk.out.say("nothing is pinned here; /pin HANDLE pins for this thread")
    return session


def _pin(session: Session, entry: Entry, look: Look) -> str:
    until = pinned_until(session.notebook, entry)
    ends = f" · until {look.day(until).strip()}" if until else ""
    rest = f"  {entry.pinned or '':10}  {look.age(_since(entry))}{ends}  "
    room = max((look.width or 80) - len(entry.handle) - len(rest), 16)
    words = quoted(entry.title or entry.text, room)
    return f"{look.style('cyan', entry.handle)}{look.dim(rest)}{words}"


def _since(entry: Entry) -> datetime:
    return entry.edited or entry.created


def old_pins(session: Session, look: Look) -> str:
    """The pins that deserve another look, on one line; empty when there are none."""
    now = session.notebook.clock()
    old = [one for one in session.notebook.pins(session.thread) if now - _since(one) > OLD]
    if not old:
        return ""
    first = old[0]
    more = f", and {len(old) - 1} more" if len(old) > 1 else ""
    line = f"old pin: {first.handle} {quoted(first.title or first.text, 40)}"
    line += f", {look.age(_since(first))}{more}; /pins, /unpin"
    return look.dim(wrapped(line, look.width))


def models(session: Session, words: str, desk: Desk) -> Session:
    """List the models that can be asked now."""
    width, now = desk.look(session).width or 80, session.model.name
    found = usable(session.notebook.settings, session.notebook.project_name)
    if now not in [choice.name for choice in found]:
        found.insert(0, the_choice(session.notebook.settings, now))
    room = max(cells(one_line(choice.name)) for choice in found)
    room = min(room, max(width - 40, 28))  # a longer one is cut nowhere: it can be typed
    for choice in found:
        mark = "*" if choice.name == now else " "
        local = "local" if choice.local else "remote"
        head = (
            f"{mark} {padded(one_line(choice.name), room)}  {short(choice.window):>6}  {local:6}  "
        )
        line = head + one_line(choice.why, max(width - len(head), 20))
        desk.out.data(wrapped(line, width, "    "))
    hint = "/model NAME takes one, a part of a name will do; /key keeps a key"
    desk.out.say(wrapped(hint, width))
    return session


def tokens(session: Session, words: str, desk: Desk) -> Session:
    """What this thread has sent and heard, by model, and what the project has this month."""
    rows = spent(session.notebook, thread=session.thread) if session.thread else []
    lines = [_row(row) for row in rows]
    if len(rows) > 1:
        lines.append(_row(total("this thread", rows)))
    if every := spent(session.notebook, since=month_of(session.notebook)):
        lines.append(_row(total("this project, this month", every)))
    width = desk.look(session).width
    for line in lines:
        desk.out.data(wrapped(line, width, "    ") if width else line)
    if not lines:
        desk.out.say("nothing was asked here yet")
    if session.kept:
        used = session.kept.context.tokens
        desk.out.say(f"the last context had {short(used)} of {short(session.room)} tokens")
    return session


def _row(row: Spent) -> str:
    answers = f"{row.answers:,} answer{'s' * (row.answers != 1)}"
    # Some have no price that anybody knows: those are told apart from what was free.
    cost = row.dollars if row.priced or row.cost else "no price known"
    cost = cost if row.answers or row.cost else ""
    if row.priced and row.priced < row.answers:
        cost += f" ({row.answers - row.priced:,} without a price)"
    head = f"{padded(one_line(row.name), 28)}  {answers:>11}"
    return f"{head}  {short(row.tokens_in):>6} in  {short(row.tokens_out):>6} out  {cost}".rstrip()
