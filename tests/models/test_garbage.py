"""Two threads may hold the search for garbage back at once: it goes on when both are done."""

from __future__ import annotations

import gc

from ledgernote.models.garbage import uncollected


def test_garbage_is_looked_for_again_when_the_last_is_done() -> None:
    first, second = uncollected(), uncollected()

    with first:
        second.__enter__()
        assert not gc.isenabled()
    assert not gc.isenabled()
    second.__exit__(None, None, None)

    assert gc.isenabled()


def test_who_turned_the_search_off_finds_it_off() -> None:
    gc.disable()

    with uncollected():
        pass

    assert not gc.isenabled()
    gc.enable()
