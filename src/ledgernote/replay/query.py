"""The query language: from what someone typed to a Query, and from a question to its words.

Pure, and no text raises: what is not syntax is words. It knows nothing of SQL or of an index,
so a term may hold what no index can find (`-`, an emoji, a lone surrogate).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ledgernote.domain.entries import Filter, Kind, Query, Term
from ledgernote.domain.frozen import frozen
from ledgernote.domain.grams import parts


@frozen(kw_only=False)
class _Item:
    """One thing that was typed."""

    what: Term | Filter
    negated: bool = False
    bare: str = ""
    """The word as typed, when nothing about it was syntax; only such a word can be OR."""


def parse(text: str) -> Query:
    """The query that a text says.

    `words` are all needed · `"a phrase"` · `-not`, `not:word` · `one OR other` (upper case,
    between two terms or filters) · `prefix*` · `field:value`, `field:"a value"`, `#tag`, each with
    `-` or `not:` in front for its opposite. The fields are `tag`, `kind`, `project`, `thread`,
    `model`, `actor`, `since`, `until`, `on`, `is`, in any case; `kind` and `is` leave in lower
    case.

    Words, as typed: a field or value that does not exist (`foo:bar`, `12:30`, `kind:banana`,
    `since:xyz`), signed figures (`-5`, `-0.75%`, `-$3bn`; `not:5` leaves out the figure), `#1`,
    marks that stand alone (`-`, `*`, `(`). NUL parts words like a space. A quotation mark within
    a word (`5"`) or without its partner is part of the word.
    """
    return _grouped(list(_items(text.replace("\0", " "))))


def gist(text: str) -> str:
    """As much of a question as is read for what it is about: what was pasted stands in between.

    To look for words, names and times in it takes most of a second for each hundred kilobytes.
    """
    if len(text) <= 2 * _HALF:
        return text
    return f"{text[:_HALF].rsplit(None, 1)[0]}\n{text[-_HALF:].split(None, 1)[-1]}"


_HALF = 10_000
"""Letters of the beginning of a long question, and as many of its end."""


def content_words(text: str) -> tuple[str, ...]:
    """The distinct words of a question that say what it is about, lower-cased, in order.

    Stop words and the `'s` of a possessive go. Kept are figures, `$T`, `BRK.B` and a stop word in
    upper case, which is a ticker (`is ARE or ON better`) and stays so, unless all is in upper case
    or four words side by side. When nothing would stay, all words do; no word at all gives ().
    """
    text = unlisted(text).replace("’", "'")
    words = telling_words(text) or _telling(text) or (word.lower() for word in _words(text))
    return tuple(dict.fromkeys(words))


def telling_words(text: str) -> tuple[str, ...]:
    """Like `content_words`, but nothing where no word says what it is about: *and why?*"""
    return tuple(dict.fromkeys(words_told(text)))


def words_told(text: str) -> list[str]:
    """The same, each as often as it is said."""
    bare = re.sub(_ASKING, " ", unlisted(text).replace("’", "'"), flags=re.IGNORECASE)
    bare = re.sub(_SAYING, r"\1", bare, flags=re.IGNORECASE)
    bare = re.sub(r"(?<!\w)'s\b", " ", bare)  # of *yesterday's*
    return _telling(bare)


def asks_what_was_said(question: str) -> bool:
    """Whether it asks what somebody said, whose own words need not say so: *what did Will say?*"""
    return re.search(_SAYING, question, re.IGNORECASE) is not None


def unlisted(text: str) -> str:
    """A question without the marks of the list that it is: no word begins or ends with one."""
    kept, end = [], 0
    for mark in marks(text):
        kept.append(text[end : mark.start()])
        end = mark.end()
    return "\n".join((*kept, text[end:]))


def marks(text: str) -> list[re.Match[str]]:
    """The marks of a list: those that count up from the first, or dashes; two at least."""
    counted: list[re.Match[str]] = []
    dashes: list[re.Match[str]] = []
    for mark in re.finditer(_MARK, text):
        sign = mark[1] or mark[2]
        if sign is None:
            dashes.append(mark)
        elif any(row.find(sign) == len(counted) for row in _COUNTED):
            counted.append(mark)
    longer = max(counted, dashes, key=len)
    return longer if len(longer) > 1 else []


_COUNTED = ("123456789", "abcdefghi", "①②③④⑤⑥⑦⑧⑨")
_MARK = r"(?m)(?<!\S)(?:\(?([1-9a-i])(?:[)]|[.](?=\s))|([①-⑨]))\s*|^[ \t]*[-–*•][ \t]+"
"""What may begin an item. A pattern as _WORD is one."""


def _words(text: str) -> list[str]:
    return [part for word in re.findall(_WORD, text) for part in parts(_OWNED.sub("", word))]


def _telling(text: str) -> list[str]:
    """The words that are no stop words; tickers as they stand, but for what is shouted."""
    shouted = all(letter.isupper() for letter in text if letter.isalpha())
    text = re.sub(_SHOUTED, lambda run: run[0].lower(), text)
    kept = []
    for word in _words(text):
        if word.lower() not in STOP_WORDS:
            kept.append(word.lower())
        elif not shouted and _is_ticker(word):
            kept.append(word)
    return kept


_SHOUTED = r"\b[A-Z]+(?: +[A-Z]+){3,}\b"
"""Words side by side of which none is a ticker: *IN NO EVENT SHALL*. A pattern as _WORD is one."""

_TOKEN = re.compile(r'(?P<lead>-?(?:[A-Za-z]+:)*#?)"(?P<quoted>[^"]*)"(?P<star>\*?)|(?P<bare>\S+)')

_FIGURE = re.compile(r"-[$€£¥]?\.?\d")
_MARKS = re.compile(r"[\x00-#%-/:-@\[-^`{-\x7f]*")
"""ASCII marks alone; `$` and `_` may begin a word."""

_HASH = re.compile(r"#(?![0-9]+\Z|[\x00-/:-@\[-^`{-\x7f])(.+)", re.DOTALL)
"""`#tag`; `#1` and `#!/bin/sh` are words."""

_KINDS = frozenset(Kind)
_STATES = frozenset({"pinned", "private", "muted", "superseded"})


def _any(value: str) -> str | None:
    return value or None


def _time(value: str) -> str | None:
    from ledgernote.domain.times import is_time  # most queries name no time

    return value if is_time(value) else None


def _one_of(known: frozenset[str]) -> Callable[[str], str | None]:
    return lambda value: value.lower() if value.lower() in known else None


FIELDS: Mapping[str, Callable[[str], str | None]] = {
    "tag": _any,
    "kind": _one_of(_KINDS),
    "project": _any,
    "thread": _any,
    "model": _any,
    "actor": _any,
    "since": _time,
    "until": _time,
    "on": _time,
    "is": _one_of(_STATES),
}
"""What each field makes of a value; None when it is no value of that field."""


def _items(text: str) -> Iterator[_Item]:
    for token in _TOKEN.finditer(text):
        if (bare := token["bare"]) is not None:
            yield _bare(bare)
        elif item := _quoted(token["lead"], token["quoted"].strip(), prefix=bool(token["star"])):
            yield item


def _bare(token: str) -> _Item:
    """What a token without quotes says."""
    rest, negated = _negation(token)
    if found := _filter(rest, negated=negated):
        return _Item(found)
    if _is_prefix(rest):
        return _Item(Term(text=rest[:-1], prefix=True), negated)
    return _Item(Term(text=rest), negated, bare="" if negated else rest)


def _negation(token: str) -> tuple[str, bool]:
    """A token without what says *not*, and whether something did."""
    if token[:4].lower() == "not:" and len(token) > 4:
        return token[4:], True
    if token[0] != "-" or _FIGURE.match(token) or token[1:2] == "-" or _MARKS.fullmatch(token):
        return token, False
    return _negation(token[1:])[0], True


def _is_prefix(token: str) -> bool:
    """Whether a word ends in its only star: `**bold**` and `*` do not."""
    return token.find("*") == len(token) - 1 and any(map(str.isalnum, token))


def _filter(token: str, *, negated: bool) -> Filter | None:
    if tag := _HASH.fullmatch(token):
        return Filter(field="tag", value=tag[1], negated=negated)
    field, colon, value = token.partition(":")
    read = FIELDS.get(field.lower()) if colon else None
    kept = read(value) if read else None
    return None if kept is None else Filter(field=field.lower(), value=kept, negated=negated)


def _quoted(lead: str, text: str, *, prefix: bool) -> _Item | None:
    """What `-not:field:"text"` says; None for an empty phrase."""
    rest, negated = lead.removeprefix("-"), lead.startswith("-")
    if rest[:4].lower() == "not:":
        rest, negated = rest[4:], True
    if rest and (found := _filter(rest + text, negated=negated)):
        return _Item(found)
    if not rest + text:
        return None
    return _Item(Term(text=rest + text, prefix=prefix), negated)


def _grouped(items: list[_Item]) -> Query:
    """Put what stands around an OR into one group, all else into one each."""
    groups: list[list[Term | Filter]] = []
    for at, item in enumerate(items):
        if item.negated or _is_or(items, at):
            continue
        if not (at > 1 and _is_or(items, at - 1)):
            groups.append([])
        groups[-1].append(item.what)
    read = [any_of(group) for group in groups]
    return Query(
        groups=tuple(group for one in read for group in one.groups),
        without=tuple(i.what for i in items if isinstance(i.what, Term) and i.negated),
        filters=tuple(kept for one in read for kept in one.filters),
        either=tuple(group for one in read for group in one.either),
    )


def any_of(found: Sequence[Term | Filter]) -> Query:
    """What is found by any of some words and filters."""
    terms = tuple(one for one in found if isinstance(one, Term))
    filters = tuple(one for one in found if isinstance(one, Filter))
    if not filters:
        return Query(groups=(terms,))
    return Query(filters=filters) if len(found) == 1 else Query(either=(tuple(found),))


def _is_or(items: list[_Item], at: int) -> bool:
    """Whether the word is OR and stands between two that it can join."""
    if items[at].bare != "OR" or not 0 < at < len(items) - 1:
        return False
    return all(
        may_be_either(side.what) and not side.negated and side.bare != "OR"
        for side in (items[at - 1], items[at + 1])
    )


def may_be_either(one: Term | Filter) -> bool:
    """Whether it can stand in an OR: what is private depends on more than the entry."""
    return isinstance(one, Term) or (one.field, one.value) != ("is", "private")


_LETTER = (
    r"[\w\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963"
    r"\u0966-\u109f\u200c\u200d\u3099\u309a]"
)
"""`\\w` and the vowel signs, accents and joiners of many scripts, at which words would break."""

_WORD = (
    rf"(?:(?<!{_LETTER})[-+−](?=[$€£¥]?\.?[0-9]))?[$€£¥]?(?:\.(?=[0-9]))?"
    rf"{_LETTER}+(?:(?:[.'&^-]|(?<=[0-9])[,:](?=[0-9])){_LETTER}+)*(?:\+\+|[%#])?"
)
"""A word, a figure with its sign, currency and per cent, a cashtag, `BRK.B`, `c++`.

A pattern, compiled when the first question is asked: `find` has none, and would pay for it.
"""

_SAYING = r"(\b(?:do|does|did) (?:[\w'-]+ ){0,3}?)(?:say|think|mention|note|write)(?=\W*\Z|[?.!;])"
"""What somebody is asked to have said, and of nothing, is what stands there."""
_ASKING = r"""(?x)\b(?:
    (?:can|could|would)\ you\ (?:please\ )?
        (?:list|summari[sz]e|walk\ me\ through|(?:give|tell|show|remind)\ me|explain|help\ me)
    | (?:a\ )?(?:clear|brief|short|comprehensive|complete|detailed)\ (?:summary|overview)(?:\ of)?
    | (?:the\ )?order\ in\ which | ,?\ in\ order(?=[.?!]|$) | different\ aspects\ of
    | mention\ only\ and\ only\ \w+(?:\ items)? | step\ by\ step
    | (?:throughout|across|in|during|over)\ (?:all\ )?(?:our|my)\ (?:[a-z]+\ )?
        (?:conversation|chat|discussion|session|talk|question|request|message)s?
    | (?:i|you|we)\ (?:have\ )?
        (?:brought\ up|mentioned|said|told\ (?:you|me)|talked\ about|discussed)
    | did\ (?:i|you|we)\ (?:say|mention|tell\ (?:you|me)|bring\ up|discuss|talk\ about|
        (?:note|write)(?:\ down)?|jot\ down)
    | what(?:'?s|\ (?:has|have|had|is|was))?\ happen(?:s|ed|ing)?(?!\ to\b)
    | (?:my|your|our|his|her|their|the)\ (?:(?:latest|current|last|newest|most\ recent)\ )?
        (?:views?|thoughts?|opinions?|take|stance|thinking)\ (?=on|about)
    | (?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|few|couple\ of)
        \ (?:day|week|month|year)s?\ ago
    | (?:last|this)\ (?:week|month|quarter|year) | yesterday
)\b"""
"""How people ask of what was said, and when, which says nothing of what it was about.

A pattern for the reason that _WORD is one.
"""

_OWNED = re.compile(r"'(?:s|m|re|ve|ll|d)$", re.IGNORECASE)


def _is_ticker(word: str) -> bool:
    return word.isupper() and word not in _EMPHASIS


_EMPHASIS = frozenset(
    "A I AND OR NOT ONLY THE WHAT WHO WHOM WHOSE WHEN WHERE WHICH WHY HOW".split()  # noqa: SIM905
)
"""Stop words that people put into upper case for other reasons than a ticker."""

STOP_WORDS = frozenset(
    # One long line of words reads better than a hundred quoted ones.
    """
    a about again ago all also am an and any anything are as at be because been being but by can
    can't cannot could couldn't did didn't do does doesn't doing don't done each else ever for
    from get got had hadn't has hasn't have haven't having he her here hers herself him himself
    his how i if in into is isn't it its itself just let like many me mine more most much my
    myself no nor not now of off on once one only or other our ours ourselves own please same
    shall she should shouldn't so some something still such than that the their theirs them
    themselves then there these they this those through to too until us very was wasn't we were
    weren't what when where which while who whom whose why will with won't would wouldn't yet
    you your yours yourself yourselves
    cant couldnt didnt doesnt dont hadnt hasnt havent heres hows im isnt ive shes shouldnt thats
    theres theyll theyre theyve wasnt werent weve whats whens wheres whos whys wont wouldnt youd
    youll youre youve
    """.split()  # noqa: SIM905
)
"""English words that say nothing of what a question is about, also without their apostrophes.

Absent on purpose: `may`, a month; `up`, `down`, `over`, `under`, which a market does.
"""
