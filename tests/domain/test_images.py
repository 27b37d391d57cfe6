"""What the first bytes of a file say of it as an image."""

from __future__ import annotations

import pytest
from drawn import gif, jpeg, png, webp

from ledgernote.domain import images
from ledgernote.domain.errors import UsageError
from ledgernote.domain.images import Image

WHOLE = {
    "image/png": png(1200, 8),
    "image/jpeg": jpeg(1200, 8),
    "image/gif": gif(1200, 8),
}


@pytest.mark.parametrize("media", WHOLE)
def test_kind_and_size_stand_in_the_header(media: str) -> None:
    body = WHOLE[media]

    assert images.read(body) == Image(media=media, width=1200, height=8, size=len(body))


@pytest.mark.parametrize("form", [b"VP8X", b"VP8L", b"VP8 "])
def test_webp_has_three_headers(form: bytes) -> None:
    found = images.read(webp(1200, 8, form))

    assert found
    assert (found.media, found.width, found.height) == ("image/webp", 1200, 8)


@pytest.mark.parametrize(
    "body",
    [
        b"GIF89a was released in 1989; says the giraffe.",
        gif(9, 9)[:13] + b"what follows, is no block;",
        gif(9, 9)[:-2],
        webp(9, 9, b"VP8L")[:20] + b"what is" + webp(9, 9, b"VP8L")[20:],
        webp(9, 9, b"VP8X")[:4] + (22).to_bytes(4, "little") + webp(9, 9, b"VP8X")[8:],
        b"RIFF" + (40).to_bytes(4, "little") + b"WEBPVP8 and the giraffe says what it says here.",
    ],
)
def test_what_only_begins_as_an_image_is_none(body: bytes) -> None:
    assert images.read(body) is None


@pytest.mark.parametrize("media", WHOLE)
def test_no_beginning_of_an_image_is_read_past_its_end(media: str) -> None:
    body = WHOLE[media]

    sizes = {(read.width, read.height) for n in range(60) if (read := images.read(body[:n]))}

    assert sizes <= {(1200, 8)}


@pytest.mark.parametrize("body", [b"", b"RIFF", b"\x89PNG", b"\xff\xd8 text", b"a,b\n1,2\n"])
def test_what_begins_as_no_image_is_none(body: bytes) -> None:
    assert images.taken(body, "table.csv") is None


@pytest.mark.parametrize("body", [png()[:20], png()[:400], jpeg(9, 9)[:40], b"\x89PNG\r\n\x1a\n"])
def test_an_image_that_is_cut_off_is_named_so(body: bytes) -> None:
    with pytest.raises(UsageError, match="image and is damaged or cut off"):
        images.taken(body, "chart.png")


def test_words_that_begin_as_an_image_are_words_unless_they_are_called_an_image() -> None:
    words = b"GIF89a was released in 1989, says the giraffe."

    assert images.taken(words, "gif.txt") is None
    with pytest.raises(UsageError, match="begins as a GIF image"):
        images.taken(words, "a.gif")


def test_the_line_of_an_image_tells_its_name_kind_and_sizes() -> None:
    image = Image(media="image/png", width=1200, height=800, size=45123)

    assert images.line(image, "a/my\nchart.png") == (
        "image my chart.png, PNG, 1200 × 800, 45,123 bytes"
    )
    assert images.line(image, None) == "image, PNG, 1200 × 800, 45,123 bytes"
