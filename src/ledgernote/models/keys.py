"""Where keys are: a command of the user's, the system keyring, a file of one's own.

The environment comes before all of these and is read where models are chosen (`catalog`). Knows
no model and no terminal. The file says which providers have a key, and holds those that no
keyring took; so neither a command nor a keyring is asked before a key is needed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from ledgernote.domain.errors import ModelError, UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.domain.secrets import hold
from ledgernote.models.printed import COMMAND, LONGEST, may_be, no_program, printed

SERVICE = "ledgernote"
"""Under which the system keyring has our keys."""
KEYRING = "the system keyring"
ANY = ""
"""In the table of commands: the one for every provider without its own."""

BEGINNINGS: tuple[tuple[str, str], ...] = (
    (r"sk-ant-", "anthropic"),
    (r"sk-or-", "openrouter"),
    (r"sk-(?:proj|svcacct|None|admin)-", "openai"),
    (r"AIza|AQ\.", "gemini"),
    (r"gsk_", "groq"),
    (r"xai-", "xai"),
    (r"csk-", "cerebras"),
    (r"pplx-", "perplexity"),
    (r"nvapi-", "nvidia_nim"),
    (r"fw_", "fireworks_ai"),
    (r"tgp_v1_", "together_ai"),
    (r"hf_", "huggingface"),
    (r"sk-[0-9a-f]{32}$", "deepseek"),
    (r"sk-", "openai"),
)
"""How a provider's keys begin; the first that fits tells whose it is."""


@frozen
class Kept:
    """Where one provider's key is, and the way to it."""

    place: str
    read: Callable[[], str]
    """Gives the key. Raises `ModelError` when it cannot be had."""
    chooses: bool = True
    """Its being there makes this provider usable; a command for all providers says nothing."""
    fault: ModelError | None = None
    """Why nobody can say whether the key is there; then only who needs one is stopped."""


@frozen(kw_only=False)
class Keys:
    """The places beside the environment, in order."""

    commands: Mapping[str, str]
    """Provider → command that prints its key; under `ANY` the one for all others."""
    file: Path
    own: frozenset[str] = frozenset()
    """Servers of the user's own: the command for all providers gives no key of theirs."""

    def of(self, provider: str) -> Kept | None:
        """Where that provider's key is, if anywhere. Reads the file and nothing else."""
        return next(self.places(provider), None)

    def places(self, provider: str) -> Iterator[Kept]:
        """Every place that has it, the one that counts first."""
        for name in (provider,) if provider in self.own else (provider, ANY):
            if command := self.commands.get(name):
                wrong = no_program(command)
                read = partial(_raise, wrong) if wrong else partial(_told, command, provider)
                chooses = name != ANY and not wrong
                yield Kept(place=COMMAND, read=read, chooses=chooses, fault=wrong)
                break
        if wrong := self.fault():
            read = partial(_raise, wrong)
            yield Kept(place=_shown(self.file), read=read, chooses=False, fault=wrong)
            return
        kept = _read(self.file)
        if provider in kept:
            key = kept[provider]
            if key is None:
                yield Kept(place=KEYRING, read=partial(_from_ring, provider))
            else:
                yield Kept(place=_shown(self.file), read=partial(hold, key))

    def fault(self) -> ModelError | None:
        """What is wrong with the file, if anything."""
        try:
            _read(self.file)
        except UsageError as error:
            return ModelError(str(error), error.hint)
        return None

    def providers(self) -> list[str]:
        """Those whose key is known to be somewhere."""
        return list(dict.fromkeys((*filter(None, self.commands), *_read(self.file))))

    def keep(self, provider: str, key: str) -> str:
        """Keep a key in the keyring, else in the file; gives the place. Raises `UsageError`."""
        hold(key)
        kept = _read(self.file)
        ringed = _into_ring(provider, key)
        _write(self.file, {**kept, provider: None if ringed else key})
        return KEYRING if ringed else _shown(self.file)

    def drop(self, provider: str) -> bool:
        """Forget the key that was kept; False where none was. Raises `UsageError`."""
        kept = _read(self.file)
        if provider not in kept:
            return False
        if kept.pop(provider) is None and (ring := _ring()):
            with suppress(Exception):  # gone already, or the keyring is another one now
                ring.delete_password(SERVICE, provider)
        _write(self.file, kept)
        return True


def recognised(key: str, *, surely: bool = False) -> str | None:
    """Whose key it is, by how it begins; *surely*: `sk-` alone tells nothing, proxies have it."""
    known = BEGINNINGS[:-1] if surely else BEGINNINGS
    return next((name for start, name in known if re.match(start, key)), None)


def cleaned(typed: str) -> str:
    """The key in what was typed, pasted or piped, such as `export OPENAI_API_KEY="sk-…"`.

    Raises `UsageError`, which never repeats it.
    """
    key = _bare(typed)
    if not key:
        raise UsageError("no key came", "Paste it, or pipe it in: … | ledgernote keys set openai")
    if not may_be(key):
        raise UsageError(
            "that is no key: a key is one word of plain letters, figures and signs",
            "Copy it once more; nothing was kept.",
        )
    return hold(key)


def joined(typed: str) -> str:
    """The key in what was typed, in one piece, where white space broke it; else *typed* as it is.

    A key that is copied from a narrow window has a line break in it.
    """
    if len(typed) > LONGEST:
        return typed
    first, *more = _bare(typed).split() or [""]
    whole = recognised(first) and all(re.fullmatch(r"[\w.-]+", word) for word in more)
    # Whose beginning comes up twice is two keys.
    if not more or not whole or any(map(recognised, more)):
        return typed
    return "".join((first, *more))


def _bare(typed: str) -> str:
    found = re.sub(r"^(?:export\s+)?[A-Za-z_]\w*\s*=\s*(?=\S)", "", typed.strip())
    return found.strip().strip("\"'").strip()


# ---- a command -----------------------------------------------------------------------


def _told(command: str, provider: str) -> str:
    """The key that the command prints for that provider. Raises `ModelError`."""
    key = printed(command, provider if "{provider}" in command else ANY)
    owner = recognised(key, surely="{provider}" in command)
    if owner not in (None, provider):
        raise ModelError(
            f"{COMMAND} gives a key of {owner}, not of {provider}",
            f"ledgernote config set providers.{provider}.{COMMAND} 'op read …', "
            f"or ledgernote keys set {provider}",
        )
    return key


def owner_told(command: str) -> str | None:
    """Whose key a command for all providers prints; None where it asks whose it is to print.

    Raises `ModelError` where it prints none, or nobody's: one that fails is not one that is not
    there.
    """
    if wrong := no_program(command):
        raise wrong
    if not tells_owner(command):
        return None
    if owner := recognised(printed(command, ANY)):
        return owner
    raise ModelError(
        f"{COMMAND} gives a key that begins like nobody's",
        f"ledgernote config set providers.PROVIDER.{COMMAND} '…' says whose it is, or name the "
        "model with -m",
    )


def tells_owner(command: str) -> bool:
    """Whether *command* is there, and what it prints tells whose key there is."""
    return bool(command) and "{provider}" not in command


# ---- the system keyring --------------------------------------------------------------


def _ring() -> Any:
    """The keyring's module, where it is installed and this system has one; else None."""
    try:
        import keyring
    except ImportError:
        return None
    with suppress(Exception):  # a backend may raise anything while it looks for its service
        if keyring.get_keyring().priority >= 1:
            return keyring
    return None


def _into_ring(provider: str, key: str) -> bool:
    ring = _ring()
    with suppress(Exception):
        if ring is not None:
            ring.set_password(SERVICE, provider, key)
            return bool(ring.get_password(SERVICE, provider) == key)
    return False


def _from_ring(provider: str) -> str:
    ring = _ring()
    try:
        key = ring.get_password(SERVICE, provider) if ring else None
    except Exception:  # noqa: BLE001  locked, refused, gone: whatever the backend says
        key = None
    if not key:
        raise ModelError(
            f"{KEYRING} does not give the key of {provider}", f"ledgernote keys set {provider}"
        )
    return hold(str(key))


# ---- the file ------------------------------------------------------------------------


def _raise(error: ModelError) -> str:
    raise error


def _shown(file: Path) -> str:
    home = str(Path.home())
    return str(file).replace(home, "~", 1) if str(file).startswith(f"{home}/") else str(file)


def _read(file: Path) -> dict[str, str | None]:
    """Provider → its key, or None where the keyring has it. Raises `UsageError`."""
    try:
        # A pipe would be waited for; an empty file somebody may have made, to close it.
        found = None if file.is_fifo() else json.loads(file.read_bytes() or b"{}")
        if isinstance(found, dict) and all(isinstance(k, str | None) for k in found.values()):
            return {name: key for name, key in found.items() if name.strip() and key != ""}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        pass  # what is wrong may repeat a line of it
    raise UsageError(f"{file} cannot be read", "It holds keys: mend it, or remove it.")


def _write(file: Path, kept: Mapping[str, str | None]) -> None:
    """Replace the file; it never is open to others, not for a moment."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            json.dump(dict(kept), opened, indent=2)
        fresh.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
