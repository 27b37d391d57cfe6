"""What a typed line means. A prefix acts only when it resolves to a known name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Typed:
    """One message from the prompt."""

    text: str
    pasted: bool = False
    """Several lines that were pasted or fenced: text, never a command."""


class Named(Protocol):
    """As much of a slash command as its recognition needs."""

    @property
    def lines(self) -> bool:
        """Its words may have several lines."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command and the words behind it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Shell:
    """A line for the shell."""

    line: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words for the model."""

    text: str


@dataclass(frozen=True, slots=True)
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
