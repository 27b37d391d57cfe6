"""Consent: whether the entries of an import may go to a provider, asked the first time.

The decision is kept in the config file, for each source and provider; it is read anew for
every turn, so that another terminal's word counts. Knows what a face was told, not how.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence, Set
from contextlib import closing
from typing import NamedTuple

from ledgernote.config import Settings
from ledgernote.config.file import consents
from ledgernote.config.table import Consents as Told
from ledgernote.config.table import consent_name
from ledgernote.config.writing import write
from ledgernote.domain.entries import Entry, EntryId, EventId
from ledgernote.domain.errors import ModelError, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import (
    Consent,
    Context,
    Costly,
    Decision,
    Model,
    Replayed,
    TurnEvent,
)
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.consent import imports_of, mark_import
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.assemble import Ask, Past
from ledgernote.replay.recipe import spans_of

FEW = 3
"""Handles that a question names."""


def provider_of(model: str) -> str:
    """Who serves a model: the part of its name before the first slash."""
    return model.partition("/")[0]


def providers_of(models: Sequence[Model]) -> tuple[str, ...]:
    """Whom consent is needed for: nobody for a model that is local."""
    return tuple(dict.fromkeys(provider_of(one.name) for one in models if not one.local))


class _Going(NamedTuple):
    """What is about to leave."""

    entry: EntryId
    revision: EventId
    handle: str


class Consents:
    """What of the imports may go to the models of one turn."""

    def __init__(
        self, notebook: Notebook, models: Sequence[Model], own: Sequence[Entry] = ()
    ) -> None:
        """*own* go in any case: a question that is asked again, and its material."""
        self._notebook, self._providers = notebook, providers_of(models)
        self._own = tuple(_Going(each.id, each.revision, each.handle) for each in own)
        self._told: Told = {}
        self._now: dict[tuple[str, str], Decision | None] = {}
        """What was decided in this turn; None where nobody was there to decide."""
        self._imports: Mapping[bytes, Set[str]] = {}
        """What the entries hold that there are to choose from."""
        self._sent: frozenset[tuple[EntryId, EventId]] = frozenset()
        self._rows: tuple[_Going, ...] = self._own

    def look(self, ask: Ask, past: Past) -> None:
        """See what imports there are to choose from, and what was sent in this thread already."""
        if not self._providers:
            return
        self._told = consents(self._notebook.settings.config)
        entries = {source.entry for source in (*ask.material, *ask.used, *past.since, *past.pins)}
        entries |= {*past.now, *past.summaries, *(each.source.entry for each in past.ranked)}
        entries |= {each.entry for each in self._own}
        self._imports = imports_of(self._notebook.ledger, entries)
        if self._providers == (provider_of(past.sent_to),):
            spans = (span for block in past.base for span in spans_of(block))
            self._sent = frozenset((span.entry, span.place.event) for span in spans)

    @property
    def marked(self) -> set[bytes]:
        """Entries of the imports that were made private in this turn."""
        names = {source for (source, _), told in self._now.items() if told is Decision.PRIVATE}
        return {entry for entry, found in self._imports.items() if found & names}

    def _verdict(self, source: str, provider: str) -> bool | None:
        """Whether it may go; None where that is to be asked."""
        told = self._told.get(source, {}).get(provider)
        if told == Decision.NEVER:
            return False
        if (source, provider) in self._now:
            return self._now[source, provider] in {Decision.ALWAYS, Decision.ONCE}
        if told == Decision.ALWAYS:
            return True
        return False if None in self._now.values() else None

    def _closed(self, source: str) -> bool:
        return any(self._verdict(source, each) is False for each in self._providers)

    def _stays(self, source: str) -> bool:
        """Whether what was sent already may be sent once more."""
        kept = {self._told.get(source, {}).get(each) for each in self._providers}
        now = {self._now.get((source, each)) for each in self._providers}
        return not (kept | now) & {Decision.NEVER, Decision.PRIVATE}

    def limited(self, ask: Ask) -> Ask:
        """What is asked, with what may not be sent for it."""
        closed = {
            entry: next(iter(sorted(filter(self._closed, names))), "")
            for entry, names in self._imports.items()
        }
        return replace(
            ask,
            no_consent={EntryId(entry): name for entry, name in closed.items() if name},
            sent=frozenset(pair for pair in self._sent if self._may_stay(pair[0])),
        )

    def _may_stay(self, entry: bytes) -> bool:
        return all(map(self._stays, self._imports.get(entry, ())))

    def wanted(self, context: Context) -> Consent | None:
        """What the context would send and nobody has decided on: the first of it."""
        rows = (_Going(row.entry, row.revision, row.handle) for row in context.receipt)
        self._rows = (*rows, *self._own)
        handles: dict[tuple[str, str], dict[str, None]] = {}
        for row, source, provider in self._going(self._imports):
            if self._verdict(source, provider) is None:
                handles.setdefault((source, provider), {})[row.handle] = None
        for (source, provider), found in handles.items():
            few = tuple(found)[:FEW]
            return Consent(source=source, provider=provider, entries=len(found), handles=few)
        return None

    def demand_own(self) -> None:
        """Raises `UsageError` when what goes in any case may not."""
        for each in self._own:
            for source in sorted(filter(self._closed, self._imports.get(each.entry, ()))):
                raise UsageError(
                    f"{each.handle} was imported from {source}, which may not go to "
                    + ", ".join(self._providers),
                    "Ask a local model: -m offline; or type the question anew.",
                )

    def _going(self, imports: Mapping[bytes, Set[str]]) -> Iterator[tuple[_Going, str, str]]:
        """What goes out of which import, and to whom; not what stays from before."""
        for row in self._rows:
            for source in sorted(imports.get(row.entry, ())):
                if (row.entry, row.revision) in self._sent and self._stays(source):
                    continue
                for provider in self._providers:
                    yield row, source, provider

    def take(self, asked: Consent, decision: Decision | None) -> None:
        """Hear what was decided."""
        self._now[asked.source, asked.provider] = decision

    def check(self, reader: Reader) -> None:
        """The last door: raises `ModelError` unless all that goes out may."""
        if not self._providers:
            return
        self._told = consents(self._notebook.settings.config)
        imports = imports_of(reader, {row.entry for row in self._rows})
        for _, source, provider in self._going(imports):
            if not self._verdict(source, provider):
                raise ModelError(
                    f"entries of {source} may not go to {provider} any more; nothing was sent",
                    "Ask again: they are withheld then.",
                )


# ---- what a face does --------------------------------------------------------------------


class Asker:
    """Carries a turn's questions of consent to a person, and what they decide to where it is
    kept; says, once, what is withheld for want of a decision."""

    def __init__(
        self,
        notebook: Notebook,
        say: Callable[[str], None],
        decide: Callable[[Consent | Costly], Decision | None] = lambda _: None,
    ) -> None:
        """*decide* gives None where nobody is there, or nobody wants to decide now."""
        self._notebook, self._say, self._decide = notebook, say, decide
        self._said: set[str] = set()

    def events(
        self, turn: Generator[TurnEvent, Decision | None, None], models: Sequence[Model]
    ) -> Generator[TurnEvent, None, None]:
        """The events of a turn without the questions. Closing it closes the turn."""
        decision = None
        with closing(turn):
            while True:
                try:
                    event = turn.send(decision)
                except StopIteration:
                    return
                decision = None
                if isinstance(event, Costly):
                    decision = self._decide(event)
                    continue
                if isinstance(event, Consent):
                    decision = self._decide(event)
                    if decided := _keep(self._notebook, event, decision):
                        self._say(decided)
                    continue
                if isinstance(event, Replayed):
                    self.tell(event.context, models)
                yield event

    def tell(self, context: Context, models: Sequence[Model]) -> None:
        """Say what was withheld because nobody has decided, with the remedy."""
        for sentence in untold(self._notebook.settings, context, models):
            if sentence not in self._said:
                self._said.add(sentence)
                self._say(sentence)


def untold(settings: Settings, context: Context, models: Sequence[Model]) -> Iterator[str]:
    """A sentence for each import that is withheld because nobody has decided."""
    told = consents(settings.config) if context.no_consent else {}
    providers = providers_of(models)
    if context.model not in {model.name for model in models}:
        providers = (provider_of(context.model),)  # who is asked instead of one of them
    for row in context.no_consent:
        for provider in providers:
            if told.get(row.source, {}).get(provider, "ask") == "ask":
                name = shlex.quote(consent_name(row.source, provider))
                yield (
                    f"what was imported from {row.source} is withheld from {provider}; "
                    f"`ledgernote config set {name} always` sends it"
                )


def _keep(notebook: Notebook, asked: Consent, decision: Decision | None) -> str:
    """Keep a decision; what to say of that. Raises `UsageError` where it cannot be written."""
    if decision in {Decision.ALWAYS, Decision.NEVER}:
        name = consent_name(asked.source, asked.provider)
        write(notebook.settings.config, name, str(decision))
        return f"{name} = {decision}"
    if decision is Decision.PRIVATE:
        make_import_private(notebook, asked.source)
        return f"what was imported from {asked.source} is private now"
    return ""


def make_import_private(notebook: Notebook, source: str) -> None:
    """Mark every entry of an import private, in one step of several short transactions."""
    step: bytes | None = None
    after: bytes | None = b""
    while after is not None:
        with notebook.ledger.writing(by=notebook.actor, now=notebook.clock(), step=step) as tx:
            step = tx.step
            after = mark_import(tx, source, after)
