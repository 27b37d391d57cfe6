"""The clipboard: written through the terminal (OSC 52) and the platform's tool, read by that.

OSC 52 also reaches the machine in front of a person who is logged in elsewhere; a terminal that
does not know it shows nothing of it, and nothing says whether it was heard. So both are done.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from ledgernote.domain.errors import UsageError
from ledgernote.domain.images import media_of

MOST = 74_994
"""Bytes that terminals take by OSC 52: xterm's limit, the smallest among those in use."""
PATIENCE = 2.0
"""Seconds for a tool that may hang without its display."""

_WRITE: Sequence[tuple[str, tuple[str, ...]]] = (
    ("", ("pbcopy",)),
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("clip.exe",)),
)
"""What must be set for a tool to work, and how it is called."""
_READ: Sequence[tuple[str, tuple[str, ...]]] = (
    ("", ("pbpaste",)),
    ("WAYLAND_DISPLAY", ("wl-paste", "--no-newline")),
    ("DISPLAY", ("xclip", "-selection", "clipboard", "-out")),
    ("DISPLAY", ("xsel", "--clipboard", "--output")),
    ("", ("powershell.exe", "-NoProfile", "-Command", "Get-Clipboard -Raw")),
)

_READ_IMAGE: Sequence[tuple[str, tuple[str, ...]]] = (
    ("", ("pngpaste", "-")),
    ("", ("osascript", "-e", "the clipboard as «class PNGf»")),
    ("WAYLAND_DISPLAY", ("wl-paste", "--type", "image/png")),
    ("DISPLAY", ("xclip", "-selection", "clipboard", "-t", "image/png", "-out")),
)


def sequence(text: bytes, environ: Mapping[str, str]) -> str:
    """What makes the terminal keep *text*; wrapped where tmux or screen stands in between.

    Empty where it is more than terminals take.
    """
    if len(text) > MOST:
        return ""
    plain = f"\x1b]52;c;{base64.b64encode(text).decode()}\x07"
    if environ.get("TMUX"):
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        # screen takes 768 bytes of such a string at a time.
        parts = [plain[start : start + 256] for start in range(0, len(plain), 256)]
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return plain


def write(text: bytes) -> str:
    """Give *text* to the platform's tool; its name, empty where none took it."""
    for command in _tools(_WRITE, os.environ):
        try:
            # Its output stays away from pipes: xclip lives on, and would keep them open.
            subprocess.run(
                command,
                input=text,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return command[0]
    return ""


def read() -> bytes:
    """The text on the clipboard, else the image, by the platform's tool. Raises `UsageError`."""
    tools = _tools(_READ, os.environ)
    for command in tools:
        found = _said(command)
        if media_of(found):
            return found
        if found.strip():
            return found.replace(b"\r\n", b"\n")
    for command in _tools(_READ_IMAGE, os.environ):
        found = _said(command)
        if command[0] == "osascript":
            found = _of_apple(found)
        if media_of(found):
            return found
    if tools:
        raise UsageError("the clipboard holds neither text nor an image", "Copy something first.")
    raise UsageError(
        "nothing here can read the clipboard",
        "Paste with the terminal's own key; or install wl-clipboard, xclip or xsel.",
    )


def _said(command: Sequence[str]) -> bytes:
    """What a tool prints; nothing where it fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout


def _of_apple(said: bytes) -> bytes:
    """The bytes that AppleScript prints as `«data PNGf89504E47…»`."""
    _, _, digits = said.partition(b"PNGf")
    try:
        return bytes.fromhex(digits.decode(errors="ignore").strip().rstrip("»"))
    except ValueError:
        return b""


def _tools(
    every: Sequence[tuple[str, tuple[str, ...]]], environ: Mapping[str, str]
) -> list[tuple[str, ...]]:
    usable = (call for needs, call in every if not needs or environ.get(needs))
    return [call for call in usable if shutil.which(call[0])]
