"""How answers leave: streamed, whole, cut to a block, or as JSON."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from ledgernote.cli.asking import Watched, collected, streamed, together
from ledgernote.cli.call import Call
from ledgernote.cli.consent import asker
from ledgernote.domain.entries import Status
from ledgernote.domain.errors import LedgernoteError, ModelError, TooLong
from ledgernote.domain.turns import Kept, Model
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Question
from ledgernote.render.ended import cut_line, usage_line
from ledgernote.render.escape import visible
from ledgernote.render.records import ask_record

FENCED = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(.*?)(?:^ {0,3}\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)


class Answers:
    """How answers leave: streamed, whole, cut to a block, or as JSON."""

    def __init__(
        self,
        call: Call,
        notebook: Notebook,
        models: tuple[Model, ...],
        *,
        stream: bool,
        cut: int | None,
    ) -> None:
        self.call, self.notebook, self.models = call, notebook, models
        self.cut = cut
        """Which fenced block alone: 0 the first, -1 the last."""
        several = len(models) > 1
        self.beside = several and cut is None and call.out.tty and not call.out.json
        """Shown when all have ended, beside each other where there is room."""
        self.json = call.out.json or (several and not self.beside)
        self.each = False
        """The next question comes whatever becomes of this one."""
        self.printed = False
        """Something of the answer to this question stands on stdout."""
        self.stream = stream and cut is None and not several and not self.json

    def all(self, questions: Iterable[Question], *, each: bool) -> int | None:
        """Ask everything; with *each* a question that fails does not stop the others."""
        code, self.each = None, each
        self.asker = asker(
            self.call, self.notebook, asks=not each and (len(self.models) == 1 or self.beside)
        )
        for question in questions:
            self.printed = False
            try:
                self.one(question)
            except LedgernoteError as error:
                if not each:
                    raise
                self.call.out.error(str(error), error.hint)
                code = error.exit_code
                self._fill(error)
        return code

    def _fill(self, error: LedgernoteError) -> None:
        """A line, or an object, for a question of which nothing was printed, so that they count."""
        if self.printed or self.beside:
            return
        if self.json:
            self.call.out.record({"status": "failed", "error": str(error)}, flush=True)
        else:
            self.call.out.piece("\n", flush=True)

    def one(self, question: Question) -> None:
        """One turn. Raises what cut it short, after what was kept has been said."""
        failed: BaseException | None = None
        all_kept: list[Kept] = []
        watched = Watched(self.asker, each=self.each)
        if self.stream:
            kept = streamed(self.call, self.notebook, question, self.models[0], watched)
            self.printed = bool(kept.text.strip())
            failed = _failure(kept)
            all_kept.append(kept)
        else:
            carry = together if self.beside else collected
            for kept in carry(self.call, self.notebook, question, self.models, watched):
                self._put(kept)
                all_kept.append(kept)
                if (fresh := _failure(kept)) is None:
                    continue
                if isinstance(failed, LedgernoteError) and not self.beside:
                    self.call.out.error(str(failed), failed.hint)  # the last one's is raised
                failed = fresh
        if isinstance(failed, TooLong) and question.exactly:
            raise TooLong(str(failed), _AS_IT_WAS, failed.window)
        if isinstance(failed, ModelError) and question.log:
            self.call.out.say(_taken_up(question, all_kept, each=self.each))
        if failed:
            raise failed

    def _put(self, kept: Kept) -> None:
        if self.beside:
            return
        if line := cut_line(kept):
            self.call.out.say(line)
        self.call.out.say(usage_line(kept))
        if self.json:
            self.printed = True
            self.call.out.record(ask_record(kept), flush=True)
        elif text := self._words(kept):
            self.printed = True
            shown = visible(text) if self.call.out.tty else text
            self.call.out.piece(shown if shown.endswith("\n") else shown + "\n", flush=True)

    def _words(self, kept: Kept) -> str:
        """What of the answer is wanted."""
        if self.cut is None:
            return kept.text
        blocks = [found[2] for found in FENCED.finditer(kept.text)]
        if blocks:
            return blocks[self.cut]
        self.call.out.say("no fenced block in the answer; here is all of it")
        return kept.text


def _failure(kept: Kept) -> BaseException | None:
    """What a face raises once it has said what was kept."""
    if kept.error is None and kept.status is Status.FAILED:
        return ModelError("the model gave an empty answer", "Ask again, or another with -m.")
    return kept.error


_AS_IT_WAS = (
    "It is sent exactly as it was then: ask a model with a larger window with -m, "
    "or ask the question anew without --of."
)


def _taken_up(question: Question, kept: list[Kept], *, each: bool) -> str:
    """How a question is asked again that a model has not answered; it may not be the last one."""
    asked, failed = kept[0].question, [one for one in kept if _failure(one) is not None]
    if asked and (question.again or each or len(failed) < len(kept)):
        names = ["MODEL"] if question.again else [one.context.model for one in failed]
        models = " ".join(f"-m {shlex.quote(name)}" for name in names)
        return f"`ask --of {asked.handle} {models}` asks it again"
    return "`ask -c` takes the question up again, -m MODEL with another model"
