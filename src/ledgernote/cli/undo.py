"""`undo`, `history`, `purge`: what was done, taking it back, and erasing for good."""

from __future__ import annotations

from functools import partial

from ledgernote.cli.call import NOTHING, Call, counted
from ledgernote.cli.confirm import agreeing, demand
from ledgernote.notebook import changing, undoing
from ledgernote.notebook import history as past
from ledgernote.render.history import change_record, history_view, standing_lines, step_words
from ledgernote.render.records import uuid_text


def undo(call: Call, *, redo: bool = False, yes: bool = False) -> int | None:
    """Take back what you did last, or bring it back."""
    with call.notebook() as notebook:
        found = agreeing(call, partial(undoing.take_back, notebook, redo=redo), yes=yes)
        if found is None:
            call.out.say(f"nothing of {notebook.actor}'s to {'redo' if redo else 'undo'}")
            return NOTHING
        if call.out.json:
            call.out.record(
                {
                    "step": uuid_text(found.step),
                    "redo": redo,
                    "done": found.done,
                    "at": found.at.isoformat(),
                    "standing": list(found.standing),
                }
            )
        look = call.look(notebook, talk=True)
        verb = "brought back" if redo else "taken back"
        call.out.say(f"{verb}: {step_words(found.done)} ({look.day(found.at)})")
        for line in standing_lines(found.standing):
            call.out.say(line)
        if not redo:
            call.out.detail("`ledgernote undo --redo` returns")
    return None


def history(call: Call, name: str) -> None:
    """Show everything that happened to an entry."""
    with call.notebook() as notebook:
        _, changes = past.history(notebook, name)
        if call.out.json:
            for change in changes:
                call.out.record(change_record(change))
        else:
            call.out.data(history_view(changes, call.look(notebook)))


def purge(call: Call, *names: str, yes: bool = False) -> None:
    """Erase the words of entries for good."""
    from ledgernote.notebook.saved import words_held  # undo and history read no query

    with call.notebook() as notebook:
        found = [notebook.entry(name, removed=True) for name in dict.fromkeys(names)]
        number = counted(len(found), "entry", "entries")
        demand(call, f"Erase the words of {number} for good? No undo brings them back.", yes=yes)
        held = words_held(notebook.ledger)
        for one in changing.purge(notebook, [entry.handle for entry in found]):
            if call.out.json:
                call.out.record({"handle": one.handle, "answers": list(one.answers)})
            call.out.say(f"{one.handle} erased; the chain still verifies")
            if one.answers:
                call.out.say(f"answers that replayed it stay: {', '.join(one.answers)}")
        if left := {name for name, _ in held - words_held(notebook.ledger)}:
            named = ", ".join(f"@{name}" for name in sorted(left))
            call.out.say(
                f"saved searches still hold words of it, and no purge erases those: {named}"
            )
