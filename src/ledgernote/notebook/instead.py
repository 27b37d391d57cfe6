"""Who answers instead of a model that did not: the same with less, or the next of the settings.

The question is asked again, so that for each model all is planned anew: its window, what is
private, and what may go to its provider. What failed stays, as an answer that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from ledgernote.domain.entries import Status
from ledgernote.domain.errors import (
    DoesNotFit,
    LedgernoteError,
    ModelError,
    NoSuchThing,
    TooLong,
    UsageError,
)
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import (
    Asked,
    Decision,
    Kept,
    Model,
    Retry,
    TurnEvent,
)
from ledgernote.ledger import undo
from ledgernote.notebook import learned
from ledgernote.notebook.answering import in_place_of, the_choice
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.question import Question
from ledgernote.notebook.room import Room

Carried = Generator[TurnEvent, Decision | None, Kept]


def carried(
    notebook: Notebook,
    question: Question,
    model: Model,
    ask: Callable[[Notebook, Question, Model], Carried],
) -> Carried:
    """Carry a question to *model* by *ask*, and on to others while nobody has said a word.

    Gives how it ended: as the first did where none of the others can answer.
    """
    asked: list[Asked] = []
    begun = model.name
    question = _by_handle(notebook, question)
    first = outcome = yield from _asked_once(ask(notebook, question, model), asked, None)
    project = first.question.project if first.question else notebook.project_name
    step = undo.step_of(notebook.ledger, first.answer.revision) if first.answer else None
    names, shrunk, refused = _names(notebook, project), False, None
    error: LedgernoteError | None = _silent(first)
    while error is not None:
        if not shrunk and (less := _smaller(notebook, question, model, (outcome, error))):
            model, shrunk = less, True
        elif (other := _next(notebook, question, names, (begun, model.name))) is not None:
            model, shrunk = other, False
        else:
            break
        told = Retry(model=model.name, error=error)
        try:
            turn = ask(notebook, _again(question, asked, step), model)
            outcome = yield from _asked_once(turn, asked, told)
            error = _silent(outcome)
        except (DoesNotFit, ModelError, NoSuchThing, UsageError) as found:
            error = refused = found
    if isinstance(refused, DoesNotFit) and isinstance(first.error, TooLong):
        raise refused
    if error is not None and error is not first.error:
        notebook.say(f"{model.name} did not answer either: {error}")
    return first if error is not None else outcome


def _silent(outcome: Kept) -> ModelError | None:
    """Why nothing was said, if the model is to blame."""
    failed = outcome.status is Status.FAILED and isinstance(outcome.error, ModelError)
    return outcome.error if failed and isinstance(outcome.error, ModelError) else None


def _by_handle(notebook: Notebook, question: Question) -> Question:
    """The question, what it brings along named for good: `@last` is another one later."""
    given = tuple(notebook.entry(name).handle for name in question.given)
    used = tuple(notebook.entry(name).handle for name in question.used)
    return replace(question, given=given, used=used)


def _again(question: Question, asked: Sequence[Asked], step: bytes | None) -> Question:
    """The question as it is asked once more; what is not kept is only asked anew.

    It names all that it brings along: what was withheld from the first is in no recipe.
    """
    if not asked:
        return question
    beside = asked[0].material[-len(question.material) :] if question.material else ()
    if question.exactly:  # by the name of the answer whose context that is
        return replace(question, step=step)
    # What came with the question when it was asked first is found by it.
    fresh = [one.handle for one in beside] if question.again else []
    return replace(
        question,
        again=asked[0].question.handle,
        text="",
        material=(),
        given=(*question.given, *fresh),
        system=question.system if question.again else None,
        step=step,
    )


def _smaller(
    notebook: Notebook, question: Question, model: Model, failed: tuple[Kept, LedgernoteError]
) -> Model | None:
    """The model with the window that its refusal tells of, which is learned too; else None.

    What is sent exactly as it was is no smaller for that, nor is what fits in all the same. It is
    not read back from where that is kept: nothing may be written, or nothing could be.
    """
    outcome, error = failed
    if not isinstance(error, TooLong):
        return None
    found = learned.refused(notebook.settings, model, outcome.context, error, keep=question.log)
    if not found or question.exactly:
        return None
    less = learned.Smaller(model, found)
    fits = outcome.context.tokens <= Room(notebook.settings, [less]).budget(question.budget)
    return None if fits else less


def _asked_once(turn: Carried, asked: list[Asked], why: Retry | None) -> Carried:
    """A turn whose question is told of when it is *asked* for the first time.

    Else *why* it is asked again, once it is known that it can be: what fits nowhere is not.
    """
    decision: Decision | None = None
    with closing(turn):
        while True:
            try:
                event = turn.send(decision)
            except StopIteration as end:
                outcome: Kept = end.value
                return outcome
            is_known = isinstance(event, Asked) and bool(asked)
            if isinstance(event, Asked):
                asked.append(event)
            elif why is not None:
                yield why
                why = None
            decision = None if is_known else (yield event)


def _names(notebook: Notebook, project: str) -> Iterator[str]:
    """Who may be asked instead: as the project says, else as the settings do."""
    settings = notebook.settings
    own = settings.projects.get(project, {}).get("fallback")
    yield from settings.fallback if own is None else own


def _next(
    notebook: Notebook, question: Question, names: Iterator[str], before: tuple[str, str]
) -> Model | None:
    """The next that there is, with the options that it takes. *before*: the first and the last."""
    first, last = before
    for name in names:
        try:
            choice = the_choice(notebook.settings, name)
            if choice.name != last:
                return in_place_of(notebook, first, choice, question.options)
        except LedgernoteError as error:
            notebook.say(f"fallback {name} cannot be asked: {error}")
    return None
