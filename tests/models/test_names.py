"""Short names of models."""

from __future__ import annotations

import pytest

from ledgernote.models import names, table

POOL = [
    "openai/gpt-5.4",
    "openai/gpt-5.6",
    "openai/gpt-5.6-2026-07-01",
    "openai/gpt-5.4-mini",
    "openai/gpt-5-mini",
    "openai/o3-pro",
    "openai/gpt-5.5-pro",
    "anthropic/claude-sonnet-4-6",
    "anthropic/claude-sonnet-5-5",
    "anthropic/claude-sonnet-5",
    "anthropic/claude-opus-4-5-20251101",
    "anthropic/claude-opus-4-5",
    "gemini/gemini-3.8-flash",
    "gemini/gemini-flash-latest",
    "gemini/gemini-flash-lite-latest",
    "xai/grok-4.20",
    "xai/grok-4.7",
    "openrouter/anthropic/claude-sonnet-4.5",
    "house/llama",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sonnet", "anthropic/claude-sonnet-5-5"),
        ("Sonnet", "anthropic/claude-sonnet-5-5"),
        ("sonnet-4", "anthropic/claude-sonnet-4-6"),
        ("claude sonnet", "anthropic/claude-sonnet-5-5"),
        ("opus", "anthropic/claude-opus-4-5"),
        ("gpt", "openai/gpt-5.6"),
        ("gpt5mini", "openai/gpt-5-mini"),
        ("sonnet5", "anthropic/claude-sonnet-5-5"),
        ("mini", "openai/gpt-5.4-mini"),
        ("flash", "gemini/gemini-flash-latest"),
        ("flash-lite", "gemini/gemini-flash-lite-latest"),
        ("grok", "xai/grok-4.7"),
        ("llama", "house/llama"),
    ],
)
def test_a_part_of_a_name_means_the_newest_of_the_smallest_family(typed: str, meant: str) -> None:
    assert names.meant(typed, POOL) == [meant]


def test_what_fits_several_families_is_left_to_the_person() -> None:
    assert names.meant("pro", POOL) == ["openai/o3-pro", "openai/gpt-5.5-pro"]
    assert names.meant("claude", POOL) == [
        "anthropic/claude-sonnet-5-5",
        "anthropic/claude-opus-4-5",
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("son", ["anthropic/claude-sonnet-5-5"]),
        ("claude-opu", ["anthropic/claude-opus-4-5"]),
        ("hous", ["house/llama"]),
        ("cla", ["anthropic/claude-sonnet-5-5", "anthropic/claude-opus-4-5"]),
        ("gp", []),
        ("gpt-2", []),
        ("onnet", []),
    ],
)
def test_first_letters_stand_for_a_word_where_that_is_let(typed: str, meant: list[str]) -> None:
    assert names.meant(typed, POOL, names.begun) == meant
    assert names.meant(typed, POOL) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("onnet", ["anthropic/claude-sonnet-5-5"]),
        ("claude-opu", ["anthropic/claude-opus-4-5"]),
        ("net", []),
        ("llama", ["house/llama", "ollama/codellama:7b"]),
    ],
)
def test_a_part_of_a_word_stands_for_it_where_that_is_let(typed: str, meant: list[str]) -> None:
    assert names.meant(typed, [*POOL, "ollama/codellama:7b"], names.inside) == meant


@pytest.mark.parametrize("typed", ["", "-", "son", "sonett", "ß", "gpt-9"])
def test_what_fits_nothing_means_nothing(typed: str) -> None:
    assert names.meant(typed, POOL) == []


def test_of_two_equal_names_the_first_in_the_order_of_preference_counts() -> None:
    both = ["groq/llama-4-70b", "together_ai/llama-4-70b"]

    assert names.meant("llama", both) == both[:1]
    assert names.meant("llama", both[::-1]) == both[1:]


EVERYWHERE = [
    "ollama/llama2:13b",
    "ollama/llama3.1",
    "perplexity/codellama-34b-instruct",
    "cerebras/llama-3.3-70b",
    "cerebras/llama3.1-8b",
    "deepinfra/meta-llama/Llama-4-Maverick",
]


def test_all_that_is_meant_is_named_by_whole_words_each_family_once_at_each_provider() -> None:
    assert names.all_meant("llama", EVERYWHERE) == [
        "ollama/llama3.1",
        "cerebras/llama-3.3-70b",
        "deepinfra/meta-llama/Llama-4-Maverick",
    ]
    assert names.all_meant("llama 3.1", EVERYWHERE) == ["ollama/llama3.1", "cerebras/llama3.1-8b"]
    assert names.all_meant("LLAMA3.1", EVERYWHERE) == ["ollama/llama3.1"]


def test_the_real_table_has_one_newest_model_of_the_usual_families() -> None:
    pool = list(table.names_of(["openai", "anthropic", "gemini", "xai"]))

    found = {typed: names.meant(typed, pool) for typed in ("sonnet", "opus", "haiku", "gpt")}

    assert {typed: len(meant) for typed, meant in found.items()} == dict.fromkeys(found, 1)
