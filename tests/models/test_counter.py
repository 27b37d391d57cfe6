"""The counting function of plans."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from math import ceil
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from tiktoken.load import load_tiktoken_bpe

from ledgernote.domain.images import Image
from ledgernote.domain.turns import Message
from ledgernote.models import counter

TEXTS = {
    "english": "The committee left rates where they were; “no cut before Sept”, it's said.\n" * 400,
    "code": "def f(x: int) -> int:\n    return {'a': [1, 2]}['a'][x]  # why?\n\n\n" * 400,
    "chinese": "委员会维持利率不变，九月降息的可能性为80%。" * 600,
    "japanese without a mark": "利率は据え置きとなりました" * 900,
    "hindi": "समिति ने ब्याज दर को यथावत रखा है। " * 400,
    "emoji": "👩‍👩‍👧‍👦🇪🇺🔥✨" * 900,
    "digits": "3141592653" * 2_000,
    "spaces": " " * 20_000,
    "lines": "\n" * 20_000,
    "tabs and returns": " \t\r\n" * 5_000,
    "one letter": "a" * 20_000,
    "no seam": "lorem" * 5_000,
    "base64": "QmFzZTY0IGlzIG5vdCBwcm9zZQ" * 1_000,
    "rules": "=" * 9_000 + "-" * 9_000 + "\n",
    "special tokens": "<|endoftext|><|fim_prefix|> " * 900,
    "short": "Hello.",
    "nothing": "",
}


@pytest.fixture(scope="module")
def published() -> tiktoken.Encoding:
    """cl100k as its own library builds it, from the same file and with its own pattern."""
    openai_public = importlib.import_module("tiktoken_ext.openai_public")

    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / counter._VOCABULARY

    def local(_: str, expected_hash: str) -> dict[bytes, int]:
        return load_tiktoken_bpe(str(path), expected_hash)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", "")  # else the file is looked for in a cache first
        patch.setattr(openai_public, "load_tiktoken_bpe", local)
        return tiktoken.Encoding(**openai_public.cl100k_base())


@pytest.mark.parametrize("name", TEXTS)
def test_the_count_is_never_under_the_published_one_and_at_most_a_tenth_over(
    name: str, published: tiktoken.Encoding
) -> None:
    text = TEXTS[name]

    exact = len(published.encode_ordinary(text))

    assert exact <= counter.count(text) <= exact * 1.1


@pytest.mark.parametrize("name", ["english", "code", "chinese", "hindi", "special tokens"])
def test_a_text_with_seams_is_counted_exactly(name: str, published: tiktoken.Encoding) -> None:
    assert counter.count(TEXTS[name]) == len(published.encode_ordinary(TEXTS[name]))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(
                [" ", "\n", " \n ", "don't", "'s", "a" * 50, "。", "。\n", "\x1f", "०"]
            ),
        ),
        max_size=40,
    ),
    st.integers(3, 30),
)
def test_cutting_never_lowers_the_count(words: list[str], part: int) -> None:
    text = counter._LONE.sub("\ufffd", "".join(words))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counter, "PART", part)  # far smaller, so that every kind of cut comes up
        parts = list(counter._parts(text))

    assert "".join(piece for piece, _ in parts) == text
    assert all(len(piece) <= part for piece, _ in parts)
    cut = sum(counter._count_part(piece) + added for piece, added in parts)
    assert cut >= len(counter._encoding().encode_ordinary(text))


def test_a_lone_surrogate_counts_as_the_replacement_character() -> None:
    assert counter.count("caf\udce9 " * 3) == counter.count("caf\ufffd " * 3)


def test_a_huge_text_is_refused_at_once() -> None:
    text = "no end of words " * 6_000_000

    assert counter.count_up_to(text, 16_000) is None


def test_a_run_without_any_seam_takes_linear_time() -> None:
    # Left to itself the encoding takes the square of the length: it would not come back.
    assert counter.count("x" * 1_000_000) > 100_000


def test_up_to_its_limit_the_count_is_the_count() -> None:
    text = TEXTS["english"]
    exact = counter.count(text)

    assert counter.count_up_to(text, exact) == exact
    assert counter.count_up_to(text, exact - 1) is None


def test_a_message_costs_its_content_and_four() -> None:
    messages = [Message(role="system", content="Be brief."), Message(role="user", content="Why?")]

    assert (
        counter.count_messages(messages) == counter.count("Be brief.") + counter.count("Why?") + 8
    )


def test_counting_does_not_load_litellm() -> None:
    code = (
        "import sys; from ledgernote.models.counter import count; assert not"
        " {'tiktoken', 'litellm'} & set(sys.modules); count('hi'); print('litellm' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def _tiles(width: int, height: int) -> int:
    """Tokens as OpenAI's page has them: into 2,048 pixels, then the short side to 768, in 512s."""
    scale = min(1, 2048 / max(width, height))
    scale *= min(1, 768 / (min(width, height) * scale))
    across, down = (max(1, ceil(round(side * scale, 6) / 512)) for side in (width, height))
    return 85 + 170 * across * down


@given(st.integers(1, 8_000), st.integers(1, 8_000))
def test_an_image_counts_no_less_than_with_any_large_provider(width: int, height: int) -> None:
    counted = counter.count_image(Image(media="image/png", width=width, height=height, size=1))

    patches = 1.2 * ceil(width / 32) * ceil(height / 32)
    assert counted >= _tiles(width, height)
    assert counted >= min(ceil(width / 28) * ceil(height / 28), 4_784)  # Anthropic
    assert counted >= min(patches, 3_000)
    assert counted >= 1_120  # Gemini, for any


@pytest.mark.parametrize(
    ("size", "tokens"), [((1, 1), 1_445), ((1920, 1080), 2_691), ((8000, 8000), 4_784)]
)
def test_an_image_is_counted_by_its_pixels_alone(size: tuple[int, int], tokens: int) -> None:
    width, height = size

    assert (
        counter.count_image(Image(media="image/gif", width=width, height=height, size=1)) == tokens
    )
