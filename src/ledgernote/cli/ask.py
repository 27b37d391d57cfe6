"""`ask`: one turn from the shell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import chain, islice

from ledgernote.cli import pipe
from ledgernote.cli.answered import Answers
from ledgernote.cli.asking import (
    asked,
    brought,
    demand,
    model_for,
    not_asked,
    size,
    typed,
)
from ledgernote.cli.call import Call
from ledgernote.cli.consent import asker
from ledgernote.cli.context import show_context
from ledgernote.domain.entries import Kind
from ledgernote.domain.errors import (
    ModelError,
    NoSuchThing,
    UsageError,
)
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.domain.turns import Asked, Model
from ledgernote.domain.waiting import before_waiting
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.question import as_kept
from ledgernote.notebook.turn import Question, asked_already, keep_unasked, preview
from ledgernote.notebook.unanswered import options_of, unanswered
from ledgernote.render.rescue import rescuing


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
    cut = _cut(call, extract, extract_last, several=len(model) > 1)

    def about() -> Question:
        if no_replay and replay is not None:
            raise UsageError("--no-replay and --replay contradict each other", "Give one of them.")
        material, given = brought(file)
        plan = Question(
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
        if of is not None:
            _demand_nothing_else(plan, {"words": question, "--each": each, "--dry-run": dry_run})
        return plan

    keeps = not (no_log or dry_run)
    held: list[bytearray] = []
    with ExitStack() as stack:
        unread = (KeyboardInterrupt, ModelError, NoSuchThing)
        stack.enter_context(rescuing(call.out, lambda: map(bytes, held * keeps), unread))
        # What was asked last has no answer yet, and is meant where nothing else is said.
        takes_up = not no_log and (goes_on or thread is not None)
        plans: Iterable[Question] = [Question(text="")]
        if of is None:
            plans = _plans(call, question, held, each=each, takes_up=takes_up)
        notebook, models, questions = stack.enter_context(
            _opened(call, plans, about, model, keeps=keeps)
        )
        if dry_run:
            _preview(call, notebook, questions, models)
            return None
        answers = Answers(call, notebook, models, stream=not no_stream, cut=cut)
        return answers.all(questions, each=each)


def _demand_nothing_else(plan: Question, more: Mapping[str, object]) -> None:
    """Raises `UsageError` for what would be another context than that of an old answer."""
    given = {
        **more,
        "-n": not plan.log,
        "-f": plan.material or plan.given,
        "-s": plan.system is not None,
        "-c": plan.goes_on,
        "-r": plan.thread is not None,
        "--budget": plan.budget is not None,
        "--replay or --no-replay": plan.replay is not None,
        "--mute": plan.mute,
    }
    if named := [name for name, value in given.items() if value]:
        raise UsageError(
            f"--of asks again with exactly what was sent: it takes no {' or '.join(named)}",
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


Opened = tuple[Notebook, tuple[Model, ...], Iterable[Question]]


@contextmanager
def _opened(
    call: Call,
    plans: Iterable[Question],
    about: Callable[[], Question],
    names: tuple[str, ...],
    *,
    keeps: bool,
) -> Iterator[Opened]:
    """The notebook, who answers, and what is asked.

    What was asked is not lost: it is kept before anybody is waited for to know who answers, and
    where nobody does; where something else does not exist, it is saved in a file. Of the lines of
    a pipe that is the first, for the others are not read ahead; none where a model is named, which
    may not exist.
    """
    each, rest = not isinstance(plans, list), iter(plans)
    is_old = isinstance(plans, list) and not plans[0].text
    waiting = list(rest) if keeps and not (each or is_old) else []
    first = islice(rest, 1 if keeps and each and not names else 0)
    with ExitStack() as stack:
        with rescuing(call.out, lambda: [text for one in waiting for text in typed(one)]):
            plan = about()
            # What was asked before, and is asked again, stands in a ledger that there is.
            notebook = stack.enter_context(
                call.notebook(writes=keeps and not is_old, looks=plan.log)
            )
            demand(notebook, plan.given)
            if is_old and plan.again is None:
                plan = _taken_up_again(call, notebook, plan)
            kept: list[Asked] = []
            tried: datetime | None = None

            def keep(*, reads: bool = True) -> None:
                nonlocal tried
                waiting.extend(first if reads else ())
                while waiting:
                    one = _joined(plan, waiting[0])
                    found = _kept_since(notebook, tried, one) if tried else None
                    tried = notebook.clock()
                    found = found or keep_unasked(notebook, one, named=bool(names))
                    waiting.pop(0)
                    kept.append(found)
                    tried = None

            try:
                with before_waiting(keep):
                    models = _models(call, notebook, plan, names)
            except (ModelError, NoSuchThing, KeyboardInterrupt) as error:
                keep(reads=isinstance(error, ModelError))
                for one in kept:
                    call.out.say(not_asked(one, each=each))
                raise
        begun = [asked_already(notebook, plan, one) for one in kept]
        yield notebook, models, chain(begun, (_joined(plan, one) for one in chain(waiting, rest)))


def _kept_since(notebook: Notebook, tried: datetime, question: Question) -> Asked | None:
    """*question* where it is kept: it was *tried*, and interrupted, maybe behind the commit."""
    text = as_kept(question.text)
    for entry in notebook.latest(0, since=tried, actor=notebook.actor):
        if entry.kind is Kind.QUESTION and notebook.whole(entry).text == text:
            return Asked(question=entry, material=())
    return None


def _joined(plan: Question, one: Question) -> Question:
    if plan.again:  # its words are kept, and so is what came along
        return plan
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
