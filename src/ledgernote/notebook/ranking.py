"""What of a project may be recalled for a question, best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import repeat

from ledgernote.domain.entries import Entry, EntryId, Kind, Passage, ProjectId, Status
from ledgernote.domain.frozen import replace
from ledgernote.ledger import passages, places, recipes
from ledgernote.ledger.nearness import Nearness, middle
from ledgernote.models.providers import OFFLINE
from ledgernote.notebook import meaning
from ledgernote.notebook.feeding import further
from ledgernote.notebook.found import passages_for
from ledgernote.notebook.reading import Reading, source_of
from ledgernote.replay.asked import weighed
from ledgernote.replay.lean import ALONE, Lean
from ledgernote.replay.rank import Candidate, Scored, Setting, rank
from ledgernote.replay.recipe import Source
from ledgernote.replay.writers import nameless


def ranked(
    reading: Reading,
    question: str,
    project: ProjectId,
    known: tuple[Scored, ...] = (),
    leans: Lean = ALONE,
    *,
    leaves: bool = False,
) -> tuple[Scored, ...]:
    """Passages of the project that may matter, best first.

    Those *known* from a look before the question, while each stands as it stood then: the
    question is in the index now, and its own row would move the ranks. *leaves*: the question
    goes to a model that is not local.
    """
    if known and _stand(reading, known):
        return known
    setting = Setting(
        leans=leans,
        moment=reading.moment,
        day_starts=reading.notebook.settings.day_starts,
    )
    return rank(question, _candidates(reading, question, project, setting, leaves=leaves), setting)


def _candidates(
    reading: Reading, question: str, project: ProjectId, setting: Setting, *, leaves: bool
) -> list[Candidate]:
    """What is ranked, each with what words and meaning tell of it."""
    names, leans = recipes.actor_names(reading.reader), setting.leans
    # The writers' names aside: `who` knows those.
    asked, *before = (nameless(text, names) for text in (question, *leans.on))
    near = meaning.near(
        reading.notebook, reading.reader, asked, before=before, leaves=leaves, own=reading.own
    )
    # The first question in a project has yet to make it.
    name = places.called(reading.reader, project) or reading.notebook.project_name
    fed = further(reading.reader, name, reading.notebook.settings, reading.moment)
    chosen = passages_for(reading.reader, question, project, setting, near, fed)
    read = passages.read(reading.reader, chosen.scores)
    found = {
        rowid: passage
        for rowid, passage in zip(chosen.scores, read, strict=True)
        # An answer that failed may stand there without a word.
        if passage.text.strip() and passage.order <= reading.upto and not _repeats(passage)
    }
    in_case = [found.pop(rowid) for rowid in chosen.in_case & found.keys()]
    told = _told(reading, near, found, weighed(asked, leans)) if near else repeat((0.0, 0.0))
    ranked = [
        Candidate(
            source=reading.marked(source_of(passage, reading.asker)),
            bm25=passage.score,
            tagged=passage.id in chosen.tagged,
            meaning=meant,
            sense=sense,
        )
        for passage, (meant, sense) in zip(found.values(), told, strict=False)
    ]
    beside = (reading.marked(source_of(passage, reading.asker)) for passage in in_case)
    return [*ranked, *(Candidate(source=source, in_case=True) for source in beside)]


def _told(
    reading: Reading, near: Nearness, found: Mapping[int, Passage], words: Mapping[str, float]
) -> Iterator[tuple[float, float | None]]:
    """Of each passage that was *found* its meaning and how near it comes to *words*."""
    meant = near.together(passages.beside(reading.reader, found))
    unknown = middle(meant)
    senses = meaning.senses(reading.notebook, words, [each.text for each in found.values()])
    for (rowid, passage), sense in zip(found.items(), senses, strict=True):
        # What stands around others alone would be said to be near in meaning.
        yield meant.get(rowid, unknown if passage.score else 0.0), sense


def _stand(reading: Reading, known: Sequence[Scored]) -> bool:
    """Whether every entry of it is what it was."""
    found = reading.living({one.source.entry for one in known})
    now = {entry.id: entry for entry in found if entry.size and not entry.muted}
    return all(
        source.entry in now
        and source == reading.marked(_passage_now(now[source.entry], source, reading.asker))
        for source in (one.source for one in known)
    )


def _passage_now(entry: Entry, then: Source, asker: str) -> Source:
    """A passage with all that its entry is now, and the words that it had."""
    now = replace(source_of(entry, asker), text=then.text, start=then.start)
    return replace(now, whole=then.whole, previous=then.previous)


def _repeats(passage: Passage) -> bool:
    """Whether it only repeats what stands in the notebook: the offline model, half a summary."""
    half = passage.kind is Kind.SUMMARY and passage.status is not Status.COMPLETE
    return half or passage.model == OFFLINE


def without_siblings(ranked: Iterable[Scored], there: Set[EntryId]) -> tuple[Scored, ...]:
    """What is not another answer to a question that stands *there*: one goes on from the newest.

    What leans on the talk would bring them all back: they are about the same.
    """
    return tuple(
        each
        for each in ranked
        if each.source.kind != Kind.ANSWER
        or each.source.entry in there
        or each.source.reply_to not in there
    )
