"""The models that can be asked now, and why one of them answers unless told otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from functools import partial

from ledgernote.config import Settings
from ledgernote.config.writing import write
from ledgernote.domain.errors import Ambiguous, ModelError, NoSuchThing
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.secrets import shown
from ledgernote.domain.turns import WindowFrom
from ledgernote.ledger import recipes
from ledgernote.models import catalog, local, names, table
from ledgernote.models.choice import ModelChoice, demand_key, keyed
from ledgernote.models.choose import open_model
from ledgernote.models.providers import OFFLINE, PROVIDERS
from ledgernote.models.table import Facts
from ledgernote.notebook import learned
from ledgernote.notebook.answering import Rule, known, rules, servers, the_choice, unsure
from ledgernote.notebook.notebook import Notebook

Found = Mapping[str, list[local.Served]]
"""Servers that answer: address → models."""


@frozen(kw_only=False)
class Listed:
    """One model of the list."""

    choice: ModelChoice
    facts: Facts
    why: str
    """How it can be asked, or why it cannot."""
    usable: bool = True
    alias: str = ""
    """Its name in the settings."""
    default: bool = False
    """It answers unless told otherwise."""
    learned: bool = False
    """Its window is one that a refusal told of, or that is guessed after one."""


def listed(
    settings: Settings, project: str | None = None, *, everything: bool = False
) -> list[Listed]:
    """The default first, then what can be asked now, then what only wants a key.

    Of a provider what it goes on with, under undated names, or *everything*; of a server all that
    it says it has.
    """
    found = local.look(servers(settings))
    first = _default(settings, project, found)
    rows = {first.choice.name: first} if first else {}
    for row in _all(settings, found, everything=everything):
        same = rows.setdefault(row.choice.name, row)
        rows[row.choice.name] = replace(same, alias=same.alias or row.alias)
    from concurrent.futures import ThreadPoolExecutor  # loads slowly

    with ThreadPoolExecutor() as pool:
        told = list(pool.map(partial(_told, settings), rows.values()))
    return sorted(told, key=lambda row: not (row.usable or row.default))


def _told(settings: Settings, row: Listed) -> Listed:
    """With the window that plans go by: its server tells it, or a refusal did."""
    if not row.usable:
        return row
    model = open_model(row.choice, {})
    window, said = learned.of(settings, model).window_of(model)
    told = _LEARNED.get(said, "")
    choice = replace(row.choice, window=window)
    return replace(row, choice=choice, learned=bool(told), why=row.why + told)


_LEARNED = {
    WindowFrom.REFUSAL: "; a refusal told of its window",
    WindowFrom.GUESS: "; its window is guessed, after a refusal",
}


def usable(settings: Settings, project: str | None = None) -> list[ModelChoice]:
    """The models that can be asked now, the default first."""
    return [replace(row.choice, why=row.why) for row in listed(settings, project) if row.usable]


def typed(settings: Settings, project: str | None = None) -> list[str]:
    """What may be typed for each that can be asked now, also without its provider."""
    rows = [row for row in listed(settings, project) if row.usable]
    whole = list(dict.fromkeys(one for row in rows for one in (row.alias, row.choice.name) if one))
    exact = replace(known(settings), near=lambda _: None)
    short = {name: name.partition("/")[2] for name in whole}
    often = Counter(short.values())
    bare = [
        one
        for name, one in short.items()
        if one and "/" not in one and often[one] == 1 and _means(one, name, exact)
    ]
    return list(dict.fromkeys((*whole, *bare)))


def _means(short: str, name: str, exact: catalog.Known) -> bool:
    try:
        return catalog.choose(short, exact).name == name
    except NoSuchThing:  # then it is looked for among what can be asked now
        return True


def offered(notebook: Notebook, lately: int) -> Iterator[tuple[str, str]]:
    """Whole names, each once, and why: what can be asked now, what has answered of late."""
    found = {one.name: one.why for one in usable(notebook.settings)}
    about = replace(known(notebook.settings), near=lambda _: None)
    used = (entry.model for entry in reversed(notebook.latest(lately)) if entry.model)
    for name in dict.fromkeys(used):
        with suppress(NoSuchThing):  # a server that was called otherwise once
            found.setdefault(catalog.choose(name, about).name, "has answered before")
    yield from found.items()


def hindrance(settings: Settings, choice: ModelChoice) -> str:
    """Why a model cannot be asked, as far as is known; else empty.

    A server of one's own is tried just now, and a command for its key is run; nobody else is asked:
    whether a provider answers is not known.
    """
    try:
        keyed(choice)
    except ModelError as error:
        return str(error)
    here = [one for one in servers(settings) if one.base == choice.api_base]
    if not here or local.look(here[:1]):
        return ""
    return f"no answer at {shown(here[0].base)} just now"


def is_keyless(settings: Settings, name: str) -> bool:
    """Whether the model of that name lacks the key that it takes. Raises `NoSuchThing`."""
    try:
        demand_key(the_choice(settings, name))
    except ModelError:
        return True
    return False


def local_models(settings: Settings) -> list[str]:
    """What the servers that answer have, as it is typed after `/model`."""
    found = local.look(servers(settings))
    own = [name for name, table in settings.models.items() if _address_of(table) in found]
    served = (one for models in found.values() for one in models)
    return [*own, *(one.name for one in served if one.server.name not in settings.models)]


def _address_of(table: Mapping[str, object]) -> str:
    return str(table.get("api_base", "")).rstrip("/")


def remember(notebook: Notebook, name: str) -> None:
    """Make a model the default, here and for the next start. Raises `UsageError`."""
    write(notebook.settings.config, "model", name)
    notebook.settings = replace(notebook.settings, model=name, model_set=name)


def _default(settings: Settings, project: str | None, found: Found) -> Listed | None:
    try:
        choice = the_choice(settings, None, project)
    except NoSuchThing:  # the settings name one that there is not; the list helps to mend it
        return None
    except ModelError as error:  # then nobody answers unless named
        return _row(catalog.choose(OFFLINE, known(settings)), str(error))
    looked = _looked(settings)
    there = _answers(choice, found, looked)
    is_away = choice.api_base in looked and not there
    why = _away(choice) if is_away or choice.fault else choice.why
    return replace(_row(choice, why, usable=there), default=True)


def _away(choice: ModelChoice) -> str:
    return choice.fault[0] if choice.fault else f"no answer at {shown(choice.api_base or '')}"


def _all(settings: Settings, found: Found, *, everything: bool) -> Iterator[Listed]:
    about, looked = known(settings), _looked(settings)
    for name in settings.models:
        try:
            choice = catalog.choose(name, about)
        except NoSuchThing:  # told when it is asked for
            continue
        there = _answers(choice, found, looked)
        why = f"{shown(choice.api_base or '')} answers" if there else _away(choice)
        if not choice.api_base:
            needs = f"needs a key: ledgernote keys set {choice.provider}"
            why = "in the settings" if there else needs
        alias = name if name != choice.name else ""
        yield _row(choice, why, usable=there, alias=alias)
    for row in _of_usable(about, found, looked):
        yield row
        if row.usable:
            yield from _of_provider(row.choice.provider, about, everything=everything)
    for served in (one for models in found.values() for one in models):
        if served.server.name not in settings.models:
            choice = catalog.choose(served.name, about)
            yield _row(choice, f"{served.server.name} answers at {shown(served.server.base)}")
    yield _row(catalog.choose(OFFLINE, about), "quotes the notebook, needs no key")
    for provider in PROVIDERS:
        if PROVIDERS[provider].key_env and provider not in catalog.usable_providers(about):
            choice = catalog.choose(f"{provider}/{PROVIDERS[provider].default_model}", about)
            asked = f"{choice.kept.place} is asked for one" if choice.kept else ""
            asked = str(choice.kept.fault) if choice.kept and choice.kept.fault else asked
            why = f"needs a key: {asked or f'ledgernote keys set {provider}'}"
            yield _row(choice, why, usable=False)


def _of_usable(about: catalog.Known, found: Found, looked: Container[str]) -> Iterator[Listed]:
    """The usual model of each provider that can be asked, or should be."""
    for provider in catalog.usable_providers(about):
        choice = catalog.choose(f"{provider}/{PROVIDERS[provider].default_model}", about)
        address = choice.api_base or ""
        # What a server says of itself beats the table; it stands by itself.
        if provider == local.OLLAMA.provider or found.get(address):
            continue
        away = choice.fault or (address in looked and address not in found)
        yield _row(choice, _away(choice) if away else _key_of(choice), usable=not away)


def _of_provider(
    provider: str, about: catalog.Known, *, everything: bool = False
) -> Iterator[Listed]:
    """What the table has of it, the newest of each family first."""
    found = [names.read(one) for one in table.names_of([provider], leaving=everything)]
    shown = [one for one in found if "/ft:" not in one.full and (one.plain or everything)]
    for one in (*names.newest(shown), *shown):  # each is taken once
        choice = catalog.choose(one.full, about)
        yield _row(choice, _key_of(choice))


def _key_of(choice: ModelChoice) -> str:
    if choice.key or choice.kept is None:
        return (
            f"{choice.api_key_env} is set" if choice.key else f"at {shown(choice.api_base or '')}"
        )
    return f"the key is in {choice.kept.place}"


def _looked(settings: Settings) -> set[str]:
    """The addresses at which a server was looked for."""
    return {one.base for one in servers(settings)}


def _answers(choice: ModelChoice, found: Found, looked: Container[str]) -> bool:
    """Whether it can be asked: its server is there, or, where nobody looked, it has its key."""
    if choice.fault:
        return False
    if choice.name == OFFLINE or choice.api_base in looked:
        return choice.name == OFFLINE or choice.api_base in found
    if choice.key or (choice.kept and not choice.kept.fault):
        return True
    return not choice.api_base and choice.provider not in PROVIDERS


def _row(choice: ModelChoice, why: str, *, usable: bool = True, alias: str = "") -> Listed:
    return Listed(choice, table.facts_of(choice.listed), why, usable, alias)


def fitting(settings: Settings, name: str) -> list[str]:
    """All that a name may mean. Raises `NoSuchThing`."""
    try:
        return [the_choice(settings, name).name]
    except Ambiguous as error:
        return list(error.candidates)


# ---- why -----------------------------------------------------------------------------


@frozen(kw_only=False)
class Reason:
    """One rule by which a model may be chosen, and what it says."""

    rule: str
    model: str | None
    """The model that it names, in full; None where it names none."""
    why: str
    chosen: bool = False
    fault: ModelError | NoSuchThing | None = None
    """Why it names none, where it should."""


def last_model(notebook: Notebook, thread: str) -> str | None:
    """The model that was asked last in a thread. Raises `NoSuchThing`."""
    found, _ = notebook.thread(thread)
    last = recipes.last_model(notebook.ledger, found.id)
    return last[0] if last else None


def reasons(
    settings: Settings, project: str, *, name: str | None = None, last: str | None = None
) -> list[Reason]:
    """Every rule in its order, the one that chooses marked, also when no such model is."""
    environment, of_project, of_settings = rules(settings, project)
    unset = "not set: ledgernote config set {} NAME"
    given = [
        Reason("-m", name, "asked for by name" if name else "not given"),
        _reason(environment, "not set"),
        Reason("thread", last, "asked there last" if last else "-r THREAD: what goes on there"),
        _reason(of_project, unset.format(of_project.name)),
        _reason(of_settings, unset.format("model")),
    ]
    first = next((one for one in given if one.model), None)
    given.append(_usual(settings, project, asked=first is None))
    first = first or given[-1]
    return [_resolved(settings, one, chosen=one is first) for one in given]


def _reason(rule: Rule, unset: str) -> Reason:
    return Reason(rule.name, rule.model, rule.why if rule.model else unset)


def _usual(settings: Settings, project: str, *, asked: bool) -> Reason:
    rule = "what can be used"
    if not asked:
        return Reason(rule, None, "asked only when nothing above names one")
    try:
        choice = the_choice(settings, None, project)
    except ModelError as error:
        return Reason(rule, None, str(error), fault=error)
    return Reason(rule, choice.name, choice.why)


def _resolved(settings: Settings, one: Reason, *, chosen: bool) -> Reason:
    """With the whole name of its model, which may be a short one."""
    if one.model is None:
        return replace(one, chosen=chosen)
    try:
        choice = the_choice(settings, one.model)
    except NoSuchThing as error:
        return Reason(one.rule, None, str(error), chosen, error)
    full, told = choice.name, unsure(settings, choice)
    short = f"{one.model} is {full}, " if full != one.model else f"{full}: "
    return Reason(one.rule, full, short + one.why + f"; {told}" * bool(told), chosen)
