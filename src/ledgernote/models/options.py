"""Which options of a model another one takes that is asked in its place."""

from __future__ import annotations

from collections.abc import Mapping

from ledgernote.models.choice import ModelChoice
from ledgernote.models.direct import is_direct
from ledgernote.models.providers import OFFLINE
from ledgernote.models.served import takes


def taken(choice: ModelChoice, options: Mapping[str, object], first: str) -> dict[str, object]:
    """Those of *options*, which were given for the model *first*, that *choice* takes.

    What has a name of its own at one provider goes to no other. A server of the user's own is
    sent all the rest, as it would be if they were given for it. Imports litellm where that asks.
    """
    if choice.name == OFFLINE or not options:
        return {}
    alike = choice.provider == first.partition("/")[0]
    return {
        name: value
        for name, value in options.items()
        if (alike or name in _COMMON) and (is_direct(choice) or takes(choice, name, value))
    }


_NAMES = """frequency_penalty logit_bias logprobs max_completion_tokens max_tokens n user
    presence_penalty reasoning_effort response_format seed stop temperature top_logprobs top_p"""
_COMMON = frozenset(_NAMES.split())
"""Options that OpenAI's protocol has, and litellm puts into the words of others."""
