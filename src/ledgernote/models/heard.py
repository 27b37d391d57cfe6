"""What litellm's chunks say of an answer: its pieces, its end, and what it took."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from ledgernote.domain.turns import Piece
from ledgernote.models.refused import Refused

MOST_TOKENS = 100_000_000
"""More than ten of the largest windows: a report of more is a mistake."""

_CUT = ("length", "content_filter")
"""What providers call it that an answer ended before its end."""


class Heard:
    """What the chunks of one stream have said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.usage: Any = None
        self.reported = False
        """The usage is the provider's own, no guess."""
        self.served_model: str | None = None
        self.finish: str | None = None
        self.ended: bool | None = None
        """Whether the last word was heard, where litellm does not tell."""

    def read(self, chunk: Any) -> Piece | None:
        """The piece in *chunk*, if there is one."""
        self.usage = getattr(chunk, "usage", None) or self.usage
        hidden = getattr(chunk, "hidden_params", None) or {}
        self.served_model = hidden.get("provider_response_model") or self.served_model
        if not chunk.choices:
            return None
        finish = getattr(chunk.choices[0], "finish_reason", None)
        self.finish = finish if finish in _CUT else self.finish
        delta = chunk.choices[0].delta
        text = _text(getattr(delta, "content", None))
        reasoning = _text(getattr(delta, "reasoning_content", None))
        if not text and not reasoning:
            return None
        self.said.append(text)
        return Piece(text=text, reasoning=reasoning, served_model=self.served_model)

    def listen(self, stream: Any) -> None:
        """Look for Gemini's last piece: litellm takes each for one that may be it.

        A question that is not let through has a `promptFeedback` in its place.
        """
        make = getattr(stream, "make_call", None)
        if make is None:
            return

        def made(**given: Any) -> Any:
            reader = make(**given)
            parse = reader.chunk_parser
            self.ended = False

            def heard(chunk: dict[str, Any]) -> Any:
                last = any("finishReason" in one for one in chunk.get("candidates") or ())
                self.ended = self.ended or last or "promptFeedback" in chunk
                return parse(chunk=chunk)

            reader.chunk_parser = heard
            return reader

        stream.make_call = made


def tell_faults(stream: Any) -> None:
    """Let an error that Anthropic tells in its stream keep its kind, which litellm drops."""
    reader = getattr(stream, "completion_stream", None)
    parse = getattr(reader, "chunk_parser", None)
    if reader is None or parse is None:
        return

    def heard(chunk: dict[str, Any]) -> Any:
        if chunk.get("type") == "error":
            raise Refused(json.dumps(chunk))
        return parse(chunk=chunk)

    reader.chunk_parser = heard


def _text(content: Any) -> str:
    """What is said: words, or a list of parts with words."""
    if isinstance(content, list):
        return "".join(_text(getattr(part, "text", None)) for part in content)
    return content if isinstance(content, str) else ""


def is_broken(stream: Any) -> bool:
    """Whether *stream* ended without its provider saying why.

    litellm then makes up a last chunk that says `stop`; only these two fields still tell the
    truth. A stream without them is one that litellm read whole before it handed it on.
    """
    fields = ("received_finish_reason", "intermittent_finish_reason")
    return all(getattr(stream, field, "not kept") is None for field in fields)


def reported(stream: Any) -> bool:
    """Whether the provider told its usage: else what litellm says at the end is a guess."""
    chunks = getattr(stream, "chunks", ())
    return any(getattr(chunk, "usage", None) is not None for chunk in chunks)


def close(stream: Any) -> None:
    """Close the connection under *stream*. The providers' readers keep it in either place."""
    reader = getattr(stream, "completion_stream", None)
    for part in (reader, getattr(reader, "streaming_response", None)):
        close = getattr(part, "close", None)
        if callable(close):
            # An answer that is over or broken has nothing left to close well.
            with suppress(Exception):
                close()


def cached(usage: Any) -> int | None:
    """Tokens that the provider had read before; None where it does not say."""
    told = tokens(getattr(usage, "prompt_tokens_details", None), "cached_tokens")
    return None if told is None or told > usage.prompt_tokens else told


def tokens(usage: Any, name: str) -> int | None:
    """What *usage* has under that name, where it is a number of tokens."""
    told = getattr(usage, name, None)
    return told if type(told) is int and 0 <= told <= MOST_TOKENS else None
