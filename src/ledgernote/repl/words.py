"""What a typed line means. A prefix acts only when it resolves to a known name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ledgernote.domain.frozen import frozen


@frozen(kw_only=False)
class Typed:
    """One message from the prompt."""

    text: str
    pasted: bool = False
    """It begins with several lines that were pasted or fenced: text, never a command."""
    pastes: tuple[str, ...] = ()
    """Its pastes of several lines. What they mention is nobody's wish and brings nothing along."""

    @property
    def own(self) -> str:
        """What was typed by hand; nothing where a paste was changed and cannot be told apart."""
        rest = self.text
        for paste in self.pastes:
            if paste.strip("\n") not in rest:
                return ""
            rest = rest.replace(paste.strip("\n"), " ", 1)
        return rest


class Named(Protocol):
    """As much of a slash command as its recognition needs."""

    @property
    def lines(self) -> bool:
        """Its words may have several lines."""


@frozen(kw_only=False)
class Command:
    """A slash command and the words behind it."""

    name: str
    words: str


@frozen(kw_only=False)
class Shell:
    """A line for the shell."""

    line: str


@frozen(kw_only=False)
class Text:
    """Words for the model."""

    text: str


@frozen(kw_only=False)
class Doubtful:
    """A lone word that looks like a command and is none: asked about once."""

    text: str


Meaning = Command | Shell | Text | Doubtful

_SLASH = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)
_LONE_SLASH = re.compile(r"/[^\W\d_][\w-]*")
_LEAVING = ("exit", "quit")
"""As people type it elsewhere; nobody asks a model just that."""

_SHELL_WORDS = frozenset({"for", "if", "pwd", "time", "type", "ulimit", "umask", "while", "[["})
_SET = re.compile(r"\w+=")


def meaning(typed: Typed, commands: Mapping[str, Named]) -> Meaning:
    """The meaning of one message that is not blank."""
    text = typed.text.strip()
    if typed.pasted:
        return Text(typed.text)
    if text in _LEAVING:
        return Command("exit", "")
    slash = _SLASH.fullmatch(text)
    command = commands.get(slash[1]) if slash else None
    if slash and command and (command.lines or "\n" not in text):
        return Command(slash[1], (slash[2] or "").strip())
    if text.startswith("!") and _runs(text[1:].strip()):
        return Shell(text[1:].strip())
    if _LONE_SLASH.fullmatch(text) or (text.startswith("!") and re.fullmatch(r"![\w.-]+", text)):
        return Doubtful(text)
    return Text(typed.text)


def _runs(line: str) -> bool:
    """Whether a shell would know the first word of *line*."""
    word = line.split(maxsplit=1)[0] if line else ""
    if not word or word in _SHELL_WORDS or _SET.match(word) or word.startswith(("(", "{")):
        return bool(word)
    path = Path(word).expanduser() if word.startswith("~/") else Path(word)
    return shutil.which(path) is not None
