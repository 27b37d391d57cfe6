"""Who answers: names of models become models that can be asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields

from ledgernote.config import Settings
from ledgernote.domain.turns import Model
from ledgernote.models.catalog import PROVIDERS, ModelChoice, ModelSettings, choose
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
