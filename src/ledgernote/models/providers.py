"""Who serves models, and where their keys and addresses stand in the environment."""

from __future__ import annotations

from collections.abc import Mapping

from ledgernote.domain.frozen import frozen

OFFLINE = "offline"
OPENAI = "openai"
"""Whose protocol a server of the user's own speaks."""

PLAIN = frozenset(
    {
        "custom_openai",
        "hosted_vllm",
        "llamafile",
        "lm_studio",
        "openai",
        "openai_like",
        "xinference",
    }
)
"""Providers whose models are asked in OpenAI's words, and nothing is rewritten.

All but one serve at an address of the user's own.
"""


@frozen
class Provider:
    """Who serves models, and where its key and address stand in the environment."""

    key_env: tuple[str, ...]
    """The first that is set counts; none for a provider that needs no key."""
    base_env: tuple[str, ...] = ()
    lists: str = "/models"
    """The path, below an address of `base_env`, that lists its models."""
    default_model: str
    """What is meant when only the key is set."""


# In the order in which a key in the environment chooses the model.
PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider(
        key_env=("OPENAI_API_KEY",),
        base_env=("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        default_model="gpt-5.4",
    ),
    "anthropic": Provider(
        key_env=("ANTHROPIC_API_KEY",),
        base_env=("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
        lists="/v1/models",
        default_model="claude-sonnet-5",
    ),
    "gemini": Provider(
        key_env=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        base_env=("GEMINI_API_BASE",),
        default_model="gemini-flash-latest",
    ),
    "mistral": Provider(
        key_env=("MISTRAL_API_KEY",),
        base_env=("MISTRAL_API_BASE",),
        default_model="mistral-medium-latest",
    ),
    "groq": Provider(
        key_env=("GROQ_API_KEY",),
        base_env=("GROQ_API_BASE",),
        default_model="openai/gpt-oss-120b",
    ),
    "deepseek": Provider(
        key_env=("DEEPSEEK_API_KEY",),
        base_env=("DEEPSEEK_API_BASE",),
        default_model="deepseek-v4-flash",
    ),
    "xai": Provider(
        key_env=("XAI_API_KEY",),
        base_env=("XAI_API_BASE",),
        default_model="grok-4.3-latest",
    ),
    "openrouter": Provider(
        key_env=("OPENROUTER_API_KEY",),
        base_env=("OPENROUTER_API_BASE",),
        default_model="openrouter/auto",
    ),
    # No key: chosen when its address is configured.
    "ollama": Provider(
        key_env=(), base_env=("OLLAMA_API_BASE", "OLLAMA_HOST"), default_model="llama3.2"
    ),
}
