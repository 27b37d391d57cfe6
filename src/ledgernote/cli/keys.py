"""`keys`: keys of providers, kept outside the ledger and never taken from arguments."""

from __future__ import annotations

from contextlib import suppress

from ledgernote.cli import pipe
from ledgernote.cli.call import NOTHING, Call, has_terminal
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.secrets import tail
from ledgernote.domain.text import to_text
from ledgernote.notebook import keys as kept
from ledgernote.render.escape import padded, visible

USES = {"set": "keys set [PROVIDER]", "list": "keys list", "rm": "keys rm PROVIDER"}
HOW = {"set": "set openai asks for it, or pipe it in", "list": "list", "rm": "rm PROVIDER"}
WORDS = {"set": (0, 1), "list": (0, 0), "rm": (1, 1)}
"""How many words each takes."""


def keys(
    call: Call,
    action: str,
    *words: str,
) -> int | None:
    """Keep keys of providers, list them, forget them."""
    is_key = any(map(kept.recognised, words))
    if is_key or (action == "set" and len(words) > 1):
        raise UsageError(
            "a key is no argument: your shell keeps those",
            f"ledgernote keys {HOW[action]}. Take it out of the history.",
        )
    least, most = WORDS[action]
    if not least <= len(words) <= most:
        raise UsageError(f"usage: ledgernote {USES[action]}", "`ledgernote keys list` lists them.")
    if action == "set":
        _set(call, words[0] if words else "")
        return None
    return _remove(call, words[0]) if words else _list(call)


def _set(call: Call, provider: str) -> None:
    if provider:
        provider = kept.provider_of(call.settings, provider)
    key = kept.cleaned(_asked(call, provider))
    owner = kept.recognised(key)
    if not (whose := provider or owner or ""):
        raise UsageError("nobody's keys begin like this one", "Name whose: keys set PROVIDER.")
    place = kept.keep(call.settings, whose, key)
    call.out.say(f"the key {tail(key)} of {whose} is kept in {visible(place)}")
    if owner and owner != whose:
        call.out.say(
            f"it looks like a key of {owner}: ledgernote keys set {owner} keeps it for that one, "
            f"ledgernote keys rm {whose} forgets it here"
        )
    if front := kept.in_front(call.settings, whose):
        call.out.say(f"{front} comes first: unset it, or this key is not used")


def _asked(call: Call, provider: str) -> str:
    """What is typed, unseen, or piped."""
    if pipe.is_given():
        return to_text(pipe.read(call.out.say))
    if not has_terminal(call.out):
        raise UsageError(
            "no terminal to type a key at, and none is piped",
            f"op read … | ledgernote keys set {provider or 'openai'}",
        )
    from getpass import getpass

    try:
        return getpass(f"key of {provider or 'which provider it is for, any'} (hidden): ")
    except EOFError:
        return ""


def _list(call: Call) -> int | None:
    found = list(kept.listed(call.settings))
    for one in found:
        if call.out.json:
            last = one.tail.removeprefix("…") or None
            call.out.record(
                {"provider": one.provider, "from": one.place, "last": last, "used": one.used}
            )
            continue
        fields = (one.provider, one.place, one.tail or "read when needed")
        beaten = "" if one.used else "not used: what stands above comes first"
        if call.out.tty:
            line = f"{padded(fields[0], 12)}  {padded(fields[2], 16)}  {fields[1]}"
            call.out.data(visible(line + (f"  ({beaten})" if beaten else "")))
        else:
            call.out.data(visible("\t".join((*fields, beaten)).rstrip("\t")))
    if not found:
        call.out.say("no key is known; ledgernote keys set openai keeps one")
        return NOTHING
    return None


def _remove(call: Call, provider: str) -> int | None:
    with suppress(NoSuchThing):  # it may be of a server that the settings have no more
        provider = kept.provider_of(call.settings, provider)
    gone = kept.drop(call.settings, provider)
    front = kept.in_front(call.settings, provider)
    still = f"; {front} is still set, unset it there" if front else ""
    call.out.say(f"{'forgotten' if gone else 'none was kept'}: the key of {provider}{still}")
    return None if gone else NOTHING
