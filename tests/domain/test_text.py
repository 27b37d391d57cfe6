"""Words for amounts."""

from __future__ import annotations

import pytest

from ledgernote.domain.text import dollars


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0.0, "$0.00"),
        (0.0001, "$0.0001"),
        (0.000234, "$0.00023"),
        (0.01, "$0.01"),
        (0.034, "$0.034"),
        (0.6, "$0.60"),
        (1.499, "$1.50"),
        (20.0, "$20.00"),
    ],
)
def test_a_small_amount_shows_the_figures_that_tell(amount: float, shown: str) -> None:
    assert dollars(amount) == shown
