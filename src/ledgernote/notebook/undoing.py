"""Taking back what was done last, and bringing it back."""

from __future__ import annotations

from ledgernote.domain.changes import Undone
from ledgernote.ledger import places, undo
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.revealing import guarded


def take_back(notebook: Notebook, *, redo: bool = False, agreed: bool = False) -> Undone | None:
    """Undo this actor's newest step, or with *redo* bring back what was undone last.

    A large step goes in several transactions; one that was cut short is gone on with. Raises
    `WouldReveal` when something would no longer be private and nobody *agreed*; nothing is
    changed then. None when there is nothing to undo.
    """
    # Read before the first transaction: opening that may close the draft of a dead writer.
    find = undo.last_undone if redo else undo.newest_step
    step = find(notebook.ledger, notebook.actor)
    if step is None:
        return None
    _name_all(notebook, step, redo=redo, agreed=agreed)
    done = undo.done_in(notebook.ledger, step)
    first = min(done, key=lambda one: one.hlc)
    return Undone(
        step=step,
        done={one.kind: one.times for one in done},
        at=places.moment((first.hlc >> 16) * 1000, first.offset),
        standing=() if redo else tuple(undo.standing(notebook.ledger, step)),
    )


def _name_all(notebook: Notebook, step: bytes, *, redo: bool, agreed: bool) -> None:
    after, own = 0, None
    while True:
        with notebook.ledger.writing(by=notebook.actor, now=notebook.clock(), step=own) as tx:
            own = tx.step
            found = undo.pending(tx, step, redo=redo, after=after)
            if not found:
                return
            with guarded(tx, {one.entity for one in found}, agreed=agreed):
                undo.take_back(tx, step, found, redo=redo)
            after = found[-1].seq
