"""What gives a text a place among meanings: an `Embedder`, and the one that needs no network.

Vectors are int8: what a dot product needs, in a quarter of the room. Those of one name are
compared with each other, and with no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ledgernote.domain.errors import ModelError
from ledgernote.domain.frozen import frozen
from ledgernote.domain.secrets import shown
from ledgernote.models import vocabulary
from ledgernote.models.patience import Patience

if TYPE_CHECKING:
    from ledgernote.models.choice import ModelChoice

STATIC = "static"
"""What the setting calls the vectors of the extra `meaning`."""
AT_ONCE = 64
"""Texts in one request to a server."""
HURRY = Patience(connect=3, first=5)
"""For a question, which a person waits for;"""
LEISURE = Patience(connect=10, first=120)
"""and for what is indexed."""


class Embedder(Protocol):
    """Gives texts vectors. Two ship: `Static`, and `Served` (litellm)."""

    @property
    def name(self) -> str:
        """Changes whenever its vectors do."""

    @property
    def dimensions(self) -> int:
        """Numbers of a vector. Raises `ModelError`."""

    @property
    def provider(self) -> str:
        """Who serves it, as `consent` names providers."""

    @property
    def local(self) -> bool:
        """Private entries may go there."""

    @property
    def quick(self) -> bool:
        """A thousand texts cost no more than a turn can spare."""

    def understood(self, words: str) -> str:
        """What of *words* its vectors tell from others."""

    def embed(self, texts: Sequence[str], *, hurry: bool = False) -> list[bytes]:
        """An int8 vector of each text, all of one length; none, b"", of what it cannot read.

        Raises `ModelError`.
        """

    def senses(self, asked: Mapping[str, float], texts: Sequence[str]) -> list[float] | None:
        """How near the words of each text come to those that are asked for, by their weights.

        None where single words have no vectors.
        """


@frozen(kw_only=False)
class Static:
    """Sums up a vector for each word, from a table of tokens in the package `wordllama`."""

    folder: Path
    name: str = "wordllama-256-latin"
    provider: str = ""
    dimensions: int = 256
    local: bool = True
    quick: bool = True

    def understood(self, words: str) -> str:
        """Those in Latin letters; nothing of names alone that hold a figure, as `4f2a`."""
        known = [word for word in words.split() if vocabulary.is_known(word)]
        return " ".join(known) if any(not re.search(r"\d", word) for word in known) else ""

    def embed(self, texts: Sequence[str], *, hurry: bool = False) -> list[bytes]:
        """In lower case: of names and first words of sentences the table knows little else."""
        words = vocabulary.loaded(self.folder)
        sums = map(words.sum, texts)
        return [b"" if each is None else _int8(each) for each in sums]

    def senses(self, asked: Mapping[str, float], texts: Sequence[str]) -> list[float]:
        """A word that no text repeats may be said by another: *lower* by *cut*."""
        return vocabulary.loaded(self.folder).senses(asked, texts)


@frozen(kw_only=False)
class Served:
    """Any embedding model behind litellm."""

    choice: ModelChoice

    @property
    def name(self) -> str:
        """`provider/model`, and where, since one name may mean another model elsewhere."""
        where = self.choice.api_base
        return f"{self.choice.listed} at {shown(where)}" if where else self.choice.name

    @property
    def provider(self) -> str:
        """The part of its name before the first slash."""
        return self.choice.name.partition("/")[0]

    @property
    def dimensions(self) -> int:
        """As many as its vectors have; it is asked for one where it has not been yet."""
        if self.name not in _widths:
            self.embed([" "], hurry=True)
        return _widths[self.name]

    @property
    def local(self) -> bool:
        """As the settings say."""
        return self.choice.local

    @property
    def quick(self) -> bool:
        """Every text is a piece of work for a server."""
        return False

    def understood(self, words: str) -> str:
        """All: models know many languages."""
        return words

    def embed(self, texts: Sequence[str], *, hurry: bool = False) -> list[bytes]:
        """Asks the server, `AT_ONCE` texts at a time."""
        try:
            import numpy  # noqa: F401  before anything is sent
        except ModuleNotFoundError:
            remedy = "pip install numpy, or: ledgernote config set embedder none"
            raise ModelError("meaning needs numpy, which is not installed", remedy) from None
        from ledgernote.models import served

        bodies: list[bytes] = []
        for at in range(0, len(texts), AT_ONCE):
            some = [text or " " for text in texts[at : at + AT_ONCE]]
            found = served.embeddings(self.choice, some, HURRY if hurry else LEISURE)
            bodies += [_int8(row) for row in self._checked(found, len(some))]
        return bodies

    def senses(self, asked: Mapping[str, float], texts: Sequence[str]) -> None:
        """A server is not asked for the vectors of words."""

    def _checked(self, found: Sequence[Sequence[float]], number: int) -> Any:
        """As rows of numbers, one for each text, all of one length. Raises `ModelError`."""
        import numpy as np

        try:
            rows = np.array(found, dtype=np.float64)
        except (TypeError, ValueError):
            rows = np.empty(0)
        if rows.ndim != 2 or len(rows) != number or not rows.size or not np.isfinite(rows).all():
            raise ModelError(
                f"{self.name} gives no vectors for the texts",
                "Is it an embedding model? `ledgernote config set embedder none` does without.",
            )
        _widths[self.name] = rows.shape[1]
        return rows


_widths: dict[str, int] = {}
"""Of the models that were asked, as many numbers as their last vectors had."""


def _int8(vector: Any) -> bytes:
    """Its direction, as well as 8 bits can say it."""
    import numpy as np

    most = np.abs(vector).max() or 1.0
    return bytes(np.rint(vector * (127 / most)).astype(np.int8))


def static() -> Static | None:
    """The static vectors, where their extra is installed; nothing is loaded for the answer."""
    package = find_spec("wordllama")
    if package is None or package.origin is None or find_spec("numpy") is None:
        return None
    folder = Path(package.origin).parent
    return Static(folder) if vocabulary.is_in(folder) else None
