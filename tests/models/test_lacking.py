"""What is missing before a provider without a row of ours is asked."""

from __future__ import annotations

import os

import canary
import pytest
from scripted import Refuse, ScriptedServer

from ledgernote.domain.errors import ModelBusy, ModelError
from ledgernote.domain.turns import Context, Message, Piece
from ledgernote.models.catalog import Known, ModelSettings, choose
from ledgernote.models.choose import open_model
from ledgernote.models.failures import explain

CONTEXT = Context(
    model="x",
    budget=16_000,
    tokens=3,
    messages=(Message(role="user", content="Why?"),),
    receipt=(),
    left_out=(),
    left_out_count=0,
)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.endswith("_API_KEY") or one.startswith("AWS_")]:
        monkeypatch.delenv(name)


def told(name: str, key: str | None = None, **options: object) -> ModelError:
    known = Known(settings={name: ModelSettings(key=key)} if key else {})
    with pytest.raises(ModelError) as caught:
        list(open_model(choose(name, known), options).stream(CONTEXT))
    return caught.value


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("perplexity/sonar", "PERPLEXITY_API_KEY"),
        ("azure/gpt-4o", "AZURE_OPENAI_API_KEY"),
        ("cerebras/llama", "CEREBRAS_API_KEY"),
        ("nvidia_nim/x", "NVIDIA_NIM_API_KEY"),
        ("deepinfra/x", "DEEPINFRA_API_KEY"),
        ("fireworks_ai/x", "FIREWORKS_AI_API_KEY"),
        ("ai21/jamba-large-1.7", "AI21_API_KEY"),
    ],
)
def test_any_provider_without_its_key_is_told_of_with_the_remedy_and_asked_once(
    name: str, variable: str
) -> None:
    provider = name.partition("/")[0]

    error = told(name)

    assert str(error) == f"{provider} needs a key"
    assert error.hint == f"ledgernote keys set {provider}, or export {variable}=…"
    assert not isinstance(error, ModelBusy)


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("cohere/command-a-03-2025", "COHERE_API_KEY"),
        ("huggingface/meta/llama", "HF_TOKEN"),
        ("minimax/MiniMax-M2.1", "MINIMAX_API_KEY"),
        ("nlp_cloud/chatdolphin", "NLP_CLOUD_API_KEY"),
        ("replicate/meta/llama-2-13b", "REPLICATE_API_KEY"),
    ],
)
def test_who_would_be_asked_without_a_key_is_not_sent_anything(
    name: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # nobody is reached: would be told
    provider = name.partition("/")[0]

    error = told(name)

    assert str(error) == f"{provider} needs a key"
    assert error.hint == f"ledgernote keys set {provider}, or export {variable}=…"


def test_an_address_of_ones_own_may_want_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("COHERE_API_BASE", server.base)

        error = told("cohere/command-a-03-2025")

    assert "needs a key" not in str(error)
    assert server.paths


@pytest.mark.parametrize("name", ["hosted_vllm/x", "xinference/x", "ai21/jamba-unheard-of"])
@pytest.mark.parametrize("key", [None, canary.ANTHROPIC])
def test_whose_address_nobody_knows_is_not_asked_at_openais(
    name: str, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.base)
        monkeypatch.setenv("OPENAI_BASE_URL", server.base)
        model = open_model(choose(name, Known(settings={name: ModelSettings(key=key)})), {})
        with pytest.raises(ModelError) as caught:
            list(model.stream(CONTEXT))

    assert str(caught.value) == f"{name} needs an address"
    assert caught.value.hint == f"ledgernote config set models.{name}.api_base http://HOST:PORT/v1"
    assert server.paths == []


@pytest.mark.parametrize(
    ("provider", "variable"), [("snowflake", "SNOWFLAKE_JWT"), ("cloudflare", "CLOUDFLARE_API_KEY")]
)
def test_what_only_litellm_knows_of_a_missing_key_has_a_remedy_too(
    provider: str, variable: str
) -> None:
    error = told(f"{provider}/x")

    assert str(error) == f"{provider} needs a key"
    assert error.hint == f"ledgernote keys set {provider}, or export {variable}=…"
    assert not isinstance(error, ModelBusy)


def test_a_setting_that_is_missing_beside_the_key_is_told_without_blaming_a_key() -> None:
    error = told("watsonx/ibm/granite-3-8b-instruct")

    assert str(error).startswith("watsonx needs more settings: ")
    assert "project_id and space_id not set" in str(error)
    assert "WX_PROJECT_ID" in error.hint
    assert "providers" in error.hint


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("azure/gpt-4o", "AZURE_API_BASE, AZURE_API_VERSION"),
        ("cloudflare/x", "CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_BASE"),
        ("heroku/x", "HEROKU_API_BASE"),
        ("predibase/x", "PREDIBASE_TENANT_ID"),
        ("watsonx/ibm/granite", "WX_PROJECT_ID, WX_SPACE_ID"),
    ],
)
def test_what_is_refused_before_anything_is_sent_names_the_settings_that_are_missing(
    name: str, missing: str
) -> None:
    error = told(name, key=canary.OPENAI)

    assert str(error).startswith(f"{name.partition('/')[0]} needs more settings: ")
    assert error.hint.startswith(f"Set what it takes of {missing} in the environment; ")
    assert not isinstance(error, ModelBusy)


@pytest.mark.parametrize("name", ["sagemaker/x", "bedrock/anthropic.claude-3-haiku-20240307-v1:0"])
def test_who_wants_a_signature_in_place_of_a_key_names_its_variables(name: str) -> None:
    error = told(name)

    assert " needs more settings: " in str(error)
    assert str(error).endswith("Unable to locate credentials")
    assert "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY in the environment" in error.hint
    assert "keys set" not in error.hint


def test_who_reports_no_usage_is_asked_without_a_word_of_it() -> None:
    error = told("oci/meta.llama-3")

    assert str(error).startswith("oci needs more settings: ")
    assert "OCI_USER" in error.hint


@pytest.mark.parametrize(
    ("name", "options", "fault"),
    [
        ("anthropic/claude-opus-4-5", {"reasoning_effort": "VERY_HIGH"}, "Must be one of"),
        ("gemini/gemini-2.5-pro", {"reasoning_effort": "VERY_HIGH"}, "Must be one of"),
        ("deepinfra/x", {"tool_choice": "MUST_DO"}, "tool_choice=MUST_DO"),
    ],
)
def test_what_an_option_may_not_be_is_told_of_as_that_and_not_as_a_variable(
    name: str, options: dict[str, object], fault: str
) -> None:
    error = told(name, key=canary.OPENAI, **options)

    assert str(error).startswith(f"{name.partition('/')[0]} did not take the question: ")
    assert fault in str(error)
    assert "environment" not in error.hint


@pytest.mark.parametrize("name", ["triton/x", "oobabooga/x"])
def test_who_needs_an_address_is_told_of_as_any_other_whose_address_nobody_knows(name: str) -> None:
    error = told(name, key=canary.OPENAI)

    assert str(error) == f"{name} needs an address"
    assert error.hint == f"ledgernote config set models.{name}.api_base http://HOST:PORT/v1"


def test_a_server_whose_variable_litellm_names_is_found_there_with_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ScriptedServer() as server:
        for name in ("xinference", "openai_like", "hosted_vllm"):
            monkeypatch.setenv(f"{name.upper()}_API_BASE", server.base)
            monkeypatch.setenv(f"{name.upper()}_API_KEY", canary.OPENAI)
            model = open_model(choose(f"{name}/x", Known(environ=os.environ)), {})
            assert isinstance(next(iter(model.stream(CONTEXT))), Piece)

    assert {one["authorization"] for one in server.headers} == {f"Bearer {canary.OPENAI}"}
    assert len(server.headers) == 3


def test_a_variable_that_is_set_is_not_asked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_API_VERSION", "2026-01-01")

    error = told("azure/gpt-4o", key=canary.OPENAI)

    assert "what it takes of AZURE_API_BASE in the environment" in error.hint


@pytest.mark.parametrize("status", [500, 400])
def test_a_server_that_says_a_setting_is_required_has_refused_the_question(status: int) -> None:
    with ScriptedServer(Refuse(status, "api_base is required")) as server:
        there = {"xinference/x": ModelSettings(api_base=server.base)}
        with pytest.raises(ModelError) as caught:
            list(open_model(choose("xinference/x", Known(settings=there)), {}).stream(CONTEXT))

    assert "needs more settings" not in str(caught.value)
    assert isinstance(caught.value, ModelBusy) == (status == 500)


@pytest.mark.parametrize("provider", ["custom_openai", "openai_like"])
def test_a_server_of_ones_own_that_litellm_has_no_name_for_gets_nobodys_key(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", canary.OPENAI)
        monkeypatch.setenv("OPENAI_API_BASE", server.base)
        homeless = told(f"{provider}/foo")
        there = {f"{provider}/foo": ModelSettings(api_base=server.base)}

        said = list(
            open_model(choose(f"{provider}/foo", Known(settings=there)), {}).stream(CONTEXT)
        )

    assert str(homeless) == f"{provider}/foo needs an address"
    assert isinstance(said[0], Piece)
    assert [one["model"] for one in server.requests] == ["foo"]
    assert "authorization" not in server.headers[0]


def test_openais_key_in_the_environment_is_shown_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", canary.OPENAI)
        monkeypatch.setenv("DEEPINFRA_API_BASE", server.base)

        error = told("deepinfra/x")

        assert str(error) == "deepinfra needs a key"
        assert server.paths == []


@pytest.mark.parametrize("name", ["xinference/x", "ai21/y", "deepinfra/x"])
def test_openais_key_does_not_go_along_to_an_address_of_ones_own(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", canary.OPENAI)
        there = {name: ModelSettings(api_base=server.base)}

        list(open_model(choose(name, Known(settings=there)), {}).stream(CONTEXT))

    assert server.headers[0].get("authorization") in (None, "Bearer none")


def test_a_key_of_its_own_in_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("DEEPINFRA_API_KEY", canary.OPENAI)
        monkeypatch.setenv("DEEPINFRA_API_BASE", server.base)

        said = list(open_model(choose("deepinfra/x", Known()), {}).stream(CONTEXT))

        assert isinstance(said[0], Piece)
        assert said[0].text.startswith("answer")


def test_a_traceback_within_what_is_said_is_left_out() -> None:
    choice = choose("snowflake/x", Known())
    fault = ValueError('It broke\nTraceback (most recent call last):\n  File "main.py", line 1')

    error = explain(fault, choice, begun=False, seconds=1.0)

    assert str(error).endswith(": It broke")


def test_what_litellm_warns_of_does_not_stand_on_stderr(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("HUGGINGFACE_API_BASE", server.base)
        monkeypatch.setenv("HF_TOKEN", canary.OPENAI)

        with pytest.raises(ModelError):
            list(open_model(choose("huggingface/x/y", Known()), {}).stream(CONTEXT))

    assert capfd.readouterr() == ("", "")
