"""Addresses of servers, as the settings and the environment give them."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

OLLAMA_PORT = 11434
NONE = "is no address"
_AT_ROOT = ("OLLAMA", "ANTHROPIC")
"""Whose variables hold no path."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What a server listens at → where it is asked."""


def url_of(given: str, *, ollama: bool = False) -> str:
    """*given* as a URL. Raises `ValueError` with what is wrong of it.

    Ollama's may be `0.0.0.0`, `::1` or `box:11434`, as its own server reads it.
    """
    base = given.rstrip("/")
    if ollama:
        with suppress(ValueError):
            base = f"[{base}]" if ip_address(base).version == 6 else base
        base = base if "://" in base else f"http://{base}"
    elif "://" not in given:
        raise ValueError("lacks its http://")
    parts = _split(base)
    if not ollama:
        if not parts.hostname:
            raise ValueError(NONE)
        return base
    host = parts.hostname or "0.0.0.0"
    host = _EVERYWHERE.get(host, host)
    host = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80 if "://" in given else OLLAMA_PORT
    rest = f"?{parts.query}" * bool(parts.query)
    return f"{parts.scheme}://{host}:{parts.port or default}{parts.path}{rest}"


def below(base: str, path: str) -> str:
    """The address of *path* below *base*, which may end in a ?query."""
    parts = urlsplit(base)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + path))


def _split(base: str) -> SplitResult:
    """Raises `ValueError` where there is no such host or port."""
    with suppress(ValueError):
        parts = urlsplit(base)
        told = parts.port, parts.hostname  # both are read only now
        if parts.scheme in ("http", "https") and re.fullmatch(r"[^\s\\]*", told[1] or ""):
            return parts
    raise ValueError(NONE)


def fault_of(name: str, given: str, why: str) -> tuple[str, str]:
    """The sentence for an address that is none, and the remedy; *name* is where it stands."""
    from ledgernote.domain.secrets import shown  # only a fault pays for it

    told = shown(given)
    rest = "" if name.startswith(_AT_ROOT) else "/v1"
    better = f"http://HOST:PORT{rest}" if why == NONE else f"http://{told}"
    if name.isupper():
        return f"{name} {why}: {told}", f"export {name}={better}"
    return f"{name} {why}: {told}", f"ledgernote config set {name} {better}"
