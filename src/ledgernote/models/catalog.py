"""Which model a name means: provider, window, address and key, from plain data.

Asks no network and reads no config file: settings and environment come in as arguments. A name is

- `offline`, always known, or a name that the settings give a model to;
- `provider/model`: any model of a known provider, with `DEFAULT_WINDOW` when the table lacks it;
- a bare `model` that the table has, for the provider whose key is set where several serve it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ledgernote.domain import addresses
from ledgernote.domain.errors import NoSuchThing
from ledgernote.domain.frozen import field, frozen, replace
from ledgernote.domain.secrets import hold, is_key
from ledgernote.domain.turns import WindowFrom
from ledgernote.models import local, table
from ledgernote.models.choice import ModelChoice
from ledgernote.models.keys import Kept
from ledgernote.models.local import Server
from ledgernote.models.providers import OFFLINE, OPENAI, PROVIDERS

DEFAULT_WINDOW = 32_768
"""Tokens, for a model that the table does not know."""


@frozen
class ModelSettings:
    """What the config says of one name; None where it says nothing."""

    model: str | None = None
    """The name is another name for this model."""
    api_base: str | None = None
    local: bool = False
    """Private entries may go there."""
    window: int | None = None
    sees: bool | None = None
    """Images may go there; None is as the table says."""
    key: str | None = field(default=None, repr=False)


def _nothing(_: str) -> None:
    """Nobody knows: the default of what `choose` may ask."""


@frozen
class Known:
    """What is known beside the table of models."""

    settings: Mapping[str, ModelSettings] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    kept: Callable[[str], Kept | None] = _nothing
    """Where a provider's key is, when not in the environment."""
    near: Callable[[str], str | None] = _nothing
    """The full name that a shorter one means. May raise `Ambiguous`."""


def choose(
    name: str | None, known: Known, *, default: str | None = None, why: str = "the default model"
) -> ModelChoice:
    """The model meant by *name*, else by *default*, else by what can be used.

    *why* tells how the default came to be one. Asks no network, reads no key and never fails for
    want of one (see `demand_key`). Raises `NoSuchThing` for a name that nothing answers to.
    """
    for given, reason in ((name, "asked for by name"), (default, why)):
        if given:
            return _named(given, reason, known)
    for provider, facts in PROVIDERS.items():
        found = _first(known.environ, (*facts.key_env, *facts.base_env))
        if found:
            return _named(f"{provider}/{facts.default_model}", f"{found[0]} is set", known)
    for provider, facts in PROVIDERS.items():
        kept = known.kept(provider)
        if kept and kept.chooses:
            reason = f"the key of {provider} is in {kept.place}"
            return _named(f"{provider}/{facts.default_model}", reason, known)
    return _offline(UNSET)


UNSET = "no key is set: the offline model quotes the notebook"
"""Why `offline` answers where nobody chose it."""


def _offline(why: str) -> ModelChoice:
    return ModelChoice(name=OFFLINE, provider=OFFLINE, window=1_000_000, local=True, why=why)


def _named(given: str, why: str, known: Known) -> ModelChoice:
    if is_key(given):
        raise NoSuchThing(
            "that looks like a key, and is no model's name",
            "ledgernote keys set keeps a key. Take it out of your shell's history.",
        )
    settings, environ = known.settings, known.environ
    typed, given = given, _of_settings(given, settings) or given
    setting = settings.get(given, ModelSettings())
    own = None if setting.api_base else _own(setting.model or given, known)
    if own:
        given, setting = own, _over(setting, settings[own])
    meant = setting.model or given
    if meant.casefold() == OFFLINE:
        return _offline(why)
    name = _full_name(meant, setting, environ)
    if name is None and (small := meant.casefold()) != meant:
        name = _full_name(small, settings.get(small, setting), environ)
    if name is None and (near := known.near(meant)):
        return replace(_named(near, why, replace(known, near=_nothing)), typed=given)
    if name is None and given in settings:
        raise NoSuchThing(
            f"the settings have {given!r} without an address, or a model that there is",
            f"ledgernote config set models.{given}.api_base http://HOST:PORT/v1",
        )
    if name is None:
        raise NoSuchThing(f"no model is called {given!r}", _hint(given, settings))
    older = own is not None and _of_settings(typed, settings) is None
    return replace(_chosen(given, name, setting, known), why=why, typed=typed if older else "")


def _chosen(given: str, name: str, setting: ModelSettings, known: Known) -> ModelChoice:
    """The model *name*, as the settings have it under *given*."""
    settings, provider = known.settings, name.partition("/")[0]
    # A server of the user's own has a name and a key of its own: a provider's is not for it.
    is_own = setting.api_base and given in settings and not given.startswith(f"{provider}/")
    named = given if setting.api_base else name
    setting = _over(setting, settings.get(name, setting))
    info = table.row_of(name)
    window, window_from = _window(setting, info)
    reached = _address(named, setting, known, provider)
    server = _server(name, provider, reached["api_base"], listed=bool(info))
    return ModelChoice(
        name=given if is_own else name,
        asked_as=name if is_own else "",
        provider=provider,
        window=window,
        window_from=window_from,
        # Whatever the settings say: without an address of its own it is asked at its vendor's.
        local=setting.local and bool(reached.get("api_base")),
        sees=bool(info.get("supports_vision")) if setting.sees is None else setting.sees,
        why="",
        server=None if setting.window or "fault" in reached else server,
        **reached,
        **_key(given if is_own else provider, provider, setting.key, known),
    )


def _of_settings(name: str, settings: Mapping[str, ModelSettings]) -> str | None:
    """The name of the settings that *name* is, however it is written."""
    if name in settings:
        return name
    return next((one for one in settings if one.casefold() == name.casefold()), None)


def _own(name: str, known: Known) -> str | None:
    """The server of the settings that *name* is, if any.

    `openai/house/b` is `house/b`, as it once was called: nobody else has a model of that name.
    """
    settings = known.settings
    found = _of_settings(name, settings)
    head, _, rest = name.partition("/")
    if found is None and head.casefold() == OPENAI and settings and not table.is_listed(name):
        elsewhere = _first(known.environ, PROVIDERS[OPENAI].base_env)
        found = None if elsewhere else _of_settings(rest, settings)
    return found if found and settings[found].api_base else None


def _over(alias: ModelSettings, model: ModelSettings) -> ModelSettings:
    """What is said of another name goes before what is said of the model that it means."""
    if alias.api_base:  # a server of its own: nothing of the other one holds there
        return alias
    return replace(
        model,
        local=alias.local or model.local,
        window=alias.window or model.window,
        sees=model.sees if alias.sees is None else alias.sees,
        key=alias.key or model.key,
    )


def _window(setting: ModelSettings, info: Mapping[str, Any]) -> tuple[int, WindowFrom]:
    if setting.window:
        return setting.window, WindowFrom.SETTINGS
    if told := table.tokens(info, "max_input_tokens", "max_tokens"):
        return told, WindowFrom.TABLE
    return DEFAULT_WINDOW, WindowFrom.NOBODY


def _server(name: str, provider: str, address: str | None, *, listed: bool) -> Server | None:
    """Where a model is served by somebody who knows more of it than the table."""
    usual = next((one.base for one in local.USUAL if one.provider == provider), None)
    base = address or usual
    if base is None or (listed and usual is None):
        return None
    return Server(name=name, base=base, provider=provider)


def _key(owner: str, provider: str, given: str | None, known: Known) -> dict[str, Any]:
    """What a choice holds of its key: *owner* says whose it is, the provider's or a server's."""
    names = PROVIDERS[provider].key_env if owner == provider and provider in PROVIDERS else ()
    own = local.KEY_ENV.get(provider, ()) if owner == provider else ()
    env = _first(known.environ, names or own)
    key = given or (env[1] if env else None)
    return {
        "owner": owner,
        "api_key_env": env[0] if env else next(iter(names), None),
        "key": hold(key) if key else None,
        "kept": None if key else known.kept(owner),
    }


def _full_name(meant: str, setting: ModelSettings, environ: Mapping[str, str]) -> str | None:
    """`provider/model` for what was typed; None when nothing answers to it."""
    head, slash, model = meant.partition("/")
    whose = head.casefold()
    is_own = setting.api_base and whose in table.SELDOM
    if slash and model and not is_own and (whose in PROVIDERS or whose in table.providers()):
        return table.spelled(f"{whose}/{model}")
    if setting.api_base:
        # A server of the user's own, under a name of their own: they nearly all speak OpenAI's.
        return f"{OPENAI}/{meant}"
    with_key = [name for name, facts in PROVIDERS.items() if _first(environ, facts.key_env)]
    # What an Ollama has, it says itself: `near` asks.
    others = [name for name in PROVIDERS if name != local.OLLAMA.provider]
    serving = (one for one in (*with_key, *others) if table.serves(one, meant))
    if found := next(serving, None):
        return f"{found}/{meant}"
    provider = table.provider_of(meant)
    if provider is None:
        return None
    return meant if meant.startswith(provider + "/") else f"{provider}/{meant}"


def _first(environ: Mapping[str, str], names: Iterable[str]) -> tuple[str, str] | None:
    """The first of *names* that is set to something, with its value."""
    return next(((name, environ[name].strip()) for name in names if _is_set(environ, name)), None)


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return bool(environ.get(name, "").strip())


def _address(named: str, setting: ModelSettings, known: Known, provider: str) -> dict[str, Any]:
    """Where a model is asked, and what is wrong with that address, if anything."""
    ours = provider in PROVIDERS
    base_env = PROVIDERS[provider].base_env if ours else local.BASE_ENV.get(provider, ())
    usual = {one.provider: one.base for one in (*local.USUAL, *local.usual(known.environ))}
    where, base = _first(known.environ, base_env) or ("", usual.get(provider, ""))
    if setting.api_base or not where:
        where, base = f"models.{named}.api_base", setting.api_base or base
    try:
        ollama = provider == local.OLLAMA.provider
        address = addresses.url_of(base, ollama=ollama) if base else None
        return {"api_base": address, "set_by": where}
    except ValueError as error:
        fault = addresses.fault_of(where, base, str(error))
        return {"api_base": base.rstrip("/") or base, "set_by": where, "fault": fault}


def _hint(name: str, settings: Mapping[str, ModelSettings]) -> str:
    close = close_names(name, settings)
    near = f"Close: {', '.join(close)}. " if close else ""
    return f"{near}`ledgernote models` lists them; `provider/model` names any other."


def close_names(name: str, more: Iterable[str] = ()) -> list[str]:
    """Up to five known names near *name*: those that contain it, newest first, then look-alikes."""
    known = [*more, OFFLINE, *_usual_names()]
    word = name.casefold().rpartition("/")[2]
    holding = [one for one in known if word and word in one.casefold()][::-1]
    alike = difflib.get_close_matches(name.casefold(), known, n=5, cutoff=0.6)
    if word and not holding:
        parts = {part for one in known for part in re.findall(r"[^\W\d_]{3,}", one.casefold())}
        meant = difflib.get_close_matches(word, parts, n=1, cutoff=0.75)
        holding = [one for one in known if meant and meant[0] in one.casefold()][::-1]
    return list(dict.fromkeys([*holding[:3], *alike, *holding[3:]]))[:5]


def _usual_names() -> list[str]:
    """The chat models of our providers, in the table's order, as `provider/model`."""
    return list(table.names_of(PROVIDERS, leaving=True))


def usable_providers(known: Known) -> list[str]:
    """Ours whose key or address is set or kept, in their order."""
    return [
        name
        for name, facts in PROVIDERS.items()
        if _first(known.environ, (*facts.key_env, *facts.base_env))
        or ((kept := known.kept(name)) and kept.chooses)
    ]


def moved(known: Known) -> Iterator[Server]:
    """Who is asked elsewhere, as the environment says, and the usual ones where they listen.

    A provider's own address, `https://api.openai.com`, is nowhere else.
    """
    looked = {one.provider for one in local.usual(known.environ)}
    for provider in (*PROVIDERS, *local.BASE_ENV):
        where = choose(f"{provider}/any", known)
        if where.api_base is None or where.fault:
            continue
        is_moved = where.set_by in known.environ
        usual = next((one for one in local.USUAL if one.provider == provider), None)
        if usual:
            if is_moved or provider in looked:
                yield replace(usual, base=where.api_base)
        elif is_moved and f".{provider}." not in f".{urlsplit(where.api_base).hostname}":
            server = Server(name=where.set_by, base=where.api_base, provider=provider)
            ours = PROVIDERS.get(provider)
            yield replace(server, lists=ours.lists) if ours else server
