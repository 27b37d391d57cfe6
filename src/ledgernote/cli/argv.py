"""What the arguments mean: which are options, which words, and what a command is called with.

Stock parsing reads `find rates -debt` as `-d ebt` and opens a ledger of that name. Here a short
option is a token of its own, and globals stand anywhere before `--`. Pure, and quick to import; it
knows the table of commands, not what they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ledgernote.cli.options import COMMANDS, GLOBALS, TOPICS, Command, Option
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import field, frozen

HELP = Command("help", "[COMMAND|keeping]", "Print what a command does.")

GLUED = re.compile(r"-n?([0-9]+)")
MOST = 999_999_999
"""What counts may be; much more than SQLite can count is no number to it."""
MAY_BE_EMPTY = ("TEXT", "TITLE")
"""Values that mean something when they are: no system text, no title."""
NAMED = re.compile(r"--[A-Za-z][\w-]*(?==|\Z)")

Known = Mapping[str, Option]


@frozen
class Globals:
    """What holds for any command; None and False where nothing was said."""

    ledger: str | None = None
    project: str | None = None
    actor: str | None = None
    """`--as`, which Python keeps for itself."""
    json: bool = False
    no_color: bool = False
    quiet: bool = False
    verbose: bool = False
    version: bool = False
    help: bool = False


@frozen
class Invocation:
    """One command line, read."""

    globals: Globals
    command: str | None
    """Its name in the table, never an alias; None when none was given."""
    words: tuple[str, ...] = ()
    """As many as the command takes; none where only its help is wanted."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What was given, by parameter: True for a flag, an int for a count, a tuple of what may be
    repeated, else the text that was given last."""


class _Piece(NamedTuple):
    """A token and what it is: an option with its value, or a word (no option)."""

    token: str
    option: Option | None = None
    value: str | None = None
    forced: bool = False
    """It stood behind `--`: a word, whatever it looks like."""

    @property
    def fits(self) -> bool:
        """An option with a value just when it takes one, a number where that counts."""
        if self.option is None or (self.value is None) is not (self.option.takes is None):
            return False
        return not self.option.counts or _is_count(self.value)


def read(argv: Sequence[str], commands: Mapping[str, Command] = COMMANDS) -> Invocation:
    """Sort the arguments (without the program's own name) into globals, command and the rest.

    Raises UsageError for an unknown command or option, a missing value, one that its option does
    not take, and too few or too many words.
    """
    names = _names(commands)
    place = _place(argv, names)
    command = None if place is None else _resolve(argv[place], names)
    tokens = argv if place is None else [*argv[:place], *argv[place + 1 :]]
    known = _known(command)
    pieces = [_checked(piece, command, known) for piece in _pieces(tokens, known)]
    if command is HELP:
        return _help(pieces, names)
    chosen = Globals(**_given(pieces, GLOBALS))
    if command is None or chosen.help or chosen.version:
        return Invocation(globals=chosen, command=command.name if command else None)
    words = tuple(piece.token for piece in pieces if piece.option is None)
    return Invocation(
        globals=chosen,
        command=command.name,
        words=_fitting(words, command),
        options=_given(pieces, command.options),
    )


def command_of(argv: Sequence[str]) -> str | None:
    """The command that is meant, however wrong the rest is; None where there is none."""
    names = _names(COMMANDS)
    place = _place(argv, names)
    command = None if place is None else names.get(argv[place])
    return command.name if command else None


def _names(commands: Mapping[str, Command]) -> dict[str, Command]:
    return {name: row for row in (*commands.values(), HELP) for name in (row.name, *row.also)}


def phrase_words(words: Sequence[str]) -> str:
    """Join the words of `find` into one query text.

    Among several, an argument with spaces was quoted in the shell on purpose and becomes a
    phrase; alone, it is the whole query as typed. The quotes that a shell took from
    `thread:"rates thesis"` or `-"hard landing"` are put back where they stood.
    """
    if len(words) == 1:
        return words[0]
    return " ".join(_phrase(word) for word in words if word)


LEAD = re.compile(r"(?:-(?!\s|-|[$€£¥]?\.?\d))?(?:[A-Za-z]+:(?!\s))*")
"""What stands before the words of a phrase; the minus of `-5 percent` is part of them."""


def _phrase(word: str) -> str:
    lead = LEAD.match(word)
    cut = lead.end() if lead else 0
    if not any(letter.isspace() for letter in word) or word[cut : cut + 1] == '"':
        return word
    # The language has no way to write a quote inside a phrase, and the index holds none.
    return f'{word[:cut]}"{word[cut:].replace(chr(34), " ").strip()}"'


def _known(command: Command | None) -> dict[str, Option]:
    """Every spelling that is an option here; a command's own wins over a global."""
    options = (*GLOBALS, *(command.options if command else ()))
    return {spelling: option for option in options for spelling in option.spellings}


def _match(token: str, known: Known) -> tuple[Option, str | None] | None:
    """The option that a token is, and the value it carries itself."""
    if option := known.get(token):
        return option, None
    name, equals, value = token.partition("=")
    if equals and name.startswith("--") and name in known:
        return known[name], value
    number = known.get("-n")
    if number and number.counts and (count := GLUED.fullmatch(token)):
        return number, count[1]
    return None


def _pieces(tokens: Sequence[str], known: Known) -> Iterator[_Piece]:
    """Read the tokens one after another; nothing is judged here."""
    at = 0
    while at < len(tokens):
        token, at = tokens[at], at + 1
        if token == "--":
            yield from (_Piece(word, forced=True) for word in tokens[at:])
            return
        option, value = _match(token, known) or (None, None)
        if option and option.takes and value is None and _is_value(tokens[at : at + 1], known):
            value, at = tokens[at], at + 1
        elif option and value is None:
            value = option.alone
        yield _Piece(token, option, value)


def _is_value(following: Sequence[str], known: Known) -> bool:
    """Whether an option may take the next token: `-t --json` has forgotten its tag."""
    return not any(
        token == "--" or NAMED.match(token) or _match(token, known) for token in following
    ) and bool(following)


def _place(argv: Sequence[str], names: Mapping[str, Command]) -> int | None:
    """Where the command word stands.

    The first name whose own options explain every token before it: `-n 3 log`, `-n ask why`.
    Else the first token that cannot be the value of any command's option, so that what is wrong
    is told about the right word. None when there is none.
    """
    end = argv.index("--") if "--" in argv else len(argv)
    for at, token in enumerate(argv[:end]):
        command = names.get(token)
        if command and all(piece.fits for piece in _pieces(argv[:at], _known(command))):
            return at
        # Of two words in a row only the first can be a value: no command can follow.
        if at and not token.startswith("-") and not argv[at - 1].startswith("-"):
            break
    return _first_word(argv, end, names.values())


def _first_word(argv: Sequence[str], end: int, commands: Iterable[Command]) -> int | None:
    known: dict[str, Option] = {}
    for command in commands:
        known |= {
            spelling: option
            for spelling, option in _known(command).items()
            if option.takes or spelling not in known
        }
    at = 0
    for piece in _pieces(argv[:end], known):
        if piece.option is None and (piece.token == "-" or not piece.token.startswith("-")):
            return at
        # A value is a token of its own unless the option's token carries it.
        at += 1 + (piece.value is not None and piece.token in known)
    return end + 1 if end + 1 < len(argv) else None


def _resolve(word: str, names: Mapping[str, Command]) -> Command:
    if command := names.get(word):
        return command
    shown = [name for name, command in names.items() if name == command.name]
    nearest = " or ".join(f"`{name}`" for name in _nearest(word, shown, count=3))
    raise UsageError(
        f"no command {word!r}" + (f"; the nearest is {nearest}" if nearest else ""),
        "`ledgernote --help` lists the commands; `ledgernote ask …` asks, `find …` searches.",
    )


def _checked(piece: _Piece, command: Command | None, known: Known) -> _Piece:
    """The piece itself, once it is known to make sense. Raises UsageError."""
    option, token = piece.option, piece.token
    if option is None:
        if not piece.forced and _is_unknown(token, command):
            raise _unknown_option(token, command, known)
    elif option.takes is None and piece.value is not None:
        raise UsageError(f"{option.long} takes no value", f"Write `{option.long}` alone.")
    elif option.takes and piece.value is None:
        raise UsageError(
            f"{token} needs a value: {option.takes}",
            f"A value that looks like an option is written `{option.long}=…`.",
        )
    elif option.takes and option.takes not in MAY_BE_EMPTY and not (piece.value or "").strip(" ,"):
        # An unset variable of a script must not mean the default.
        raise UsageError(
            f"{option.long} was given an empty {option.takes}",
            f"Leave {option.long} away, or give it one.",
        )
    elif option.counts and not _is_count(piece.value):
        raise UsageError(
            f"{option.long} takes a number from 0 to {MOST}, not {piece.value!r}",
            f"Such as `{option.short} 20`.",
        )
    return piece


def _is_count(value: str | None) -> bool:
    return value is None or (value.isdecimal() and len(value) <= len(str(MOST)))


def _fitting(words: tuple[str, ...], command: Command) -> tuple[str, ...]:
    """The words, when they are as many as the command takes. Raises UsageError."""
    places = command.places
    if command.verbs:  # what each of them takes is for the command to say
        places = (places[0], "[…]")
    missing = [place for place in places[len(words) :] if not place.startswith("[")]
    wrong = ""
    if missing:
        wrong = f"needs {' '.join(missing)}"
    elif command.verbs and words[0] not in command.verbs:
        wrong = f"cannot {words[0]!r}"
    elif len(words) > len(places) and not any("…" in place for place in places):
        wrong = f"has no use for {words[len(places)]!r}"
    if wrong:
        usage = f"usage: ledgernote {command.name} {command.words}".rstrip()
        raise UsageError(f"{command.name} {wrong}", f"{usage}; `--help` says more.")
    return words


def _is_unknown(token: str, command: Command | None) -> bool:
    """Whether a token that is no option was meant as one."""
    if command and command.dashed:
        return NAMED.match(token) is not None
    return token.startswith("-") and token != "-"


def _unknown_option(token: str, command: Command | None, known: Known) -> UsageError:
    name, _, value = token.partition("=")
    if option := known.get(name):
        better = f"`{name} {value or option.takes}`" if option.takes else f"`{name}` alone"
        return UsageError(
            f"{name} stands apart from what follows it, not {token!r}", f"Write {better}."
        )
    near = _nearest_option(name, known)
    nearest = f"; the nearest is {near}" if near else ""
    if command is None:
        return UsageError(
            f"no option {name!r} without a command{nearest}",
            "`ledgernote --help` lists the commands and what holds for all of them.",
        )
    return UsageError(
        f"{command.name} has no option {name!r}{nearest}",
        f"`ledgernote {command.name} --help` lists them; what follows `--` is words.",
    )


def _nearest_option(name: str, known: Known) -> str:
    """The option that was most likely meant: `-t` for `-tariff`, else one much like it, if any."""
    if not name.startswith("--") and name[:2] in known:
        return name[:2]
    options = [option for option in known.values() if not option.hidden]
    shown = [one for option in options for one in (option.long, option.short) if one]
    return next(iter(_nearest(name, shown)), "")


def _nearest(name: str, names: Iterable[str], *, count: int = 1) -> list[str]:
    """The names that are much like one, the most alike first."""
    from difflib import get_close_matches

    # Dashes are alike everywhere; without them `-thread` is nearest to `--thread`, not to `-r`.
    bare = {other.lstrip("-"): other for other in names}
    close = get_close_matches(name.lstrip("-"), bare, n=count)
    return [bare[other] for other in close]


def _given(pieces: Iterable[_Piece], options: Sequence[Option]) -> dict[str, Any]:
    """What was said of some options, as the parameters that take it."""
    given: dict[str, Any] = {}
    for _, option, value, _ in pieces:
        if option is None or option not in options:
            continue
        name = option.parameter
        if value is None:
            given[name] = True
        elif option.counts:
            given[name] = int(value)
        else:
            given[name] = (*given.get(name, ()), value) if option.repeat else value
    return given


def _help(pieces: Sequence[_Piece], names: Mapping[str, Command]) -> Invocation:
    """`help COMMAND` is `COMMAND --help`; a few other words have help too."""
    asked = [piece.token for piece in pieces if piece.option is None]
    wanted = None
    if asked[:1] and asked[0] in TOPICS:
        wanted = asked[0]
    elif asked and (command := _resolve(asked[0], names)) is not HELP:
        wanted = command.name
    chosen = Globals(**{**_given(pieces, GLOBALS), "help": True})
    return Invocation(globals=chosen, command=wanted)
