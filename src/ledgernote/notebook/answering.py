"""Who answers: names of models become models that can be asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields

from ledgernote.config import Settings
from ledgernote.domain.entries import ThreadId
from ledgernote.domain.errors import ModelError, NoSuchThing
from ledgernote.domain.turns import Model
from ledgernote.ledger import recipes
from ledgernote.models.catalog import (
    OFFLINE,
    PROVIDERS,
    ModelChoice,
    ModelSettings,
    choose,
    demand_key,
)
from ledgernote.models.choose import open_model
from ledgernote.notebook.notebook import Notebook


def _known(settings: Settings) -> dict[str, ModelSettings]:
    """The tables `models.NAME` of the config file, as values."""
    names = {field.name for field in fields(ModelSettings)}
    return {
        name: ModelSettings(**{key: value for key, value in table.items() if key in names})
        for name, table in settings.models.items()
    }


def the_choice(settings: Settings, name: str | None = None) -> ModelChoice:
    """Which model that name means, and why; None is the default."""
    return choose(name, default=settings.model, settings=_known(settings), environ=os.environ)


def the_model(
    notebook: Notebook, name: str | None = None, options: Mapping[str, object] | None = None
) -> Model:
    """The model by that name, else the default. Raises `NoSuchThing` for a name nobody knows."""
    return open_model(the_choice(notebook.settings, name), options or {})


def of_thread(
    notebook: Notebook, thread: ThreadId | None, options: Mapping[str, object] | None = None
) -> tuple[Model, str]:
    """The model that goes on with a thread, and what a person should be told of it, if anything.

    It is the one that answered there last, unless the environment names one; the default where
    there is none, or where it cannot be asked now. Raises `NoSuchThing`.
    """
    settings = notebook.settings
    last = recipes.last_model(notebook.ledger, thread) if thread else None
    if last is None or settings.model_named:
        return the_model(notebook, None, options), ""
    try:
        choice = the_choice(settings, _typed(settings, last))
        demand_key(choice)
    except (ModelError, NoSuchThing) as error:
        instead = the_model(notebook, None, options)
        why = f"{last} answered here last and cannot be asked now: {error}"
        return instead, f"{why}; {instead.name} answers"
    return open_model(choice, options or {}), _other(settings, choice)


def _typed(settings: Settings, name: str) -> str:
    """What a person types for that model: a table of the config may give it its address."""
    known = _known(settings)
    for typed in known:
        with suppress(NoSuchThing):
            if choose(typed, default=None, settings=known, environ=os.environ).name == name:
                return typed
    return name


def _other(settings: Settings, choice: ModelChoice) -> str:
    """A thread begun before there was a key stays with `offline`, which may not be wanted."""
    with suppress(NoSuchThing):
        if choice.name == OFFLINE and (usual := the_choice(settings).name) != OFFLINE:
            return f"{OFFLINE} answers, as it did here last; -m {usual} asks that model"
    return ""


def usable(settings: Settings) -> list[ModelChoice]:
    """The models that can be asked now: those with a key or an address, and `offline`."""
    known = _known(settings)
    names = [
        f"{name}/{provider.default_model}"
        for name, provider in PROVIDERS.items()
        if any(os.environ.get(variable) for variable in provider.key_env or provider.base_env)
    ]
    names += list(known)
    names.append("offline")
    return [
        choose(name, default=None, settings=known, environ=os.environ)
        for name in dict.fromkeys(names)
    ]
