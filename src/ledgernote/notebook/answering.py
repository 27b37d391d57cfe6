"""Who answers: names of models become models that can be asked."""

from __future__ import annotations

from collections.abc import Mapping

from ledgernote.domain.turns import Model
from ledgernote.notebook.notebook import Notebook


def the_model(
    notebook: Notebook, name: str | None = None, options: Mapping[str, object] | None = None
) -> Model:
    """The model by that name, else the default. Raises `NoSuchThing` for a name nobody knows."""
    raise NotImplementedError
