"""Meaning: which passages say nearly what is asked, whatever their words.

Owns which embedder makes the vectors, what may go to it, and when they are made: in a thread
beside a turn, at the prompt, or by `doctor --index`. Nothing waits for them. What has none yet
is embedded on the spot when something is asked, as long as that is little and costs nothing, so
that a context does not depend on whether somebody was quick enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from itertools import accumulate
from threading import Event, Thread

from ledgernote.config import Settings
from ledgernote.config.file import consents
from ledgernote.config.table import CONSENT
from ledgernote.domain.errors import LedgernoteError, ModelError, NoSuchThing, UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.ledger import integrity, vectors
from ledgernote.ledger.alone import alone
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.consent import imports_of
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.nearness import Nearness, signs_of
from ledgernote.ledger.privacy import private_among, said_at_home
from ledgernote.ledger.vectors import Known
from ledgernote.models import embed
from ledgernote.models.embed import Embedder
from ledgernote.notebook.answering import known as known_models
from ledgernote.notebook.notebook import Notebook

NONE = "none"
"""What the setting says where meaning is not wanted."""
ON_THE_SPOT, SPOT_SIZE = 1_000, 400_000
"""Passages, and characters of them, that are embedded for one question: a sixth of a second."""
BATCH = 256
"""Passages of one transaction: it holds the lock for some 5 ms."""
PAUSE = 0.01
"""Seconds between two, for whoever types or writes meanwhile."""
PATIENCE = 0.5
"""Seconds that it waits for another writer; then it is for the next time."""
LAST = 0.3
"""Seconds that the end of a turn waits for a batch that was begun."""


@lru_cache(maxsize=4)
def _static() -> Embedder | None:
    return embed.static()


def embedder_of(settings: Settings) -> Embedder | None:
    """Who makes the vectors; None where nobody does. Raises `UsageError`, `NoSuchThing`."""
    wanted = settings.embedder
    if wanted == NONE:
        return None
    if wanted in {"", embed.STATIC}:
        found = _static()
        if wanted and found is None:
            raise UsageError(
                "embedder is static, and its extra is not installed",
                "pip install 'ledgernote[meaning]', or: ledgernote config set embedder none",
            )
        return found
    from ledgernote.models import catalog  # most settings name no model

    return embed.Served(catalog.choose(wanted, known_models(settings)))


def _kept_name(embedder: Embedder) -> str:
    """As the ledger keeps it: a server may come to serve another model by the same name."""
    return f"{embedder.name}{OF}{embedder.dimensions}"


OF = " · "


# ---- asking --------------------------------------------------------------------------


def near(
    notebook: Notebook,
    reader: Reader,
    words: str,
    *,
    before: Sequence[str] = (),
    leaves: bool = False,
    own: Set[bytes] = frozenset(),
) -> Nearness | None:
    """How near the passages of the ledger are to *words*; None where nobody can tell.

    *leaves* says that the words go to a model that is not local anyway: only then they go to such
    an embedder. *own* are the entries that they stand in already, which may be kept from it. What
    they lean on, asked *before*, never goes there: it may be private, or of an import.
    """
    try:
        embedder = embedder_of(notebook.settings)
        if embedder is not None and embedder.local:
            words = " ".join([words, *before])
        words = embedder.understood(words) if embedder else ""
        if embedder is None or not (embedder.local or leaves) or not words.strip():
            return None
        if _kept_back(notebook.ledger, notebook.settings, embedder, own):
            return None
        (meaning,) = embedder.embed([words], hurry=True)
        if not meaning:
            return None
        known = vectors.known(reader, _kept_name(embedder))
    except (ModelError, NoSuchThing, UsageError) as error:  # no reason not to answer
        notebook.say(f"by words alone: {error}")
        return None
    fresh: dict[int, bytes] = {}
    left, few = vectors.missing(reader, known), ON_THE_SPOT
    if embedder.quick and left:
        fresh, left = _on_the_spot(reader, embedder, known)
        few = 0
    if left > few:
        passages = "passage is" if left == 1 else "passages are"
        told = f"{left:,} {passages} not indexed by meaning yet, and found by words alone"
        notebook.say(f"{told}; `ledgernote doctor --index` does it now")
    return Nearness(reader, known.id, fresh, meaning)


def reads(notebook: Notebook, words: str) -> bool:
    """Whether who makes the vectors knows any of *words*. Raises `UsageError`, `NoSuchThing`."""
    embedder = embedder_of(notebook.settings)
    return embedder is not None and bool(embedder.understood(words))


def senses(
    notebook: Notebook, words: Mapping[str, float], texts: Sequence[str]
) -> Sequence[float | None]:
    """How near the words of each text come to *words* with weights; None where nobody can tell."""
    embedder = embedder_of(notebook.settings)
    return (embedder and embedder.senses(words, texts)) or [None] * len(texts)


def _on_the_spot(reader: Reader, embedder: Embedder, known: Known) -> tuple[dict[int, bytes], int]:
    """Vectors of the next passages that have none, as many as a question has time for.

    And how many have none then.
    """
    found = vectors.waiting(reader, known, ON_THE_SPOT)
    sizes = accumulate(len(each.words) for each in found)
    some = [each for each, size in zip(found, sizes, strict=True) if size <= SPOT_SIZE]
    made = embedder.embed([each.text for each in some])
    missing = len(found) if len(found) < ON_THE_SPOT else vectors.missing(reader, known)
    fresh = {each.rowid: body for each, body in zip(some, made, strict=True) if body}
    return fresh, missing - len(some)


# ---- indexing ------------------------------------------------------------------------


@frozen
class Indexed:
    """How far the vectors have come."""

    embedder: str
    made: int
    of: int
    local: bool
    """Else what is private, or of an import, stays out."""


def indexed(notebook: Notebook) -> Indexed | None:
    """How many passages have a vector; None where nobody makes any. Raises `UsageError`."""
    embedder = embedder_of(notebook.settings)
    if embedder is None:
        return None
    # Asks no server how many numbers its vectors have.
    made, every = vectors.counts(notebook.ledger, embedder.name + OF)
    return Indexed(embedder=embedder.name, made=made, of=every, local=embedder.local)


def index(
    notebook: Notebook, *, again: bool = False, told: Callable[[Indexed], None] = lambda _: None
) -> None:
    """Make the vectors that are missing, with *again* also those that could not be made before.

    What is done stays done, however it ends. Raises `ModelError`, `LedgerError`.
    """
    embedder = embedder_of(notebook.settings)
    if embedder is not None:
        if again:
            with notebook.writing() as tx:
                vectors.start_again(tx, _kept_name(embedder))
        with alone(notebook.ledger, "index", wait=False) as ours:
            if not ours:
                notebook.say("another ledgernote makes the vectors already: what is missing comes")
            for _ in _index(notebook.ledger, notebook, embedder) if ours else ():
                if found := indexed(notebook):
                    told(found)


@contextmanager
def indexing(notebook: Notebook) -> Iterator[None]:
    """Make vectors in a thread of its own as long as this is held, and nobody hears of it."""
    over = Event()
    thread = index_beside(notebook, over)
    try:
        yield
    finally:
        over.set()
        if thread:
            thread.join(LAST)


def index_beside(notebook: Notebook, over: Event | None = None) -> Thread | None:
    """The same until *over* is set, nothing is missing, or the process ends."""
    if not notebook.ledger.writable or notebook.settings.embedder == NONE:
        return None
    thread = Thread(target=_beside, args=(notebook, over or Event()), daemon=True)
    thread.start()
    return thread


def _beside(notebook: Notebook, over: Event) -> None:
    """What fails here is for the next time; `doctor` tells how far it has come."""
    with suppress(LedgernoteError, OSError):
        embedder = embedder_of(notebook.settings)
        if embedder is None:
            return
        ledger = Ledger.open(notebook.ledger.path, state=notebook.ledger.state, create=False)
        ledger.patience = PATIENCE
        with closing(ledger):
            if embedder.quick:
                embedder.embed(["a"])  # the first time is the slow one: not before an answer
            with alone(ledger, "index", wait=False) as ours:
                for _ in _index(ledger, notebook, embedder) if ours else ():
                    if over.wait(PAUSE):
                        return


def _index(ledger: Ledger, notebook: Notebook, embedder: Embedder) -> Iterator[int]:
    """Batch by batch, until nothing is missing; yields how many were looked at."""
    name = _kept_name(embedder)
    while True:
        with ledger.snapshot() as reader:  # a rebuild that begins meanwhile takes marks away
            if not embedder.local and "rebuild" in integrity.pending(reader):
                return  # what is private is not known
            looked_at = vectors.waiting(reader, vectors.known(reader, name), BATCH)
            ids = {each.entry for each in looked_at}
            kept_back = _kept_back(reader, notebook.settings, embedder, ids)
            if not embedder.local:
                kept_back |= said_at_home(reader, ids)
        if not looked_at:
            return
        open_ = [each for each in looked_at if each.entry not in kept_back]
        texts = [each.text for each in open_]
        bodies = embedder.embed(texts) if texts else []
        made = {
            each.rowid: (body, signs_of(body)) for each, body in zip(open_, bodies, strict=True)
        }
        with ledger.writing(by=notebook.actor, now=notebook.clock()) as tx:
            done = vectors.put(tx, name, looked_at, made)
        yield done


def _kept_back(
    reader: Reader, settings: Settings, embedder: Embedder, ids: Set[bytes]
) -> set[bytes]:
    """Entries whose words the embedder may not have: none, if it is local.

    Else what is private, and what is of an import that was not let go to its provider for good.
    """
    if embedder.local:
        return set()
    imports = imports_of(reader, ids)
    told, provider = consents(settings.config), embedder.provider
    asked = {name for names in imports.values() for name in names}
    closed = {name for name in asked if told.get(name, {}).get(provider) != CONSENT[0]}
    withheld = {entry for entry, names in imports.items() if names & closed}
    return withheld | private_among(reader, ids)
