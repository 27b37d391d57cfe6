"""The one counting function for plans: how many tokens a text takes.

It owns the number and nothing else: no model, no price, no network. The count is that of the
public cl100k vocabulary, which the wheel of another dependency carries as a plain file, so that
a plan is the same on every machine. Providers count differently; what they report is recorded
beside the plan, never in its place.

A long text is counted in parts, because the time for one run without a seam grows faster than
its length and one call cannot be interrupted. Nearly every part ends at a seam: a place where the
vocabulary's own pattern never lets a token reach across. There the sum is exact; each other cut
adds a few tokens, so that the count is never under that of the whole text.
"""

from __future__ import annotations

import importlib.util
import re
from binascii import a2b_base64
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ledgernote.domain.images import Image
from ledgernote.domain.turns import Message

if TYPE_CHECKING:
    from tiktoken import Encoding

COUNTER = "cl100k-2"
"""The counter's name as recipes keep it. Another way of counting is another name.

The second counts text as the first did, and images too.
"""

AN_IMAGE, LARGE_IMAGE = 1_445, 4_784
"""Tokens of an image at least: the most that OpenAI's tiles of 512 come to (85 + 170 × 8), and
over Gemini's 1,120 for any. And at most: where Anthropic scales it down; others do so earlier.
"""

A_MESSAGE = 4
"""Tokens that a message costs beside its content: its role, its start and its end."""

PART = 8_000
"""Characters counted in one call; also the longest that a Ctrl-C waits for, about 1 ms."""

CUT = 6
"""Tokens added for a cut in mid-word: the halves may take fewer than the whole, by 6 at most in
half a million words made of random tokens.
"""

SMALL = 2_000
"""Texts up to so many characters are remembered: replay counts the same passages every turn."""

LARGE = 64_000
"""Of longer texts only the last few: a turn sends the messages of the turn before once more."""

_VOCABULARY = "litellm_core_utils/tokenizers/9b5ad71b2ce5302211f9c61530b329a4922fc6a4"

# As published with the vocabulary; ours because the plan must not change under an upgrade.
_PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)

# The last seam in a stretch: before a space after a word, after a line's end before a word, or
# between a letter and a mark. `.*` is greedy, so the match ends at the last one.
_SEAM = re.compile(
    r"""(?s:.*)(?:(?<=\S)(?=[ ])|(?<=\n)(?=\S)"""
    r"""|(?<=[^\W\d_])(?=[,.;:!?()'"，。、；：！？（）「」]))"""
)
_LONE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=1)
def _encoding() -> Encoding:
    """The vocabulary, loaded once: about 0.2 s.

    Built here from the file rather than asked for by name: by name it would be fetched from the
    network when the file is missing, and hashed every time when it is not.
    """
    import tiktoken

    spec = importlib.util.find_spec("litellm")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("litellm, whose wheel carries the vocabulary, is not installed")
    words = (Path(spec.origin).parent / _VOCABULARY).read_bytes().split()
    ranks = dict(zip(map(a2b_base64, words[::2]), map(int, words[1::2]), strict=True))
    # Without special tokens: `<|endoftext|>` in a note is text like any other.
    return tiktoken.Encoding(COUNTER, pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={})


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """*text* in parts of at most `PART` characters, each with the tokens its cut adds."""
    at, end = 0, len(text)
    while end - at > PART:
        seam = _SEAM.match(text, at + 1, at + PART)
        stop = seam.end() if seam else at + PART
        yield text[at:stop], 0 if seam else CUT
        at = stop
    yield text[at:], 0


def _count_part(part: str) -> int:
    # A lone surrogate has no UTF-8; it is sent, and so counted, as U+FFFD.
    text = part if part.isascii() else _LONE.sub("\ufffd", part)
    return len(_encoding().encode_ordinary(text))


_count_small = lru_cache(maxsize=4096)(_count_part)


@lru_cache(maxsize=64)
def _count_large(text: str) -> int:
    return sum(_count_part(part) + added for part, added in _parts(text))


def count(text: str) -> int:
    """Tokens of *text*: never under cl100k's own count, and at most a few per cent over."""
    if len(text) <= SMALL:
        return _count_small(text)
    if len(text) <= LARGE:
        return _count_large(text)
    return sum(_count_part(part) + added for part, added in _parts(text))


def count_up_to(text: str, limit: int) -> int | None:
    """Tokens of *text*, or None when there are more than *limit*.

    Stops as soon as that is known: 100 MB are refused as fast as the first few kilobytes.
    """
    total = 0
    for part, added in _parts(text):
        total += _count_part(part) + added
        if total > limit:
            return None
    return total


def count_image(image: Image) -> int:
    """Tokens of *image*, by its size in pixels: what it takes of any large provider's window.

    One for each square of 28 pixels a side, as Anthropic counts, or 1.2 for each of 32, as OpenAI
    does; within the two bounds.
    """
    anthropic, openai = (-(-image.width // side) * -(-image.height // side) for side in (28, 32))
    return min(max(anthropic, -(-openai * 6 // 5), AN_IMAGE), LARGE_IMAGE)


def count_messages(messages: Sequence[Message]) -> int:
    """Tokens of all *messages*: their contents and images, and `A_MESSAGE` for each."""
    shown = [each for message in messages for each in message.images]
    words = sum(count(message.content) + A_MESSAGE for message in messages)
    return words + sum(count(each.label) + count_image(each.image) for each in shown)
