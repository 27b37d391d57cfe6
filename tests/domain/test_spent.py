from __future__ import annotations

import pytest

from ledgernote.domain.spent import Spent


@pytest.mark.parametrize(
    ("cost", "told"),
    [(0.0, "$0.00"), (0.000021, "$0.000021"), (0.014, "$0.0140"), (3.214, "$3.21")],
)
def test_what_was_paid_for_is_never_told_as_free(cost: float, told: str) -> None:
    assert Spent(name="a", cost=cost).dollars == told
