"""What each writer is called in the marks of one context, as short as tells them apart. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from ledgernote.domain.frozen import frozen
from ledgernote.replay.frame import label, plain

NAME_TOKENS = 3
"""Of a name and its `…`: with the longest handles a mark takes ten."""
NAME_LETTERS = 4
"""So much of a name stands, however many tokens that takes: 김민준 is seven."""
_LONGEST = 60
"""Letters of a name from which on one is taken off after the other."""
CUT, ALIKE = "…", "~"


@frozen(kw_only=False)
class Called:
    """So many letters of a writer's name, and what stands behind them."""

    letters: int
    sign: str = ""
    """`…` where the name goes on, `~` for each other writer whose name reads the same."""


def called(
    names: Mapping[bytes, str],
    standing: Mapping[bytes, Called],
    others: Iterable[str],
    count: Callable[[str], int],
) -> dict[bytes, Called]:
    """For each writer's id one label that no other has, nor begins with another's name cut.

    Those in *standing* were sent so before, and *others* are labels that are taken besides.
    """
    found = {who: one for who, one in standing.items() if who in names}
    taken = {*others, *(label(names[who], one.letters, one.sign) for who, one in found.items())}
    whole = {who: plain(name) for who, name in names.items()}
    for who in sorted(names.keys() - found.keys(), key=lambda who: (whole[who], who)):
        near = [name for other, name in whole.items() if other != who]  # few write in a context
        found[who] = _apart(names[who], near, taken, count)
        taken.add(label(names[who], found[who].letters, found[who].sign))
    return found


def _apart(
    name: str, near: Iterable[str], taken: Collection[str], count: Callable[[str], int]
) -> Called:
    """The shortest label from the room there is that can be nobody else's."""
    whole = plain(name)
    for letters in range(_room(name, count), len(whole)):
        shown = whole[:letters]
        if not any(one.startswith(shown.rstrip()) for one in near):
            one = Called(len(shown.rstrip()), CUT)
            if label(name, one.letters, one.sign) not in taken:
                return one
    alike = ""
    while label(name, len(whole), alike) in taken:
        alike += ALIKE
    return Called(len(whole), alike)


def _room(name: str, count: Callable[[str], int]) -> int:
    """How many letters of a name fit into a mark; all of them where no `…` is needed."""
    whole = plain(name)
    if len(whole) <= NAME_LETTERS or count(f" {label(name, len(whole))}") <= NAME_TOKENS:
        return len(whole)
    room = min(len(whole), _LONGEST)
    while room > NAME_LETTERS and count(f" {label(name, room, CUT)}") > NAME_TOKENS:
        room -= 1
    return room
