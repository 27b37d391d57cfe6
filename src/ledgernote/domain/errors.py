"""The one family of errors. Each knows its sentence, its remedy and its exit code.

    LedgernoteError
    ├── UsageError          2  the words of the command do not fit
    │   ├── Refused         2  the question is kept, and nothing is sent
    │   │   ├── PrivateProject  a remote model was asked inside a private project
    │   │   ├── CannotSee       an image was brought to a model that sees none
    │   │   └── OverCap         the month has cost what the settings allow
    │   └── WouldReveal     2  a change would make something private leave
    ├── NoSuchThing         4  no entry, thread, project, file or model by that name
    │   └── Ambiguous       4  a handle that several things answer to
    ├── LedgerError         5  the ledger cannot be used
    │   ├── NoLedger           a reading command found no file
    │   ├── NotALedger         the file is something else
    │   ├── LedgerTooNew       a newer program wrote it
    │   ├── LedgerBusy         another writer held the lock too long
    │   ├── LedgerReadOnly     the folder or file cannot be written
    │   ├── LedgerFull         the disk is full
    │   └── LedgerDamaged      a hash, a page or a row is not what it should be
    ├── ModelError          6  the model did not answer
    │   ├── ModelBusy          it did not now, and may in a while
    │   └── TooLong            the context is larger than its window
    └── DoesNotFit          7  the question is larger than the budget

Exit 0 is done, 1 nothing found, 3 a bug of ours, 130 interrupted.
"""

from __future__ import annotations

from typing import ClassVar


class LedgernoteError(Exception):
    """Something the researcher can act on; `str()` is the sentence they read.

    Never raised itself: each kind says its own exit code. *hint* names the remedy.
    """

    exit_code: ClassVar[int]

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class UsageError(LedgernoteError):
    """The words of the command do not fit together."""

    exit_code = 2


class Refused(UsageError):
    """What was asked is kept, and may not be sent as things are."""


class PrivateProject(Refused):
    """A model that is not local was asked inside a private project."""


class CannotSee(Refused):
    """An image was brought to a model that sees none; it is kept too."""


class OverCap(Refused):
    """The month has cost what the settings allow, and nobody went on."""


class WouldReveal(UsageError):
    """A change would make entries free to leave, and nobody has agreed; nothing was changed."""

    def __init__(self, handles: tuple[str, ...]) -> None:
        shown = ", ".join(handles[:5]) + (f" and {len(handles) - 5} more" if handles[5:] else "")
        super().__init__(f"no longer private after that: {shown}", "-y does it all the same.")


class NoSuchThing(LedgernoteError):
    """Nothing answers to the given name."""

    exit_code = 4


class Ambiguous(NoSuchThing):
    """Several things answer to the given name; *candidates* are their full names."""

    def __init__(
        self,
        name: str,
        candidates: tuple[str, ...],
        hint: str = "Type one letter more.",
        most: int | None = None,
    ) -> None:
        """*most*: so many are named."""
        left = len(candidates[most:]) if most else 0
        told = ", ".join(candidates[:most]) + f" and {left} more" * bool(left)
        super().__init__(f"{name!r} could be any of: {told}", hint)
        self.candidates = candidates


class LedgerError(LedgernoteError):
    """The ledger cannot be used."""

    exit_code = 5


class NoLedger(LedgerError):
    """A reading command found no file at the given path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no ledger at {path}", "The first `ledgernote note …` makes one.")


class NotALedger(LedgerError):
    """The file exists and is something else."""


class LedgerTooNew(LedgerError):
    """A newer program has changed the ledger's format; this one may only read."""


class LedgerBusy(LedgerError):
    """Another writer held the lock longer than we wait."""


class LedgerReadOnly(LedgerError):
    """The file or its folder cannot be written."""


class LedgerFull(LedgerError):
    """The disk, or the ledger's share of it, is full."""


class LedgerDamaged(LedgerError):
    """A page, row or hash is not what it should be."""


class ModelError(LedgernoteError):
    """The model did not answer, or not to the end."""

    exit_code = 6


class ModelBusy(ModelError):
    """Nothing was said yet, and to ask once more in a while may help.

    *wait*: the seconds that the provider asks for; None where it does not say.
    """

    def __init__(self, sentence: str, hint: str = "", wait: float | None = None) -> None:
        super().__init__(sentence, hint)
        self.wait = wait


class TooLong(ModelError):
    """The context is larger than the model's window.

    *window* and *sent* in tokens, as the model counts, where that was told.
    """

    def __init__(
        self, sentence: str, hint: str = "", window: int | None = None, sent: int | None = None
    ) -> None:
        super().__init__(sentence, hint)
        self.window, self.sent = window, sent


class DoesNotFit(LedgernoteError):
    """The question and its material alone are larger than the budget.

    *needs*: the tokens that they take.
    """

    exit_code = 7

    def __init__(self, sentence: str, hint: str = "", needs: int = 0) -> None:
        super().__init__(sentence, hint)
        self.needs = needs
