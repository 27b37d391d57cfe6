"""Every setting that there is: what it may be, and what it is when nobody says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledgernote.domain.frozen import frozen


@frozen
class Key:
    """One setting: what it may be and what it is when nobody says."""

    kind: type
    default: Any
    help: str
    least: int = 0
    """Of a number."""


KEYS: dict[str, Key] = {
    "ledger": Key(kind=str, default="", help="path of the ledger; empty: the data directory"),
    "model": Key(kind=str, default="", help="the model that answers; empty: the first usable"),
    "key_command": Key(
        kind=str, default="", help="prints a key; `{provider}` in it is whose, `op read …`"
    ),
    "embedder": Key(
        kind=str, default="", help="who tells meaning: `static`, a model, `none`; empty: the extra"
    ),
    "budget": Key(kind=int, default=16_000, help="tokens that a whole context may take", least=1),
    "replay": Key(kind=int, default=4_000, help="tokens of it for what is recalled now"),
    "system": Key(kind=str, default="", help="text put before every context"),
    "day_starts": Key(kind=str, default="05:00", help="a day lasts until then"),
    "editing": Key(kind=str, default="", help="`vi` or `emacs`; empty: as inputrc says"),
    "pager": Key(
        kind=str, default="", help="for what outgrows the screen; empty: $PAGER, else less; or cat"
    ),
    "idle_hours": Key(kind=int, default=6, help="after so long, chat asks: continue or new"),
    "cap": Key(kind=float, default=0.0, help="US dollars a month; asks before more; 0: no end"),
    "compact": Key(kind=bool, default=False, help="chat sums a thread up that outgrew its budget"),
    "fallback": Key(
        kind=list, default=[], help="models asked instead of one that does not answer, in turn"
    ),
    "retries": Key(kind=int, default=2, help="so often a busy model is asked once more"),
    "connect_seconds": Key(kind=int, default=30, help="to reach a server", least=1),
    "first_seconds": Key(kind=int, default=300, help="until the first word of an answer", least=1),
    "silence_seconds": Key(kind=int, default=120, help="between two words of it", least=1),
}
"""Every setting at the top of the file."""
NAMING_MODELS = ("model", "fallback", "embedder")
"""Settings, and keys of tables, that name models."""
IN_TOKENS = ("budget", "replay", "window")
"""Settings, and keys of tables, that count tokens: `16k` will do."""
EDITING = ("", "vi", "emacs")
CONSENT = ("always", "never", "ask")
"""What `consent.SOURCE.PROVIDER` may be; `ask` is as if nobody had said."""
Consents = Mapping[str, Mapping[str, str]]
"""Source → provider → one of `CONSENT`."""
MODEL_KEYS: dict[str, type] = {
    "model": str,
    "api_base": str,
    "local": bool,
    "window": int,
    "sees": bool,
}
PROJECT_KEYS: dict[str, type] = {"model": str, "fallback": list, "cap": float, "replay_from": list}
PROVIDER_KEYS: dict[str, type] = {"key_command": str}
TABLES = {"models": MODEL_KEYS, "projects": PROJECT_KEYS, "providers": PROVIDER_KEYS}
"""Tables `models.NAME` and so on, each with the keys that it may hold."""
Tables = Mapping[str, Mapping[str, Any]]


def consent_name(source: str, provider: str) -> str:
    """`consent.SOURCE.PROVIDER` as it is typed; a provider with dots stands in quotes."""
    return f'consent.{source}."{provider}"' if "." in provider else f"consent.{source}.{provider}"


def consent_of(name: str) -> tuple[str, str] | None:
    """Source and provider of `consent.SOURCE.PROVIDER`; None for any other name."""
    table, _, rest = name.partition(".")
    if rest.endswith('"'):
        source, _, provider = rest[:-1].rpartition('."')
    else:
        source, _, provider = rest.rpartition(".")
    return (source, provider) if table == "consent" and source and provider else None
