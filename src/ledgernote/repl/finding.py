"""`/find`: a query, and the options of `find` that say something at a prompt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from ledgernote.domain.entries import Filter
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.notebook import saved
from ledgernote.notebook.find import find as find_in
from ledgernote.notebook.hits import Found, Wanted
from ledgernote.notebook.saving import save
from ledgernote.render.explain import explained
from ledgernote.render.views import hit_view, search_line
from ledgernote.repl.session import Desk, Session, in_talk


@frozen(kw_only=False)
class Option:
    """What may stand beside a command's words. It is a flag where it takes nothing."""

    name: str
    takes: str
    """What its value is called, as help shows it."""
    help: str
    completes: str = ""
    """What Tab completes its value to, one of `complete.LISTS`."""
    short: str = ""

    @property
    def usage(self) -> str:
        """How it is written: `--like HANDLE`."""
        return " ".join(filter(None, (self.short or self.name, self.takes)))


OPTIONS = (
    Option("--all", "", "search every project", short="-a"),
    Option("--number", "N", "so many hits; 0 for all", short="-n"),
    Option("--exact", "", "the words just as typed"),
    Option("--sort", "ORDER", "by score, unless new or old first", "order"),
    Option("--explain", "", "say how the query was read and searched"),
    Option("--like", "HANDLE", "what is like this entry", "handle"),
    Option("--save", "NAME", "save the search: /find @NAME is it from then on"),
    Option("--saved", "", "list the saved searches"),
    Option("--forget", "NAME", "forget a saved search", "search"),
)
FIELDS = {
    **{"--tag": "tag", "-t": "tag", "--kind": "kind", "--thread": "thread", "-r": "thread"},
    **{"--model": "model", "--actor": "actor", "--since": "since", "--until": "until"},
    "--on": "on",
}
"""What a shell has options for stands in the query here, and is taken either way."""
_TAKES = {name: one.takes for one in OPTIONS for name in (one.name, one.short) if name}
_NAMED = {name: one.name for one in OPTIONS for name in (one.name, one.short) if name}
_TOKEN = re.compile(r'(?:"[^"]*"|[^\s"])+|\S+')

_PINNED = Filter(field="is", value="pinned")

Given = dict[str, str]


def read(words: str) -> tuple[str, Given, tuple[Filter, ...]]:
    """The query among *words*, as it was typed, the options and the filters.

    Raises `UsageError`.
    """
    filters: list[Filter] = []
    query, given, end = "", Given(), 0
    tokens = _TOKEN.finditer(words)
    for token in tokens:
        name, value = _option(token[0])
        if not name:
            continue
        query, end = query + words[end : token.start()], token.end()
        if name == "--":
            break
        if value is None and (name in FIELDS or _TAKES.get(name)):
            following = next(tokens, None)
            if following is None:
                raise UsageError(f"{name} needs a value", "/help find shows them all.")
            value, end = following[0], following.end()
        value = (value or "").strip('"')
        if name == "--pinned":
            filters.append(_PINNED)
        elif name in FIELDS:
            filters.append(Filter(field=FIELDS[name], value=value.removeprefix("#")))
        else:
            given[_NAMED[name]] = value
    return query + words[end:], given, tuple(filters)


def _option(token: str) -> tuple[str, str | None]:
    """An option and the value that is glued to it; no name where it is a word of the query."""
    if number := re.fullmatch(r"-n([0-9]+)", token):
        return "-n", number[1]
    name, equals, value = token.partition("=")
    known = (*FIELDS, *_TAKES, "--pinned", "--")
    if name in known:
        return name, value if equals else None
    if re.match("--[a-z]", name):
        near = difflib.get_close_matches(name, known, n=1) or ["/help find"]
        raise UsageError(f"/find has no {name}", f"{near[0]}? In quotes it is a word.")
    return "", None


def find(session: Session, words: str, desk: Desk) -> Session:
    """Search notes and talk of the project."""
    query, given, filters = read(words)
    if "--saved" in given or "--forget" in given:
        _searches(session, given, query.strip(), desk)
        return session
    wanted = Wanted(
        text=query.strip(),
        filters=filters,
        everywhere="--all" in given,
        number=_number(given.get("--number", str(Wanted.number))),
        exact="--exact" in given,
        order=given.get("--sort", Wanted.order),
        like=given.get("--like"),
    )
    found = find_in(session.notebook, wanted)
    if "--save" in given:
        _say(desk, map(in_talk, save(session.notebook, given["--save"], wanted)))
    if "--explain" in given:
        _say(desk, (*explained(found.query, found.corrected), *found.done(wanted.order)))
    _show(session, found, desk)
    return session


def _show(session: Session, found: Found, desk: Desk) -> None:
    look = desk.look(session)
    _say(desk, found.freely)
    for hit in found.hits:
        desk.out.data(hit_view(hit, look))
    if not found.hits:
        desk.out.say("nothing found")
    if found.cut:
        desk.out.say(f"{found.cut}; narrow it with tag:x, kind:note, since:7d")


def _searches(session: Session, given: Given, query: str, desk: Desk) -> None:
    """Forget a saved search, or list them."""
    if query:
        raise UsageError("--saved and --forget take no query", "/find @NAME searches.")
    if "--forget" in given:
        name = saved.forget(session.notebook, given["--forget"])
        desk.out.say(f"forgotten: @{name}; /undo brings it back")
        return
    every = saved.searches(session.notebook)
    look = desk.look(session)
    for one in every:
        desk.out.data(search_line(one.name, one.project_name or "everywhere", one.query, look))
    if not every:
        desk.out.say("no search is saved; /find --save NAME QUERY saves one")


def _number(typed: str) -> int:
    if not typed.isdecimal():
        raise UsageError(f"-n takes a whole number, not {typed!r}", "/find -n 50 QUERY")
    return int(typed)


def _say(desk: Desk, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        desk.out.say(sentence)
