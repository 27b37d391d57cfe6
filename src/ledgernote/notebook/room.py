"""How many tokens a context may take: the windows of its models, and what settings allow."""

from __future__ import annotations

from collections.abc import Sequence

from ledgernote.config import Settings
from ledgernote.domain.turns import Model
from ledgernote.models.counter import COUNTER
from ledgernote.notebook import learned
from ledgernote.notebook.learned import Learned
from ledgernote.notebook.question import Question
from ledgernote.replay.assemble import Limits


class Room:
    """What one context may take that is fitted to all of some models."""

    def __init__(self, settings: Settings, models: Sequence[Model]) -> None:
        """Asks servers how large their windows are: not before the models may be asked."""
        self._settings = settings
        self._known = [(model, learned.of(settings, model)) for model in models]

    def budget(self, wanted: int | None) -> int:
        """Tokens: as *wanted*, else as the settings say, within each window."""
        return min(wanted or self._settings.budget, self._most())

    def _most(self) -> int:
        return _left(*self._smallest())

    def limits(self, question: Question) -> Limits:
        """What the context of a question may take."""
        settings = self._settings
        return Limits(
            budget=self.budget(question.budget),
            most=self._most(),
            each=self._smallest()[1].factor,
            usual=self.budget(None if question.task else question.budget),
            replay=settings.replay if question.replay is None else question.replay,
            counter=COUNTER,
            factor=max(known.factor for _, known in self._known),
        )

    def least(self) -> tuple[str, str]:
        """The smallest window and who says so, in words; and what to do about it."""
        return learned.told(*self._smallest())

    def _smallest(self) -> tuple[Model, Learned]:
        return min(self._known, key=lambda each: _left(*each))


def _left(model: Model, known: Learned) -> int:
    """Tokens, as we count, that the window of a model leaves beside the answer."""
    window, _ = known.window_of(model)
    return int((window - min(learned.RESERVE, window // 4)) / known.factor)
