"""One model that was chosen, and what it takes to ask it: an address, a key, the room it has."""

from __future__ import annotations

import re

from ledgernote.domain.errors import ModelError
from ledgernote.domain.frozen import field, frozen, replace
from ledgernote.domain.turns import WindowFrom
from ledgernote.models import local
from ledgernote.models.keys import Kept
from ledgernote.models.local import Server
from ledgernote.models.providers import OFFLINE


@frozen
class ModelChoice:
    """One model, ready to be opened. Its `repr` never shows the key."""

    name: str
    """`provider/model`, or `offline`; a server of the user's own is called as they call it."""
    provider: str
    window: int
    """Tokens of context and answer together."""
    window_from: WindowFrom = WindowFrom.TABLE
    local: bool
    sees: bool = False
    """Images may go there."""
    why: str
    """How this model came to be chosen, in words."""
    api_base: str | None = None
    set_by: str = ""
    """The setting or the variable that names that address, or would."""
    fault: tuple[str, str] | None = None
    """Why that is no address, and the remedy."""
    owner: str = ""
    """Whose key it takes: its provider's; at an address of the user's own, that of their name."""
    api_key_env: str | None = None
    """Where the key is looked for; None when none is needed or it is not ours to know."""
    key: str | None = field(default=None, repr=False)
    kept: Kept | None = None
    """Where the key is to be had, when it does not stand in the environment."""
    typed: str = ""
    """The shorter name that it was asked for by, if that was one."""
    server: Server | None = None
    """Who may tell how large the window is; None where the settings do, or nobody can."""
    asked_as: str = ""
    """`provider/model` at a server with a name of the settings; empty where that is the name."""

    @property
    def listed(self) -> str:
        """`provider/model`, as the table of models would have it."""
        return self.asked_as or self.name

    @property
    def model(self) -> str:
        """The name without its provider, as the provider calls it."""
        return self.listed.partition("/")[2] or self.name


def demand_key(choice: ModelChoice) -> None:
    """Raises `ModelError`, with the remedy, when *choice* wants a key, or an address that is one.

    A server at an address of the user's own may need no key, so there none is demanded.
    """
    if choice.fault:
        raise ModelError(*choice.fault)
    if choice.key or choice.api_base or choice.api_key_env is None:
        return
    if choice.kept and choice.kept.fault:
        raise choice.kept.fault
    if choice.kept:
        return
    raise ModelError(
        f"{choice.provider} needs a key, and {choice.api_key_env} is not set",
        f"ledgernote keys set {choice.provider}, or export {choice.api_key_env}=…  "
        f"(or go on without a model: -m {OFFLINE})",
    )


def keyed(choice: ModelChoice) -> ModelChoice:
    """*choice* with its key, read from where it is kept. Raises `ModelError`."""
    demand_key(choice)
    if choice.kept and not choice.kept.fault and not choice.key:
        choice = replace(choice, key=choice.kept.read())
    if choice.key and not _SENDABLE.fullmatch(choice.key):
        owner = choice.owner or choice.provider
        raise ModelError(
            f"the key of {owner} holds a letter that no key has", f"Set another: {another(choice)}"
        )
    return choice


_SENDABLE = re.compile("[ -~]+")


def another(choice: ModelChoice) -> str:
    """How to set another key."""
    if choice.kept and choice.kept.fault and not choice.key:
        return f"{choice.kept.fault}. {choice.kept.fault.hint}"
    if choice.kept or choice.api_key_env is None:
        return f"ledgernote keys set {choice.owner}"
    return f"export {choice.api_key_env}=…"


def window_of(choice: ModelChoice) -> tuple[int, WindowFrom]:
    """Tokens of context and answer together, as its server says where it is one's own; who said so.

    Asks it over the network, once in a process; a server that does not say has what the table has.
    """
    told = local.window(choice.server, choice.model) if choice.server else None
    if told and choice.provider == local.OLLAMA.provider:
        # It takes memory for all of it, and models are made for ten times what is needed.
        told = min(told, choice.window)
    return (told, WindowFrom.SERVER) if told else (choice.window, choice.window_from)
