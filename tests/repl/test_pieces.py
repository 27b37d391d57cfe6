from __future__ import annotations

import pytest

from ledgernote.domain.errors import UsageError
from ledgernote.repl.pieces import piece, pieces

ANSWER = """\
# Rates

The first paragraph
goes on.

- one
- two

```python
def f():

    return 1
```
After it.
---
## Next

Last.
"""


def test_paragraphs_lists_and_code_blocks_are_counted_and_headings_are_not() -> None:
    found = [one.text.splitlines()[0] for one in pieces(ANSWER)]

    assert found == ["The first paragraph", "- one", "```python", "After it.", "Last."]


def test_code_is_kept_with_its_fences_and_copied_without() -> None:
    code = piece(ANSWER, 3)

    assert code.text.startswith("```python\n")
    assert code.text.endswith("\n```")
    assert code.bare == "def f():\n\n    return 1"


def test_an_answer_cut_off_within_code_ends_there() -> None:
    code = piece("see\n\n~~~~\n```\nx = 1", 2)

    assert code.bare == "```\nx = 1"


@pytest.mark.parametrize("number", [0, 6, 999])
def test_a_number_that_no_piece_has_is_said(number: int) -> None:
    with pytest.raises(UsageError, match=f"has 5 pieces, no {number}"):
        piece(ANSWER, number)


def test_an_empty_answer_has_no_piece() -> None:
    with pytest.raises(UsageError, match="0 pieces"):
        piece(" \n\n", 1)
