"""Which options of a model another one takes that is asked in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledgernote.models import remote
from ledgernote.models.choice import ModelChoice
from ledgernote.models.direct import is_direct
from ledgernote.models.providers import OFFLINE
from ledgernote.models.served import WIRE_PROVIDERS


def taken(choice: ModelChoice, options: Mapping[str, object], first: str) -> dict[str, object]:
    """Those of *options*, which were given for the model *first*, that *choice* takes.

    What has a name of its own at one provider goes to no other. A server of the user's own is
    sent all the rest, as it would be if they were given for it. Imports litellm where that asks.
    """
    if choice.name == OFFLINE or not options:
        return {}
    litellm = None if is_direct(choice) else remote.library()
    alike = choice.provider == first.partition("/")[0]
    return {
        name: value
        for name, value in options.items()
        if (alike or name in _COMMON) and (litellm is None or _takes(choice, litellm, name, value))
    }


def _takes(choice: ModelChoice, litellm: Any, name: str, value: object) -> bool:
    provider = WIRE_PROVIDERS.get(choice.provider, choice.provider)
    try:
        litellm.utils.get_optional_params(
            model=choice.model, custom_llm_provider=provider, drop_params=False, **{name: value}
        )
    except Exception:  # noqa: BLE001  it raises anything for what it would not send
        return False
    return True


_NAMES = """frequency_penalty logit_bias logprobs max_completion_tokens max_tokens n user
    presence_penalty reasoning_effort response_format seed stop temperature top_logprobs top_p"""
_COMMON = frozenset(_NAMES.split())
"""Options that OpenAI's protocol has, and litellm puts into the words of others."""
