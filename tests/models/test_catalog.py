"""Which model a name means."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from ledgernote.domain.errors import ModelError, NoSuchThing
from ledgernote.models import catalog, remote, table
from ledgernote.models.catalog import DEFAULT_WINDOW, ModelSettings
from ledgernote.models.choice import ModelChoice, demand_key
from ledgernote.models.providers import PROVIDERS


def choose(
    name: str | None = None,
    *,
    default: str | None = None,
    settings: Mapping[str, ModelSettings] = MappingProxyType({}),
    environ: Mapping[str, str] = MappingProxyType({}),
) -> ModelChoice:
    known = catalog.Known(settings=settings, environ=environ)
    return catalog.choose(name, known, default=default)


def test_without_a_name_a_key_or_a_setting_the_offline_model_answers() -> None:
    choice = choose()

    assert (choice.name, choice.local) == ("offline", True)
    assert "no key" in choice.why


def test_a_name_beats_the_default_and_the_default_beats_the_environment() -> None:
    key = {"OPENAI_API_KEY": "k"}

    assert choose("offline", default="anthropic/claude-sonnet-5", environ=key).name == "offline"
    assert choose(default="anthropic/claude-sonnet-5", environ=key).provider == "anthropic"
    assert choose(environ=key).provider == "openai"


@pytest.mark.parametrize("provider", [name for name, one in PROVIDERS.items() if one.key_env])
def test_a_key_in_the_environment_chooses_its_provider(provider: str) -> None:
    variable = PROVIDERS[provider].key_env[0]

    choice = choose(environ={variable: " secret\n"})

    assert (choice.provider, choice.key, choice.api_key_env) == (provider, "secret", variable)
    assert choice.why == f"{variable} is set"


# Gateways: the table does not list what they pass on.
@pytest.mark.parametrize("provider", sorted(PROVIDERS.keys() - {"openrouter", "ollama"}))
def test_the_usual_model_of_each_provider_is_known_and_not_on_its_way_out(provider: str) -> None:
    info = table.row_of(f"{provider}/{PROVIDERS[provider].default_model}")

    assert info["mode"] == "chat"
    assert "deprecation_date" not in info


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("http://box:1234/", "http://box:1234"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("box:99", "http://box:99"),
        ("[::1]", "http://[::1]:11434"),
        ("::1", "http://[::1]:11434"),
        ("::", "http://[::1]:11434"),
        ("fe80::1/", "http://[fe80::1]:11434"),
        (":99", "http://127.0.0.1:99"),
        ("https://box", "https://box:443"),
        ("http://box", "http://box:80"),
    ],
)
def test_ollama_is_chosen_when_its_host_is_configured(host: str, address: str) -> None:
    choice = choose(environ={"OLLAMA_HOST": host})

    assert (choice.provider, choice.api_base, choice.key) == ("ollama", address, None)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:port",
        "127.0.0.1:99999",
        "127.0.0.1:0x50",
        "http://HOST:PORT:",
        "http://[::1",
        "http://::1",
        "ftp://box",
        "my box",
    ],
)
def test_an_ollama_host_that_is_no_address_is_told_when_it_is_asked(host: str) -> None:
    choice = choose("ollama/llama3.2", environ={"OLLAMA_HOST": host})

    with pytest.raises(ModelError, match=r"^OLLAMA_HOST is no address: ") as told:
        demand_key(choice)

    assert told.value.hint == "export OLLAMA_HOST=http://HOST:PORT"


def test_an_ollama_without_an_address_is_the_one_on_this_machine() -> None:
    choice = choose("ollama/llama3.2")

    assert choice.api_base == "http://127.0.0.1:11434"


@pytest.mark.parametrize("base", ["http://", "http:///v1", "http://box:x/v1", "gopher://box"])
def test_an_address_of_the_settings_that_is_none_names_its_setting(base: str) -> None:
    choice = choose("house/a", settings={"house/a": ModelSettings(api_base=base)})

    with pytest.raises(ModelError, match=r"^models\.house/a\.api_base is no address: ") as told:
        demand_key(choice)

    assert told.value.hint == ("ledgernote config set models.house/a.api_base http://HOST:PORT/v1")


def test_an_address_of_the_environment_names_its_variable() -> None:
    choice = choose("openai/any", environ={"OPENAI_API_BASE": "127.0.0.1:1"})

    with pytest.raises(ModelError, match=r"^OPENAI_API_BASE lacks its http://: 127") as told:
        demand_key(choice)

    assert told.value.hint == "export OPENAI_API_BASE=http://127.0.0.1:1"


@pytest.mark.parametrize("variable", ["OPENAI_API_BASE", "ANTHROPIC_BASE_URL"])
def test_an_address_without_a_key_chooses_its_provider(variable: str) -> None:
    choice = choose(environ={variable: "http://box/v1"})

    assert (choice.api_base, choice.key) == ("http://box/v1", None)
    assert choice.why == f"{variable} is set"


@pytest.mark.parametrize(
    ("typed", "name", "window"),
    [
        ("gpt-4o", "openai/gpt-4o", 128_000),
        ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5", 200_000),
        ("gemini-2.5-flash", "gemini/gemini-2.5-flash", 1_048_576),
        ("deepseek-reasoner", "deepseek/deepseek-reasoner", 131_072),
        ("groq/openai/gpt-oss-120b", "groq/openai/gpt-oss-120b", 131_072),
    ],
)
def test_a_known_model_needs_no_provider_in_its_name(typed: str, name: str, window: int) -> None:
    choice = choose(typed)

    assert (choice.name, choice.window) == (name, window)
    assert choice.model == name.partition("/")[2]


@pytest.mark.parametrize("typed", ["gpt-5", "GPT-5", "OpenAI/gpt-5"])
def test_a_name_means_the_same_model_however_it_is_written(typed: str) -> None:
    assert choose(typed).name == "openai/gpt-5"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("OpenAI/My-Own-Model", "openai/My-Own-Model"),
        ("Openrouter/Meta-Llama/Llama-3", "openrouter/Meta-Llama/Llama-3"),
        ("openai/GPT-5", "openai/gpt-5"),
        ("OFFLINE", "offline"),
    ],
)
def test_a_provider_in_any_case_is_that_one_and_its_model_stays_as_typed(
    typed: str, name: str
) -> None:
    assert choose(typed).name == name


def test_every_provider_of_litellms_is_taken_as_it_is() -> None:
    everyone = {str(one.value) for one in remote.library().provider_list}

    taken = {choose(f"{one}/gpt-4o").name for one in everyone}

    assert taken == {f"{one}/gpt-4o" for one in everyone}


def test_a_name_with_an_address_is_ones_own_though_litellm_knows_such_a_provider() -> None:
    home = ModelSettings(api_base="http://127.0.0.1:9/v1")

    choice = choose("custom/llama", settings={"custom/llama": home})

    assert (choice.listed, choice.model) == ("openai/custom/llama", "custom/llama")


@pytest.mark.parametrize("typed", ["mybox", "MyBox", "Openai/Own", "OPENAI/own", "desk", "Desk"])
def test_a_name_of_the_settings_leads_to_its_server_however_it_is_written(typed: str) -> None:
    home = ModelSettings(api_base="http://127.0.0.1:9/v1", local=True)
    desk = ModelSettings(model="openai/own", window=9_000)

    choice = choose(
        typed,
        settings={"mybox": home, "openai/own": home, "Desk": desk},
        environ={"OPENAI_API_KEY": "sk-x"},
    )

    assert (choice.api_base, choice.local) == (home.api_base, True)
    assert choice.window == (9_000 if typed.casefold() == "desk" else DEFAULT_WINDOW)


def test_another_name_with_an_address_of_its_own_is_not_local_because_its_model_is() -> None:
    home = ModelSettings(api_base="http://127.0.0.1:9/v1", local=True)
    away = ModelSettings(model="openai/own", api_base="http://far.example/v1")

    choice = choose("away", settings={"openai/own": home, "away": away})

    assert (choice.api_base, choice.local) == ("http://far.example/v1", False)


def test_no_model_is_offered_that_only_guards_others() -> None:
    offered = list(table.names_of(PROVIDERS, leaving=True))

    assert offered
    assert not [name for name in offered if "guard" in name]


def test_an_unknown_model_of_a_known_provider_is_taken_with_the_default_window() -> None:
    choice = choose("openai/whatever-7")

    assert (choice.name, choice.window, choice.local) == (
        "openai/whatever-7",
        DEFAULT_WINDOW,
        False,
    )


@pytest.mark.parametrize("name", ["gpt-4oo", "sonnet", "nobody/knows", "/", "gpt-4o/", "ß"])
def test_an_unknown_name_is_named_with_its_neighbours(name: str) -> None:
    with pytest.raises(NoSuchThing, match="no model is called") as caught:
        choose(name)

    assert caught.value.exit_code == 4
    assert "ledgernote models" in caught.value.hint


def test_the_hint_names_what_was_probably_meant() -> None:
    with pytest.raises(NoSuchThing) as typo:
        choose("claude-sonet-4-5")
    with pytest.raises(NoSuchThing) as short:
        choose("sonnet")

    assert "anthropic/claude-sonnet-4-5" in typo.value.hint
    assert "anthropic/claude-sonnet-" in short.value.hint


def test_settings_give_a_name_a_model_an_address_and_a_window() -> None:
    mine = ModelSettings(api_base="http://localhost:8080/v1/", local=True, window=8_000)
    settings = {"mine": mine, "sonnet": ModelSettings(model="anthropic/claude-sonnet-5", key="k2")}

    choice = choose("mine", settings=settings)
    nick = choose("sonnet", settings=settings, environ={"ANTHROPIC_API_KEY": "k1"})

    assert (choice.name, choice.api_base) == ("mine", "http://localhost:8080/v1")
    assert (choice.local, choice.window) == (True, 8_000)
    assert (nick.name, nick.key, nick.local) == ("anthropic/claude-sonnet-5", "k2", False)


@pytest.mark.parametrize("typed", ["house/b", "House/B", "quick", "openai/house/b"])
def test_a_server_of_the_settings_has_the_name_that_the_settings_give_it(typed: str) -> None:
    home = ModelSettings(api_base="http://127.0.0.1:9/v1")
    settings = {"house/b": home, "house/b-2": home, "quick": ModelSettings(model="house/b")}

    choice = choose(typed, settings=settings, environ={"OPENAI_API_KEY": "k"})

    assert (choice.name, choice.model, choice.api_base) == ("house/b", "house/b", home.api_base)
    assert choice.key is None


@pytest.mark.parametrize("typed", ["openai/gpt-4o", "openai/mine"])
def test_a_whole_name_that_another_has_is_no_server_of_the_settings(typed: str) -> None:
    home = ModelSettings(api_base="http://127.0.0.1:9/v1")
    environ = {"OPENAI_API_BASE": "http://box/v1"}

    choice = choose(typed, settings={"gpt-4o": home, "mine": home}, environ=environ)

    assert (choice.name, choice.api_base) == (typed, "http://box/v1")


def test_settings_of_the_full_name_hold_for_the_bare_one() -> None:
    settings = {"openai/gpt-4o": ModelSettings(window=9_000)}

    assert choose("gpt-4o", settings=settings).window == 9_000


def test_a_model_that_is_asked_at_its_vendors_is_not_local_whatever_is_said() -> None:
    settings = {"quick": ModelSettings(model="gpt-4o", local=True)}

    assert not choose("quick", settings=settings).local


def test_a_loopback_address_alone_makes_no_model_local() -> None:
    assert not choose("gpt-4o", environ={"OPENAI_API_BASE": "http://127.0.0.1:1/v1"}).local
    assert not choose(environ={"OLLAMA_HOST": "127.0.0.1"}).local


def test_an_address_in_the_environment_is_that_of_its_provider_alone() -> None:
    environ = {"OPENAI_API_BASE": "http://a/v1", "ANTHROPIC_API_BASE": "http://b"}

    assert choose("gpt-4o", environ=environ).api_base == "http://a/v1"
    assert choose("claude-sonnet-4-5", environ=environ).api_base == "http://b"
    assert choose("groq/openai/gpt-oss-120b", environ=environ).api_base is None


def test_a_missing_key_is_told_only_when_it_is_needed() -> None:
    choice = choose("gpt-4o")

    with pytest.raises(ModelError, match="OPENAI_API_KEY is not set") as caught:
        demand_key(choice)

    assert caught.value.exit_code == 6
    assert "export OPENAI_API_KEY=…" in caught.value.hint
    demand_key(choose("gpt-4o", environ={"OPENAI_API_BASE": "http://127.0.0.1:1/v1"}))
    demand_key(choose("offline"))
    demand_key(choose("ollama/llama3.2"))


def test_the_repr_of_a_choice_shows_no_key() -> None:
    choice = choose("gpt-4o", environ={"OPENAI_API_KEY": "sk-canary"})

    assert "sk-canary" not in repr(choice) + repr(ModelSettings(key="sk-canary"))


def test_choosing_loads_nothing_heavy() -> None:
    code = (
        "import sys; from ledgernote.models import choose, catalog;"
        "chosen = catalog.choose(None, catalog.Known());"
        "model = choose.open_model(chosen, {});"
        "catalog.choose('gpt-4o', catalog.Known());"
        "heavy = {'litellm', 'tiktoken', 'httpx', 'openai', 'pydantic', 'asyncio', 'numpy'};"
        "print(model.name, heavy & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "offline set()\n"


@pytest.mark.parametrize(
    "setting",
    [ModelSettings(api_base=""), ModelSettings(model="mine"), ModelSettings(model="other")],
    ids=str,
)
def test_a_name_of_the_settings_that_leads_nowhere_is_not_told_to_be_itself(
    setting: ModelSettings,
) -> None:
    settings = {"mine": setting, "other": ModelSettings(model="mine")}

    with pytest.raises(NoSuchThing, match="the settings have 'mine' without an address") as found:
        catalog.choose("mine", catalog.Known(settings=settings))

    assert found.value.hint == "ledgernote config set models.mine.api_base http://HOST:PORT/v1"
