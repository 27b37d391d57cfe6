"""Who answers: names of models become models that can be asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import partial

from ledgernote.config import Settings, keys_path
from ledgernote.domain.errors import Ambiguous, LedgernoteError, ModelError, NoSuchThing, UsageError
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Model
from ledgernote.models import catalog, local, names, table
from ledgernote.models.catalog import UNSET, Known, ModelSettings
from ledgernote.models.choice import ModelChoice, keyed
from ledgernote.models.choose import open_model
from ledgernote.models.keys import ANY, Keys, owner_told, tells_owner
from ledgernote.models.patience import Patience
from ledgernote.models.printed import COMMAND
from ledgernote.models.providers import OFFLINE, OPENAI, PROVIDERS
from ledgernote.notebook.notebook import Notebook

Options = Mapping[str, object]
"""Of a model, by name."""


LATELY = 300
"""Entries whose models a short name may mean where it could be a person's."""


# ---- what is known -------------------------------------------------------------------


def keys(settings: Settings) -> Keys:
    """Where keys are, beside the environment."""
    commands = {name: table.get("key_command", "") for name, table in settings.providers.items()}
    servers = {name for name, table in settings.models.items() if table.get("api_base")}
    return Keys(
        {ANY: settings.key_command, **commands},
        settings.keys or keys_path(),
        frozenset(servers - PROVIDERS.keys()),
    )


def known(settings: Settings) -> Known:
    """Settings, environment, keys and short names, as choosing a model needs them."""
    held = {field.name for field in fields(ModelSettings)}
    given = {
        name: ModelSettings(**{key: value for key, value in table.items() if key in held})
        for name, table in settings.models.items()
    }
    near = partial(_near, settings)
    return Known(settings=given, environ=os.environ, kept=keys(settings).of, near=near)


def servers(settings: Settings) -> list[local.Server]:
    """Where one may answer: addresses of the settings and of the environment, the usual ports."""
    own = [
        local.Server(name=name, base=str(table["api_base"]).rstrip("/"), provider=OPENAI)
        for name, table in settings.models.items()
        if table.get("api_base")
    ]
    return [*own, *catalog.moved(known(settings))]


def _near(settings: Settings, typed: str) -> str | None:
    """The one model that a short name means. Raises `Ambiguous`.

    A provider's name means its usual model. What can be asked now is looked through by every way
    before what cannot, and what stays before what its provider takes away.
    """
    if (provider := typed.casefold()) in PROVIDERS:
        usual = catalog.choose(f"{provider}/{PROVIDERS[provider].default_model}", known(settings))
        return _served(settings, usual).name
    if found := _by_ways(typed, _now(settings)):
        return found
    if table.serves(local.OLLAMA.provider, typed):
        return f"{local.OLLAMA.provider}/{typed}"
    return _elsewhere(typed)


def _by_ways(typed: str, pools: Iterator[list[str]]) -> str | None:
    """What is meant by the closest way that fits any; *pools* are asked for as they are needed."""
    seen: list[list[str]] = []
    for pool in pools:
        seen.append(pool)
        if found := _one(typed, pool):
            return found
    ways = ((pool, way) for way in names.WIDER for pool in seen)
    return next(filter(None, (_one(typed, *way) for way in ways)), None)


def _elsewhere(typed: str) -> str | None:
    """What is meant of all that cannot be asked now: whole words before parts, whoever has them.

    Of those we know no usual model of, nobody is preferred: all their families are named.
    """
    ours, anyone = list(_anyway()), _of_anyone()
    for way in (names.whole, *names.WIDER):
        found = next(filter(None, (_one(typed, pool, way) for pool in ours)), None)
        if found := found or _only(typed, names.all_meant(typed, anyone, way)):
            return found
    return None


def _of_anyone() -> list[str]:
    """All that the table has, an Ollama's first."""
    own = table.names_of([local.OLLAMA.provider], leaving=True)
    return [*own, *table.names_of(table.providers())]


def _one(typed: str, pool: list[str], fits: names.Fits = names.whole) -> str | None:
    return _only(typed, names.meant(typed, pool, fits))


def _only(typed: str, found: list[str]) -> str | None:
    if len(found) > 1:
        hint = "Type one of its other words too, or all of its name."
        if len(found) > names.MOST:
            hint += f" `ledgernote models --all -m {typed!r}` lists them."
        raise Ambiguous(typed, tuple(found), hint, names.MOST)
    return found[0] if found else None


def _now(settings: Settings) -> Iterator[list[str]]:
    """What can be asked now; the servers, which take a moment, last."""
    own = [*settings.models, OFFLINE]
    usable = [*catalog.usable_providers(known(settings)), *_keyed(settings)]
    for leaving in (False, True):
        yield own + _in_order(usable, leaving=leaving)
    yield [one.name for served in local.look(servers(settings)).values() for one in served]


def _keyed(settings: Settings) -> Iterator[str]:
    """Providers that we know no usual model of, whose key is there."""
    from ledgernote.models.lacking import variables  # for short names alone

    with suppress(UsageError):  # of a file of keys that cannot be read: told where one is needed
        kept = keys(settings).providers()
        for one in sorted(table.providers() - PROVIDERS.keys()):
            if one in kept or any(map(os.environ.get, variables(one))):
                yield one


def _anyway() -> Iterator[list[str]]:
    for leaving in (False, True):
        yield _in_order(list(PROVIDERS), leaving=leaving)


def _in_order(providers: list[str], *, leaving: bool) -> list[str]:
    """Names of the table, by provider; what an Ollama has, it says itself."""
    wanted = [one for one in providers if one != local.OLLAMA.provider]
    found = list(table.names_of(wanted, leaving=leaving))
    return sorted(found, key=lambda name: wanted.index(name.partition("/")[0]))


# ---- the default ---------------------------------------------------------------------


@frozen(kw_only=False)
class Rule:
    """One way in which a default comes about."""

    name: str
    """As it is shown."""
    model: str | None
    """What it names, if anything."""
    why: str


def rules(settings: Settings, project: str | None) -> list[Rule]:
    """What may name the model where nobody did, the first that does counts."""
    of_project = settings.projects.get(project or "", {}).get("model") or None
    named = settings.model if settings.model_named else None
    model = settings.model_set if settings.model_named else settings.model
    beaten = "; LEDGERNOTE_MODEL comes first" if named else ""
    return [
        Rule("LEDGERNOTE_MODEL", named, "LEDGERNOTE_MODEL names it"),
        Rule(
            f"projects.{project}.model", of_project, f"the model of the project {project}{beaten}"
        ),
        Rule("model", model, f"the model of the settings{beaten}"),
    ]


def nobodys(settings: Settings) -> Iterator[tuple[str, NoSuchThing]]:
    """The settings that name a model which nobody has, and what is said of that name."""
    given = [("fallback", one) for one in settings.fallback]
    given += [("model", settings.model_set)] if settings.model_set else []
    given += [("LEDGERNOTE_MODEL", settings.model or "")] if settings.model_named else []
    for project, of_it in settings.projects.items():
        given += [(f"projects.{project}.model", of_it["model"])] if of_it.get("model") else []
        given += [(f"projects.{project}.fallback", one) for one in of_it.get("fallback", ())]
    about = known(settings)
    for where, name in given:
        try:
            catalog.choose(name, about)
        except NoSuchThing as error:
            yield where, error


def the_choice(
    settings: Settings, name: str | None = None, project: str | None = None
) -> ModelChoice:
    """Which model that name means, and why; None is the default of *project*.

    Raises `NoSuchThing`, and `ModelError` where only a key command or the file of keys could
    say, and failed.
    """
    about = known(settings)
    rule = next((one for one in rules(settings, project) if one.model), None)
    if name:
        return catalog.choose(name, about)
    if rule:
        try:
            return catalog.choose(None, about, default=rule.model, why=rule.why)
        except NoSuchThing as error:  # nobody typed that name just now
            raise NoSuchThing(f"{rule.name}: {error}", error.hint) from None
    chosen = _served(settings, catalog.choose(None, about))
    if is_unset(chosen) and (wrong := keys(settings).fault()):
        raise wrong
    owner = owner_told(settings.key_command) if is_unset(chosen) else None
    if owner and owner not in PROVIDERS:
        raise ModelError(
            f"{COMMAND} gives a key of {owner}, of which no model is named",
            f"ledgernote config set model {owner}/MODEL, or -m {owner}/MODEL",
        )
    if owner:
        usual = f"{owner}/{PROVIDERS[owner].default_model}"
        return catalog.choose(None, about, default=usual, why=f"{COMMAND} gives a key of {owner}")
    return chosen


def usual(settings: Settings, project: str | None = None) -> ModelChoice:
    """Who answers unless told otherwise. Raises as `the_choice`, and where that cannot be asked."""
    return keyed(the_choice(settings, None, project))


def unsure(settings: Settings, choice: ModelChoice) -> str:
    """What to say of a short name, where nobody can read whose key is kept; else empty."""
    wrong = keys(settings).fault() if choice.typed else None
    return f"{wrong}: with its keys {choice.typed} may mean another model" if wrong else ""


def _served(settings: Settings, chosen: ModelChoice) -> ModelChoice:
    """*chosen*; at an address without a key the first that its server has, if it has not that."""
    if chosen.key or chosen.kept or not chosen.api_base:
        return chosen
    here = [one for one in servers(settings) if one.base == chosen.api_base]
    found = [one.name for one in local.look(here[:1]).get(chosen.api_base, [])]
    if not found or any(one.partition(":")[0] == chosen.name for one in found):
        return chosen
    why = f"{chosen.why}, and its server has it"
    return catalog.choose(None, known(settings), default=found[0], why=why)


def is_unset(choice: ModelChoice) -> bool:
    """Whether nobody chose a model and none can be used but `offline`."""
    return choice.why == UNSET


def is_awaited(settings: Settings, project: str | None) -> bool:
    """Whether only a command that prints a key can say which model is the default."""
    if not tells_owner(settings.key_command) or any(one.model for one in rules(settings, project)):
        return False
    return is_unset(catalog.choose(None, known(settings)))


def unset(settings: Settings, project: str | None) -> str:
    """Why nobody can be asked but `offline`, where nobody chose a model; else empty."""
    with suppress(NoSuchThing):
        try:
            choice = the_choice(settings, None, project)
        except ModelError as error:
            return no_model(error)
        return "No model yet." if is_unset(choice) else ""
    return ""


def no_model(error: LedgernoteError) -> str:
    """What a person is told who is to name a model."""
    return f"No model yet: {error}."


# ---- models --------------------------------------------------------------------------


def the_model(
    notebook: Notebook,
    name: str | None = None,
    options: Options | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Model:
    """The model by that name, else the default; *say* hears what a shorter name means.

    Raises `NoSuchThing` for a name nobody knows, `Ambiguous` for one that could be several, and
    `ModelError` where there is no name and the command that has the keys gives none.
    """
    project = None if name else notebook.project_name
    choice = the_choice(notebook.settings, name, project)
    if name and choice.typed:
        say(f"{choice.typed} is {choice.name}")
    if told := unsure(notebook.settings, choice):
        notebook.say(told)
    return opened(notebook, choice, options)


def in_place_of(notebook: Notebook, first: str, choice: ModelChoice, options: Options) -> Model:
    """The model of *choice*, with what it takes of *options*, which were given for *first*.

    The notebook says which are left away. Raises as `open_model` does.
    """
    from ledgernote.models.options import taken  # asks litellm, as the model will

    kept = taken(choice, options, first) if options else {}
    if left := ", ".join(f"-o {one}" for one in options if one not in kept):
        notebook.say(f"{choice.name} is asked without {left}, which it does not take")
    return opened(notebook, choice, kept)


def opened(notebook: Notebook, choice: ModelChoice, options: Options | None = None) -> Model:
    """The model of *choice*, as patient as the settings say. Raises as `open_model` does."""
    settings = notebook.settings
    patience = Patience(
        connect=settings.connect_seconds,
        first=settings.first_seconds,
        silence=settings.silence_seconds,
    )
    return open_model(choice, options or {}, patience)


def mentioned(notebook: Notebook, typed: str) -> Model | None:
    """The model that `@typed:` addresses; None where the words are text. Raises `Ambiguous`.

    A short name means only what has answered here lately: `@luna: thanks` may be for a person.
    """
    lately = (entry.model for entry in reversed(notebook.latest(LATELY)) if entry.model)
    used = list(dict.fromkeys(lately))

    def near(name: str) -> str | None:
        found = names.meant(name, used)
        if len(found) == 1:
            return found[0]
        # A whole name of an Ollama's, which may have it by a longer one.
        return _near(notebook.settings, name) if table.serves(local.OLLAMA.provider, name) else None

    try:
        choice = catalog.choose(typed, replace(known(notebook.settings), near=near))
    except Ambiguous:
        raise
    except NoSuchThing:
        return None
    return opened(notebook, choice)
