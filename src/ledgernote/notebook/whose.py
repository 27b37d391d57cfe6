"""Whose a talk is: the model that goes on with a thread, and the one that takes up a question.

A question goes to whom it was put to. Who asks a local model has told nobody else, so its question
goes to no other one unless that is named.
"""

from __future__ import annotations

from contextlib import suppress

from ledgernote.config import Settings
from ledgernote.domain.entries import ThreadId
from ledgernote.domain.errors import ModelError, NoSuchThing, Refused
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import Model
from ledgernote.ledger import recipes
from ledgernote.ledger.recipes import PutTo
from ledgernote.models import catalog, table
from ledgernote.models.choice import ModelChoice, demand_key
from ledgernote.models.providers import OFFLINE
from ledgernote.notebook.answering import Options, known, opened, the_choice, the_model
from ledgernote.notebook.notebook import Notebook

ANOTHER = "-m MODEL names one, and that gets it."
NOT_KEPT = "{} is asked: whom {} was put to is not kept"

Answerer = tuple[Model, str]
"""A model, and what a person should be told of how it came to be that one, if anything."""


def of_thread(
    notebook: Notebook, thread: ThreadId | None, options: Options | None = None
) -> Answerer:
    """The model that goes on with a thread.

    It is the one that answered there last, unless the environment names one; the default where
    there is none, or where it cannot be asked now. Raises `NoSuchThing` and `ModelError`.
    """
    last = recipes.last_model(notebook.ledger, thread) if thread else None
    if last is None or notebook.settings.model_named:
        return the_model(notebook, None, options), ""
    return _again(notebook, last, options)


def of_question(notebook: Notebook, name: str, options: Options | None = None) -> Answerer | None:
    """The model that takes up a question, whatever the environment names: whom it was put to.

    *name* is its handle, or an answer's. None where that is not kept. Raises as `of_thread` does,
    and `Refused` where nobody knows whom it was put to, or a local model is none now.
    """
    put, settings = put_to(notebook, name), notebook.settings
    if put is None:
        return None
    if not put.model:
        raise Refused(f"nobody knows the model that was named for {name}", ANOTHER)
    if put.remote:
        model, told = _again(notebook, (put.model, put.remote), options)
    else:
        model, told = opened(notebook, _at_home(notebook, name, put.model), options), ""
    usual = settings.model if settings.model_named else None
    if usual and not told and model.name != the_choice(settings, usual).name:
        told = f"{model.name} is asked, as before; -m {usual} asks that one"
    return model, told


def put_to(notebook: Notebook, name: str) -> PutTo | None:
    """Whom a question was put to, named by its handle or an answer's; None where it is not kept."""
    entry = notebook.beginning(name)
    return recipes.put_to(notebook.ledger, entry.reply_to_id or entry.id)


def _at_home(notebook: Notebook, question: str, name: str) -> ModelChoice:
    """The local model that a question was put to. Raises `Refused` where it is none now."""
    try:
        choice = the_choice(notebook.settings, _typed(notebook.settings, name, remote=False))
    except NoSuchThing as error:
        raise Refused(
            f"{question} was put to {name}, a local model, and to nobody else: {error}", ANOTHER
        ) from None
    demand_key(choice)
    return choice


def _again(notebook: Notebook, last: tuple[str, bool], options: Options | None) -> Answerer:
    """Who was asked *last*; the default where that cannot be asked now."""
    settings, (name, remote) = notebook.settings, last
    try:
        choice = the_choice(settings, _typed(settings, name, remote=remote))
        demand_key(choice)
    except (ModelError, NoSuchThing) as error:
        instead = the_model(notebook, None, options)
        if instead.name == name and isinstance(error, ModelError):
            return instead, ""  # which says so itself when it is asked
        why = f"{name} was asked here last and cannot be asked now: {error}"
        return instead, f"{why}; {instead.name} answers"
    return opened(notebook, choice, options), _other(notebook, choice)


def _typed(settings: Settings, name: str, *, remote: bool) -> str:
    """What a person types for that model: tables of the config may give it addresses.

    The ledger keeps no address. So a talk with a local model goes on with a local one alone, and
    where several may be meant none is taken. Raises `NoSuchThing`.
    """
    about, found, before = known(settings), dict[str, ModelChoice](), dict[str, ModelChoice]()
    exact = replace(about, near=lambda _: None)  # what is kept is a whole name
    for typed in about.settings:
        with suppress(NoSuchThing):
            choice = catalog.choose(typed, about)
            if choice.name == name:
                found[typed] = choice
            elif choice.listed == name:  # as a server of one's own once was called
                before[typed] = choice
    if not found and (not before or table.is_listed(name)):
        found[name] = catalog.choose(name, exact)
    found |= {} if name in about.settings else before
    alike = {typed: one for typed, one in found.items() if one.local is not remote}
    meant = alike or (found if remote else {})
    if not meant:
        raise NoSuchThing("it was local, and is not now", "Name the one you mean with -m.")
    if len({(one.api_base, one.local) for one in meant.values()}) > 1:
        raise NoSuchThing(
            "several addresses in the config have it", "Name the one you mean with -m."
        )
    return name if name in meant else next(iter(meant))


def _other(notebook: Notebook, choice: ModelChoice) -> str:
    """A thread begun before there was a key stays with `offline`, which may not be wanted."""
    with suppress(ModelError, NoSuchThing):
        usual = the_choice(notebook.settings, None, notebook.project_name).name
        if choice.name == OFFLINE and usual != OFFLINE:
            return f"{OFFLINE} answers, as it did here last; -m {usual} asks that model"
    return ""
