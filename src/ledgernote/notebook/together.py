"""What several models say at once, told in their order."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from queue import SimpleQueue

from ledgernote.domain.turns import Retry, Said, TurnEvent
from ledgernote.ledger.ledger import Ledger
from ledgernote.notebook.saying import Speaking, closed


def said_together(speakers: Sequence[Speaking]) -> Generator[TurnEvent, None, None]:
    """Let several models speak at once; what each says is told in their order.

    Whoever stops reading stops them all, and so does an interrupt: what each said is kept.
    """
    over = threading.Event()
    stopped: KeyboardInterrupt | None = None
    with ExitStack() as ending:  # what one raises keeps none of the others from its end
        for one in speakers:
            ending.callback(one.end)
        ending.callback(over.set)
        begun = [one.begin() for one in speakers]
        voices = [_Voice(one, over) for one in speakers]
        for replayed, voice, speaking in zip(begun, voices, speakers, strict=True):
            yield replayed
            try:
                yield from () if stopped else voice.told()
            except KeyboardInterrupt as interrupt:
                stopped = interrupt
                over.set()
            outcome = speaking.end(None if voice.ended else stopped)
            speaking.learn_from(outcome)
            yield outcome


class _Voice:
    """A model that speaks in a thread of its own, until *over* is set."""

    def __init__(self, speaking: Speaking, over: threading.Event) -> None:
        self._speaking, self._over = speaking, over
        self._told: SimpleQueue[Retry | Said | BaseException | None] = SimpleQueue()
        self.ended = False
        """It came to its own end."""
        threading.Thread(target=self._speak, daemon=True).start()

    def _speak(self) -> None:
        try:
            self._speaking.warm()  # it takes seconds, in which all may be stopped
            with closed(self._speaking.pieces(self._check, self._pause)) as saying:
                for piece in saying:
                    self._told.put(piece)
                    if self._over.is_set():
                        return
            self.ended = True
        except BaseException as error:  # noqa: BLE001  raised again where somebody hears it
            self._told.put(error)
        finally:
            self._told.put(None)

    def _check(self) -> None:
        """What the planner checks, through a connection of this thread."""
        mine = self._speaking.notebook.ledger
        with closing(Ledger.open(mine.path, state=mine.state, create=False)) as ledger:
            self._speaking.planner.check(ledger)
        self._pause(0)

    def _pause(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise KeyboardInterrupt

    def told(self) -> Iterator[Retry | Said]:
        """What it says, as it comes."""
        while (one := self._told.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
