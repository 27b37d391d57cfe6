"""Taking back what was done last, and bringing it back."""

from __future__ import annotations

from collections.abc import Sequence

from ledgernote.domain.changes import Undone
from ledgernote.domain.errors import UsageError, WouldReveal
from ledgernote.ledger import drafts, places, undo
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.revealing import guarded


def take_back(notebook: Notebook, *, redo: bool = False, agreed: bool = False) -> Undone | None:
    """Undo this actor's newest step, or with *redo* bring back what was undone last.

    A large step goes in several transactions; one that was cut short is gone on with. Raises
    `WouldReveal` when something would no longer be private and nobody *agreed*, `UsageError` when
    a question is still being answered or what is brought back came in anew since; nothing is
    changed then. None when there is nothing to undo.
    """
    # Read before the first transaction: opening that may close the draft of a dead writer.
    find = undo.last_undone if redo else undo.newest_step
    step = find(notebook.ledger, notebook.actor)
    if step is None:
        return None
    _check_answered(notebook, step)
    if redo and (again := undo.came_again(notebook.ledger, step)):
        raise UsageError(
            f"what was taken back has come in again since ({again:,} of it): it would stand twice",
            "`ledgernote undo` takes the newer one back first.",
        )
    _name_all(notebook, step, redo=redo, agreed=agreed)
    done = undo.done_in(notebook.ledger, step)
    first = min(done, key=lambda one: one.hlc)
    return Undone(
        step=step,
        done={one.kind: one.times for one in done},
        at=places.moment((first.hlc >> 16) * 1000, first.offset),
        standing=() if redo else tuple(undo.standing(notebook.ledger, step)),
    )


def _check_answered(notebook: Notebook, step: bytes) -> None:
    """Refuse to take a question away from the answer that another terminal is writing to it."""
    alive = [each for each in drafts.read(notebook.ledger, notebook.settings.state) if each.alive]
    if not alive:
        return
    touched = {one.entity for chunk in undo.pending(notebook.ledger, step) for one in chunk}
    for draft in alive:
        if draft.question in touched:
            raise UsageError(
                f"{draft.handle}, the answer to that question, is still being written",
                "Wait for its end, or press Ctrl-C there; then undo.",
            )


def _name_all(notebook: Notebook, step: bytes, *, redo: bool, agreed: bool) -> None:
    named: list[list[undo.Named]] = []
    own = None
    try:
        for chunk in undo.pending(notebook.ledger, step, redo=redo):
            own = _name(notebook, step, chunk, own=own, redo=redo, agreed=agreed)
            named.append(chunk)
    except WouldReveal:
        for chunk in reversed(named):
            own = _name(notebook, step, chunk, own=own, redo=not redo, agreed=True)
        raise


def _name(
    notebook: Notebook,
    step: bytes,
    chunk: Sequence[undo.Named],
    *,
    own: bytes | None,
    redo: bool,
    agreed: bool,
) -> bytes:
    """Undo or redo *chunk* within the step *own*; gives that."""
    with notebook.ledger.writing(by=notebook.actor, now=notebook.clock(), step=own) as tx:
        with guarded(tx, {one.entity for one in chunk}, agreed=agreed):
            undo.take_back(tx, step, chunk, redo=redo)
        return tx.step


def forget(notebook: Notebook, step: bytes) -> None:
    """Take back what was done in *step* so far: it could not be brought to its end."""
    _name_all(notebook, step, redo=False, agreed=True)
