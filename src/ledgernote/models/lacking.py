"""What is missing before anybody is asked: a key, a setting, a library that litellm wants.

Of providers that have no row in our own table only litellm knows what they take.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ledgernote.domain.errors import ModelError
from ledgernote.models import moved
from ledgernote.models.choice import ModelChoice
from ledgernote.models.providers import PLAIN, PROVIDERS
from ledgernote.models.raised import behind, is_asked, missing, words

_KEY = re.compile(
    r"(?i)missing (?:\w+ )*credentials"
    r"|missing (?:\w+ )*key|no key is set|\w*_(?:API_)?(?:KEY|TOKEN)\b.*not set"
)
_SETTING = re.compile(
    r"(?i)\bnot set\b|\bno\b.*\bwas set\b|\bis required\b|\bmissing\b"
    r"|\bmust (?:provide|be (?:set|provided))\b"
    r"|\bcredentials\b.*\bnot found\b|\bno credentials\b|\bunable to locate credentials\b"
)
_VARIABLE = re.compile(r"\b(?!OPENAI_)[A-Z][A-Z0-9_]*_API_KEY\b")
_NAMED = re.compile(r"\b(?!\w*OPENAI_)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_ADDRESS = re.compile(r"(?i)\bapi[ _]base\b")
_PAGES = "docs.litellm.ai/docs/providers"

_VARIABLES: Mapping[str, str] = {
    "cloudflare": "CLOUDFLARE_API_KEY",
    "lambda_ai": "LAMBDA_API_KEY",
    "meta_llama": "LLAMA_API_KEY",
    "scx-ai": "SCX_API_KEY",
    "snowflake": "SNOWFLAKE_JWT",
    "tensormesh": "TENSORMESH_INFERENCE_API_KEY",
}
"""Of those whose variable is not called after them, or of which only their refusal tells."""

_DISTRIBUTIONS: Mapping[str, str] = {
    "boto3": "boto3",
    "botocore": "boto3",
    "databricks": "databricks-sdk",
    "google": "google-cloud-aiplatform",
    "mcp": "mcp",
}
"""What is imported → what is installed."""


_UNASKED: Mapping[str, tuple[str, ...]] = {
    "cohere": ("COHERE_API_KEY", "CO_API_KEY", "COHERE_API_BASE"),
    "huggingface": ("HF_TOKEN", "HUGGINGFACE_API_KEY", "HF_API_BASE", "HUGGINGFACE_API_BASE"),
    "minimax": ("MINIMAX_API_KEY", "MINIMAX_API_BASE"),
    "nlp_cloud": ("NLP_CLOUD_API_KEY", "NLP_CLOUD_API_BASE"),
    "replicate": ("REPLICATE_API_KEY", "REPLICATE_API_TOKEN", "REPLICATE_API_BASE"),
}
"""Those that litellm asks without any key: what it reads of the environment, the usual one first.

A server at an address of the user's own may want none.
"""


def demand(choice: ModelChoice, litellm: Any) -> None:
    """Raises `ModelError` where litellm has no key for a provider, or no address of it.

    Else OpenAI's library takes OpenAI's own, of either, and shows somebody's question or key to
    somebody else.
    """
    if choice.api_base or choice.provider in PROVIDERS:
        return
    key: object = choice.key or choice.provider not in _UNASKED
    key = key or any(map(os.environ.get, _UNASKED[choice.provider]))
    if choice.provider in PLAIN or choice.provider in litellm.openai_compatible_providers:
        known, address = _known(choice, litellm)
        if not address:
            raise _homeless(choice)
        key = choice.key or known
    if not key:
        raise _unkeyed(choice, "")


def is_bare(choice: ModelChoice, litellm: Any) -> bool:
    """Whether OpenAI's library would take OpenAI's key along to an address of the user's own."""
    speaks = choice.provider in litellm.openai_compatible_providers
    return bool(speaks and not choice.key and not _known(choice, litellm)[0])


def _known(choice: ModelChoice, litellm: Any) -> tuple[str | None, str | None]:
    """The key and the address that litellm has for a model, from the environment or of itself."""
    return litellm.get_llm_provider(model=choice.listed)[2:]  # type: ignore[no-any-return]


@contextmanager
def named(choice: ModelChoice, litellm: Any) -> Iterator[None]:
    """Raises `ModelError` for what is raised within before anything was sent: no server's fault."""
    before = moved.sent()
    try:
        yield
    except Exception as error:
        if moved.sent() == before and (found := _unasked(error, choice, litellm)):
            raise found from None
        raise


def _unasked(error: Exception, choice: ModelChoice, litellm: Any) -> ModelError | None:
    """None where somebody was asked, or the question is at fault: `failures` tells of those."""
    chain = list(behind(error))
    if isinstance(error, ModelError) or is_asked(chain):
        return None
    said = words(error, choice)
    if theirs := library(chain, choice):
        return theirs
    keyless = not choice.key and choice.owner == choice.provider and choice.owner not in PROVIDERS
    if keyless and _KEY.search(said):
        return _unkeyed(choice, said)
    # What merely looks like a variable may be what somebody typed for an option.
    if _SETTING.search(said) or _KEY.search(said):
        return _unset(said, choice, litellm)
    if getattr(error, "status_code", 0) in _OF_THE_QUESTION:
        return None
    return ModelError(f"{choice.provider} was not asked: {said}", f"{_PAGES} has what it takes.")


_OF_THE_QUESTION = (400, 422)
"""What litellm says where an option or a message is none that a model takes."""


def _unset(said: str, choice: ModelChoice, litellm: Any) -> ModelError:
    """The variables that are missing beside a key that is there: those that are named, and known.

    What was said stands beside them: it may not take all, and a name in capitals may be none.
    """
    known = litellm.validate_environment(choice.listed)["missing_keys"]
    missing = [
        one
        for one in dict.fromkeys((*_NAMED.findall(said), *known))
        if not (os.environ.get(one) or (choice.key and "_API_KEY" in one))
    ]
    if not (missing or choice.api_base) and _ADDRESS.search(said):
        return _homeless(choice)
    way = f"Set what it takes of {', '.join(missing)} in the environment; " if missing else ""
    return ModelError(
        f"{choice.provider} needs more settings: {said}", f"{way}{_PAGES} has them for each"
    )


def _homeless(choice: ModelChoice) -> ModelError:
    return ModelError(
        f"{choice.name} needs an address",
        f"ledgernote config set models.{choice.name}.api_base http://HOST:PORT/v1",
    )


def _unkeyed(choice: ModelChoice, said: str) -> ModelError:
    """*said* is empty where litellm's own reading of the environment is known."""
    if choice.kept and choice.kept.fault:
        return choice.kept.fault
    variable = variables(choice.provider)[0]
    if said:
        found = _VARIABLE.search(said)
        variable = found[0] if found else _VARIABLES.get(choice.provider, "")
    known = f"export {variable}=…" if variable else f"its variables: {_PAGES}"
    return ModelError(
        f"{choice.provider} needs a key", f"ledgernote keys set {choice.provider}, or {known}"
    )


def variables(provider: str) -> tuple[str, ...]:
    """Where litellm looks for a key, as far as is known; the usual one first."""
    read = [one for one in _UNASKED.get(provider, ()) if not one.endswith("_API_BASE")]
    usual = _VARIABLES.get(provider, f"{provider.upper()}_API_KEY")
    return tuple(read) or (usual,)


def library(chain: Sequence[BaseException], choice: ModelChoice) -> ModelError | None:
    """The sentence where litellm lacks a library for this model alone."""
    name = missing(chain)
    if not name:
        return None
    known = _DISTRIBUTIONS.get(name)
    return ModelError(
        f"{choice.name} cannot be asked without the library {name}, which litellm imports",
        f"pip install {known}" if known else f"{_PAGES} says what to install.",
    )
