"""A turn: question → context → answer → kept; and the port behind which models stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Protocol

from ledgernote.domain.entries import Entry, EntryId, EventId, Status
from ledgernote.domain.errors import LedgernoteError
from ledgernote.domain.frozen import field, frozen
from ledgernote.domain.images import Image
from ledgernote.domain.text import dollars


class Reason(StrEnum):
    """Why an entry stands in a context."""

    PIN = "pin"
    RECENT = "recent"
    MATCH = "match"
    NEAR = "near"
    GIVEN = "given"
    USED = "used"
    SUMMARY = "summary"


@frozen
class Shown:
    """An image as it goes with a message, under a label that the words of the message explain."""

    label: str
    """With the empty line before it: some servers join all texts of a message."""
    image: Image
    data: str = field(repr=False)
    """Its bytes in base64."""


@frozen
class Message:
    """One message as it is sent; `content` may hold no lone surrogates."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str
    images: tuple[Shown, ...] = ()


def as_sent(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as the JSON-ready rows that are sent and hashed.

    The content is text, or a list of parts where images go with it: the text, then a label
    and the image in turn, as OpenAI's chat protocol has them.
    """
    return [{"role": message.role, "content": _content(message)} for message in messages]


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.content
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.content}]
    for shown in message.images:
        url = f"data:{shown.image.media};base64,{shown.data}"
        # Without `high` some models take an image at its full size, for ten times the tokens.
        parts += [
            {"type": "text", "text": shown.label},
            {"type": "image_url", "image_url": {"url": url, "detail": "high"}},
        ]
    return parts


@frozen
class ReceiptRow:
    """One row of a receipt: an entry, or one span of it, that stands in a context."""

    entry: EntryId
    handle: str
    ref: str | None
    kind: str
    who: str
    created: str
    """ISO time with offset."""
    reason: Reason
    why: str
    """The reason in words, as shown to a person."""
    score: float | None
    tokens: int
    """Of the text and its mark."""
    excerpt: str | None
    """None when the whole text was replayed, else exactly the characters replayed."""
    text: str
    """The characters replayed."""
    revision: EventId
    superseded_by: str | None = None
    private: bool = False
    before: bool = False
    """It stood in the talk before the question asked now; what is pinned always stands."""
    rank: int | None = None
    """For that question, 0 for the best; None for what was not ranked, or far below."""


PRIVATE, NO_CONSENT = "private", "no consent"
"""Why an entry that was brought along is left out; what is merely found is only counted."""
UNSEEN = "the image: the model sees none"
"""Why an image is left out; the line that stands for it is not."""
A_PART = "only a part of it fits"
"""Why the rest of an entry is left out that would be replayed whole."""
PINS_FULL = "no room: pins take at most half of the budget"
"""Why a pin is left out."""


class Decision(StrEnum):
    """Whether the entries of an import may go to a provider."""

    ALWAYS = "always"
    ONCE = "once"
    NEVER = "never"
    PRIVATE = "private"
    """They are private from now on."""


@frozen
class NoConsent:
    """Entries of an import that nobody has allowed to go to the provider."""

    source: str
    entries: int
    example: EntryId
    """One of them: a receipt is kept with ids, without the words of a name."""


@frozen
class LeftOut:
    """An entry that did not go into the context, and why."""

    handle: str
    why: str


@frozen
class Context:
    """The exact messages for a model, and the receipt of how they came about."""

    model: str
    budget: int
    tokens: int
    """Of all messages, by the counter named in the recipe."""
    messages: tuple[Message, ...]
    receipt: tuple[ReceiptRow, ...]
    left_out: tuple[LeftOut, ...]
    """The best scored ones; `left_out_count` counts all."""
    left_out_count: int
    withheld: int = 0
    """Private entries kept back from a model that is not local."""
    no_consent: tuple[NoConsent, ...] = ()
    """What of imports is kept back, by source."""
    replanned: bool = False
    """Bytes of the turn before were taken away to fit the budget."""
    faithful: bool = True
    """False for a context of the past whose words were erased in part since."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the canonical JSON of the messages."""
        import hashlib  # lists know contexts too, and do not pay for these
        import json

        canonical = json.dumps(
            as_sent(self.messages), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(canonical.encode()).hexdigest()


@frozen
class Piece:
    """A piece of a streamed answer. `reasoning` is the model's thinking, kept apart."""

    text: str = ""
    reasoning: str = ""
    served_model: str | None = None
    """Who says it, as far as its provider has told."""


@frozen
class Usage:
    """What the provider reports at the end; None where it did not say."""

    served_model: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    """Of `tokens_in`, what the provider had read in an earlier turn."""
    cost: float | None = None
    """US dollars."""
    price: str | None = None
    """Whose table of prices that is from, with its version and the day it was installed."""
    finish: str | None = None
    """`length` where the model had said as much as it does at once, and stopped in mid-answer;
    `content_filter` where its provider stopped it."""
    source: str | None = "counted"
    """`provider`, `counted` when we counted ourselves, or None where there was nothing to count."""


class WindowFrom(StrEnum):
    """Who says how large the window of a model is."""

    SETTINGS = "settings"
    TABLE = "table"
    SERVER = "server"
    """Of one's own, which was asked."""
    REFUSAL = "refusal"
    """It named the window for which a context was too long."""
    GUESS = "guess"
    """After a refusal that named none."""
    NOBODY = ""
    """It is what models usually have."""


class Model(Protocol):
    """Anything that can answer. Two ship: `remote` (litellm) and `offline`."""

    @property
    def name(self) -> str:
        """As typed after resolution, e.g. `openai/gpt-5`, `offline`."""

    @property
    def local(self) -> bool:
        """Private entries may go there."""

    @property
    def window(self) -> int:
        """Tokens of context and answer together."""

    @property
    def window_from(self) -> WindowFrom:
        """Who says how large that is."""

    @property
    def address(self) -> str | None:
        """Where it is asked; None where its provider always is."""

    @property
    def sees(self) -> bool:
        """Images may go there."""

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        """Answer; pieces as they come, then one `Usage`. Raises `ModelError`."""


# The events of a turn, in the order in which a face sees them.


@frozen
class Asked:
    """The question and its material are committed."""

    question: Entry
    material: tuple[Entry, ...]


@frozen
class Consent:
    """Entries of an import would go to a provider, and nobody has said whether they may.

    Nothing has been sent. Whoever drives the turn sends a `Decision` back, once what it means
    is kept; without one they are withheld from this turn.
    """

    source: str
    provider: str
    entries: int
    handles: tuple[str, ...]
    """Of the first few."""


@frozen
class Costly:
    """With this turn the month costs more than the settings allow.

    Nothing has been sent. Whoever drives the turn sends a `Decision` back to go on; without one
    the turn ends with `OverCap`.
    """

    project: str | None
    """The one whose cap that is; None is all of them."""
    spent: float
    usual: float
    """What an answer has cost on average, 0 where none had a price;"""
    context: float
    """what this turn's context costs alone, 0 where nobody knows."""
    cap: float
    upto: float
    """Up to what whoever goes on is not asked again. All in US dollars."""

    def __str__(self) -> str:
        whose = f" in {self.project}" if self.project else ""
        told = f"this month's answers{whose} have cost {dollars(self.spent)} of {dollars(self.cap)}"
        usual = f"answers cost {dollars(self.usual)} on average" if self.usual else ""
        context = f"this context alone costs {dollars(self.context)}" if self.context else ""
        return "; ".join(filter(None, (told, usual, context)))


@frozen
class Replayed:
    """The context is ready; nothing has been sent yet."""

    context: Context


@frozen
class Retry:
    """The model did not answer; it is asked again, with less where that may help, or another is."""

    model: str
    """Who is asked next."""
    seconds: float | None = None
    """It is the same as before, after so long; None: it is another, or the same with less."""
    error: LedgernoteError
    """What went wrong."""


@frozen
class Said:
    """A piece of the answer arrived."""

    text: str
    reasoning: str = ""


@frozen
class Citation:
    """A span of an answer tied to an entry. `verdict`: `known` (in the receipt) or `unknown`."""

    start: int
    end: int
    """Characters of the answer."""
    handle: str
    verdict: str


@frozen
class Kept:
    """The answer is committed, whole or in part. `answer` is None when nothing was logged."""

    question: Entry | None
    answer: Entry | None
    text: str
    status: Status
    usage: Usage
    context: Context
    citations: tuple[Citation, ...] = ()
    error: BaseException | None = None
    """Why it was cut short; a face raises it after saying what was kept."""


TurnEvent = Asked | Consent | Costly | Replayed | Retry | Said | Kept
