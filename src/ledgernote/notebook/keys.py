"""Keys of providers: whose one is, where it is kept, which one counts."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator

from ledgernote.config import Settings
from ledgernote.domain.errors import ModelError, NoSuchThing, UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.domain.secrets import hold, tail
from ledgernote.models import table
from ledgernote.models.keys import Kept, cleaned, joined, recognised
from ledgernote.models.printed import COMMAND, LONGEST, anew, ending
from ledgernote.models.providers import PROVIDERS
from ledgernote.notebook.answering import keys

__all__ = ["COMMAND", "LONGEST", "anew", "cleaned", "ending", "joined", "recognised"]

USUAL = tuple(name for name, facts in PROVIDERS.items() if facts.key_env)
"""Providers whose usual model we know, in their order."""

ALL = "*"
"""In a list: the provider of a command that serves whoever it is asked for."""


@frozen(kw_only=False)
class Held:
    """One place that has a key."""

    provider: str
    place: str
    tail: str
    """The last characters; empty where the key is read only when it is needed."""
    used: bool
    """It is the one that counts."""


def listed(settings: Settings) -> Iterator[Held]:
    """Every key that is known of, by provider, the one that counts first.

    Runs no command: its owner may be asked for a fingerprint.
    """
    kept = keys(settings)
    for provider in dict.fromkeys((*PROVIDERS, *kept.providers())):
        counts = True
        for place, last in _places(settings, provider):
            yield Held(provider, place, last, counts)
            counts = False
    if settings.key_command:
        yield Held(ALL, COMMAND, "", used=True)


def _places(settings: Settings, provider: str) -> Iterator[tuple[str, str]]:
    for variable in PROVIDERS[provider].key_env if provider in PROVIDERS else ():
        if value := os.environ.get(variable, "").strip():
            yield variable, tail(hold(value))
    for kept in keys(settings).places(provider):
        if kept.place != COMMAND:
            yield kept.place, tail(_key(kept))
        elif kept.chooses:
            yield kept.place, ""


def _key(kept: Kept) -> str:
    try:
        return kept.read()
    except ModelError:  # a keyring that is locked
        return ""


def begins(text: str) -> bool:
    """Whether *text* begins as a key does and is one word so far: it is not to be shown."""
    one_word = 0 < len(text) <= LONGEST and not any(c.isspace() for c in text)
    return one_word and recognised(text) is not None


def is_key(text: str, *, of_anyone: bool = False) -> bool:
    """Whether *text* is a key by its looks; *of_anyone*: also one that nobody's keys begin like.

    Such a message is never asked, and never kept as a question.
    """
    if len(text) > LONGEST:  # a paste is not looked through
        return False
    word = text.strip().rpartition("=")[2].strip("\"'")
    if not re.fullmatch(r"[!-~]+", word) or not any(c.isdigit() for c in word):
        return False
    if recognised(word):
        return len(word) >= LEAST
    return of_anyone and len(word) >= LEAST and re.fullmatch(r"[\w.-]+", word) is not None


def is_one_word(text: str) -> bool:
    """Whether *text* can be the key of a provider that was named: those of some are short."""
    return len(text) <= LONGEST and re.fullmatch(r"[!-~]+", text) is not None


LEAST = 16
"""Characters of a key."""


def keep(settings: Settings, provider: str, key: str) -> str:
    """Keep a key; gives the place, and what it replaced. Raises `UsageError`.

    What looks like another provider's takes the place of none.
    """
    kept = keys(settings)
    before = next((_key(one) for one in kept.places(provider) if one.place != COMMAND), "")
    if before not in ("", key) and (owner := recognised(key, surely=True)) not in (None, provider):
        raise UsageError(
            f"{provider} has a key, and this one looks like {owner}'s: nothing was kept",
            f"ledgernote keys set {owner} keeps it for that one; ledgernote keys rm {provider} "
            "makes room.",
        )
    place = kept.keep(provider, key)
    return place if before in ("", key) else f"{place}; it replaces {tail(before)}"


def drop(settings: Settings, provider: str) -> bool:
    """Forget a key that was kept, however its provider is written; False where none was."""
    kept = keys(settings)
    return kept.drop(_in_case(provider, kept.providers()) or provider)


def in_front(settings: Settings, provider: str) -> str:
    """What counts before any key that is kept, a variable or a command; else empty."""
    names = PROVIDERS[provider].key_env if provider in PROVIDERS else ()
    if found := next((name for name in names if os.environ.get(name, "").strip()), ""):
        return f"{found} in the environment"
    first = keys(settings).of(provider)
    return f"{COMMAND} in the settings" if first and first.place == COMMAND else ""


def kept(settings: Settings) -> list[str]:
    """Whose key is kept, or printed by a command."""
    return keys(settings).providers()


def fault(settings: Settings) -> ModelError | None:
    """What is wrong with the file of keys, if anything."""
    return keys(settings).fault()


def provider_of(settings: Settings, name: str) -> str:
    """The provider, or server of the settings, that *name* is in any case.

    Raises `NoSuchThing`.
    """
    known = dict.fromkeys((*settings.models, *PROVIDERS, *table.providers()))
    found = name if name in known else _in_case(name, known)
    if found is None:
        near = difflib.get_close_matches(name.casefold(), known, n=1)
        hint = f"The nearest is {near[0]}." if near else "Such as openai, anthropic, gemini."
        raise NoSuchThing(f"no provider is called {name!r}", hint)
    return found


def _in_case(name: str, known: Iterable[str]) -> str | None:
    return next((one for one in known if one.casefold() == name.casefold()), None)


def usual_model(provider: str) -> str:
    """The model that is meant when only its key is there; empty for a provider without one."""
    facts = PROVIDERS.get(provider)
    return f"{provider}/{facts.default_model}" if facts else ""
