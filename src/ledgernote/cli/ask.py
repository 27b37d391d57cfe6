"""`ask`: one turn from the shell."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from ledgernote.cli import pipe
from ledgernote.cli.asking import (
    asked,
    brought,
    collected,
    demand,
    model_for,
    not_asked,
    size,
    streamed,
    together,
    typed,
)
from ledgernote.cli.call import Call
from ledgernote.cli.consent import asker
from ledgernote.cli.context import show_context
from ledgernote.domain.entries import Status
from ledgernote.domain.errors import (
    LedgernoteError,
    ModelError,
    NoSuchThing,
    TooLong,
    UsageError,
)
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.domain.turns import Kept, Model
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Question, keep_unasked, preview
from ledgernote.notebook.unanswered import options_of, unanswered
from ledgernote.render.ended import cut_line, usage_line
from ledgernote.render.escape import visible
from ledgernote.render.records import ask_record
from ledgernote.render.rescue import rescuing

FENCED = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(.*?)(?:^ {0,3}\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)


def ask(  # noqa: PLR0913  each is an option of the contract
    call: Call,
    *question: str,
    goes_on: bool = False,
    thread: str | None = None,
    model: tuple[str, ...] = (),
    system: str | None = None,
    file: tuple[str, ...] = (),
    extract: bool = False,
    extract_last: bool = False,
    option: tuple[str, ...] = (),
    budget: str | None = None,
    replay: str | None = None,
    no_replay: bool = False,
    mute: bool = False,
    no_log: bool = False,
    dry_run: bool = False,
    no_stream: bool = False,
    of: str | None = None,
    each: bool = False,
) -> int | None:
    """Ask a model one question."""
    if of is not None:
        given = {
            "words": question,
            "--each": each,
            "-n": no_log,
            "--dry-run": dry_run,
            "-f": file,
            "-s": system is not None,
            "-c": goes_on,
            "-r": thread is not None,
            "--budget": budget is not None,
            "--replay": replay is not None,
            "--no-replay": no_replay,
            "--mute": mute,
        }
        _demand_nothing_else([name for name, value in given.items() if value])
    cut = _cut(call, extract, extract_last, several=len(model) > 1)

    def about() -> Question:
        if no_replay and replay is not None:
            raise UsageError("--no-replay and --replay contradict each other", "Give one of them.")
        material, given = brought(file)
        return Question(
            text="",
            thread=thread,
            goes_on=goes_on,
            material=material,
            given=given,
            system=system,
            options=_options(option),
            budget=size(budget, "--budget"),
            replay=0 if no_replay else size(replay, "--replay", least=0),
            log=not no_log,
            mute=mute,
            again=of,
            exactly=of is not None,
        )

    keeps = not (no_log or dry_run)
    held: list[bytearray] = []
    with ExitStack() as stack:
        stack.enter_context(rescuing(call.out, lambda: map(bytes, held * keeps), KeyboardInterrupt))
        # What was asked last has no answer yet, and is meant where nothing else is said.
        takes_up = not no_log and (goes_on or thread is not None)
        plans: Iterable[Question] = [Question(text="")]
        if of is None:
            plans = _plans(call, question, held, each=each, takes_up=takes_up)
        notebook, models, plan = stack.enter_context(
            _opened(call, plans, about, model, keeps=keeps)
        )
        questions = (_joined(plan, one) for one in plans)
        if dry_run:
            _preview(call, notebook, questions, models)
            return None
        answers = _Answers(call, notebook, models, stream=not no_stream, cut=cut)
        return answers.all(questions, each=each)


def _demand_nothing_else(given: Sequence[str]) -> None:
    """Raises `UsageError` for what would be another context than that of an old answer."""
    if given:
        raise UsageError(
            f"--of asks again with exactly what was sent: it takes no {' or '.join(given)}",
            "Leave that away, or ask anew without --of.",
        )


def _cut(call: Call, first: bool, last: bool, *, several: bool) -> int | None:  # noqa: FBT001
    """Which fenced block is wanted alone; None for the whole answer. Raises `UsageError`."""
    if (first or last) and (several or call.out.json):
        raise UsageError(
            "-x and --xl print a block of one answer, several -m and --json whole answers",
            "Leave one of them away.",
        )
    return -1 if last else 0 if first else None


Opened = tuple[Notebook, tuple[Model, ...], Question]


@contextmanager
def _opened(
    call: Call,
    plans: Iterable[Question],
    about: Callable[[], Question],
    names: tuple[str, ...],
    *,
    keeps: bool,
) -> Iterator[Opened]:
    """The notebook, who answers, and what holds for all questions.

    When something of it does not exist, what was asked is not lost: it is kept where only the
    model is unknown, else saved in a file.
    """
    # Lines of a pipe are not read ahead, so that there is nothing of them to lose.
    waiting = [one for one in plans if one.text] if keeps and isinstance(plans, list) else []
    with ExitStack() as stack:
        with rescuing(call.out, lambda: [text for one in waiting for text in typed(one)]):
            plan = about()
            notebook = stack.enter_context(call.notebook(writes=keeps, looks=plan.log))
            demand(notebook, plan.given)
            if isinstance(plans, list) and not plans[0].text and plan.again is None:
                plan = _taken_up_again(call, notebook, plan)
            try:
                models = _models(call, notebook, plan, names)
            except (ModelError, NoSuchThing):
                for one in waiting:
                    call.out.say(not_asked(keep_unasked(notebook, _joined(plan, one))))
                waiting.clear()
                raise
        yield notebook, models, plan


def _joined(plan: Question, one: Question) -> Question:
    return replace(plan, text=one.text, material=(*one.material, *plan.material))


def _taken_up_again(call: Call, notebook: Notebook, plan: Question) -> Question:
    """The last question, which has no answer, with the options that it had unless others are."""
    again = unanswered(notebook, plan)
    if plan.options or not (had := options_of(notebook, again)):
        return replace(plan, again=again)
    told = " ".join(f"-o {key}={json.dumps(value)}" for key, value in had.items())
    call.out.say(f"{told}, as it was asked")
    return replace(plan, again=again, options=had)


def _models(
    call: Call, notebook: Notebook, plan: Question, names: tuple[str, ...]
) -> tuple[Model, ...]:
    if not names:
        return (model_for(call, notebook, plan, plan.options),)
    return tuple(the_model(notebook, name, plan.options, call.out.say) for name in names)


def _preview(
    call: Call, notebook: Notebook, plans: Iterable[Question], models: tuple[Model, ...]
) -> None:
    asks = asker(call, notebook, asks=False)
    for plan in plans:
        found = preview(notebook, plan, *models)
        asks.tell(found, models)
        show_context(call, notebook, found)


def _plans(
    call: Call, words: tuple[str, ...], held: list[bytearray], *, each: bool, takes_up: bool
) -> Iterable[Question]:
    """What is asked: one question, or with *each* one for every line of a pipe.

    What is not handed over yet stands in *held*. One without words *takes up* the last one.
    """
    piped = bytearray()
    held += [bytearray(to_bytes(" ".join(words))), piped]
    if not each:
        text, beside = asked(call, words, piped, takes_up=takes_up)
        held.clear()
        return [Question(text=text, material=beside)]
    if words:
        raise UsageError("--each takes its questions from a pipe", "Leave the words away.")
    lines = pipe.lines(piped, stays=False)
    return (Question(text=to_text(line)) for line in lines if line.strip())


class _Answers:
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
        if self.stream:
            kept = streamed(self.call, self.notebook, question, self.models[0], self.asker)
            self.printed = bool(kept.text.strip())
            failed = _failure(kept)
            all_kept.append(kept)
        else:
            carry = together if self.beside else collected
            for kept in carry(self.call, self.notebook, question, self.models, self.asker):
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


def _options(pairs: Iterable[str]) -> dict[str, object]:
    """`-o KEY=VALUE`: the value as JSON where it is some, else as text."""
    options: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"-o takes KEY=VALUE, not {pair!r}", "Such as -o temperature=0.2")
        options[key] = _value(value)
        try:
            json.dumps({key: options[key]}, allow_nan=False, ensure_ascii=False).encode()
        except ValueError:  # NaN and its like, and bytes that are no text
            raise UsageError(f"-o {pair!r} cannot be sent", "Such as -o temperature=0.2") from None
    return options


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # `inf` and `-nan` are numbers that JSON has no word for, and no text that somebody means.
        return float(text) if _ENDLESS.fullmatch(text) else text


_ENDLESS = re.compile(r"(?i)[+-]?(?:inf(?:inity)?|nan)")
