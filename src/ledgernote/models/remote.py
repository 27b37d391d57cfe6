"""The one door to litellm: imported once, made silent, and rehearsed before it is needed.

litellm costs seconds to import and half a second more in its first call, so nothing of it loads
with this module.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from ledgernote.models import proxies
from ledgernote.models.choice import ModelChoice
from ledgernote.models.garbage import uncollected
from ledgernote.models.moved import guarded
from ledgernote.models.patience import Patience, timeout
from ledgernote.models.refused import demand_answer

_QUIET: Mapping[str, object] = {
    "suppress_debug_info": True,
    "set_verbose": False,
    "telemetry": False,
    "drop_params": False,
    "DEFAULT_MAX_RETRIES": 0,  # what embeds takes a 0 of ours for nothing said
    "disable_streaming_logging": True,  # it would build a log record for every chunk
    # A table of equal rows is no reason to cut an answer short.
    "REPEATED_STREAMING_CHUNK_LIMIT": sys.maxsize,
}


_ONCE = Lock()
"""Held while litellm is made ready: a turn may want it while a thread still warms it."""


def library() -> Any:
    """litellm, imported once and made silent: 2 to 3 s, so never before a prompt is shown."""
    with _ONCE:
        return _made_ready()


@lru_cache(maxsize=1)
def _made_ready() -> Any:
    # Else it fetches its price table over the network while it is imported …
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    # … and takes keys and addresses from any `.env` in the folder it is started in.
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    # A variable of blanks is not set to anything; litellm takes it for an address.
    for name in [name for name, value in os.environ.items() if value.isspace()]:
        del os.environ[name]
    with uncollected():
        import litellm

        # Else the next search walks through all of it, and does so while an answer streams.
        gc.freeze()

    for name, value in _QUIET.items():
        setattr(litellm, name, value)
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = False
        logger.disabled = True
    # What its modules warn of under their own names would stand on stderr.
    modules = logging.getLogger("litellm")
    modules.propagate = False
    modules.addHandler(logging.NullHandler())
    _stay_there()
    _leave_the_system()
    return litellm


def _stay_there() -> None:
    """Have every client that litellm makes, or has OpenAI's library make, follow nobody else."""
    from litellm.llms.custom_httpx.http_handler import HTTPHandler
    from openai import OpenAI

    create, make = HTTPHandler.create_client, OpenAI.__init__

    def made(self: Any, *given: Any, **named: Any) -> None:
        make(self, *given, **named)
        guarded(self._client, demand_answer)

    HTTPHandler.create_client = lambda self: guarded(create(self), demand_answer)  # type: ignore[method-assign]
    OpenAI.__init__ = made  # type: ignore[method-assign]


def _leave_the_system() -> None:
    """Have o3 and its like hear the system as it is, which OpenAI takes for the developer.

    litellm makes a second user of it, and an empty answer between the two where that is refused.
    """
    from litellm.llms.openai.chat.o_series_transformation import OpenAIOSeriesConfig

    del OpenAIOSeriesConfig._transform_messages  # noqa: SLF001  nothing public decides it


def rehearse() -> None:
    """One whole call that never reaches a socket: the slow part of a first call is in the code."""
    import httpx
    import openai

    chunk = {"delta": {"content": "."}, "finish_reason": None, "index": 0}
    last = {"delta": {}, "finish_reason": "stop", "index": 0}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}

    class Echo(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            head: dict[str, Any] = {"id": "1", "created": 0, "model": "m"}
            rows: list[dict[str, Any]] = [
                {"choices": [chunk]},
                {"choices": [last]},
                {"choices": [], "usage": usage},
            ]
            events = [json.dumps(head | row) for row in rows]
            body = "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"])
            headers = {"content-type": "text/event-stream"}
            return httpx.Response(200, text=body, headers=headers, request=request)

    with httpx.Client(transport=Echo()) as http:
        client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1", http_client=http)
        messages = [{"role": "user", "content": "."}]
        answer = library().completion(
            model="openai/gpt-4o",
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
            client=client,
            num_retries=0,
        )
        for _ in answer:
            pass


@lru_cache(maxsize=1)
def client(patience: Patience) -> Any:
    """litellm's own, kept from turn to turn with its open connections."""
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    return HTTPHandler(timeout=timeout(patience))


def past_proxies(choice: ModelChoice) -> None:
    """Let no proxy hear what is not for it. litellm keeps its clients, made as things were."""
    if proxies.pass_by(choice):
        library().in_memory_llm_clients_cache.flush_cache()
        vars(library()).pop("module_level_client", None)
        client.cache_clear()


@lru_cache(maxsize=1)
def price_table() -> str:
    """Whose prices these are: a wheel tells its version, and its files when it was installed."""
    day = datetime.fromtimestamp(Path(library().__file__).stat().st_mtime, UTC).date()
    return f"litellm {version('litellm')}, installed {day}"
