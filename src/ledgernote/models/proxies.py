"""What a proxy of the environment has to do with a failure: it stands between, and is named.

By its host alone: what opens it stands in the same address.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from ledgernote.domain.errors import ModelBusy, ModelError
from ledgernote.domain.secrets import shown
from ledgernote.models.choice import ModelChoice
from ledgernote.models.refused import ELSEWHERE

_WANTS_A_PASSWORD = 407
_SCHEMES = ("http", "https", "socks5", "socks5h")
_BY_ITSELF = "the system"
"""Who names a proxy that no variable does."""

# With {host} and {names}, the variable.
_NO_ADDRESS = ("{names} names no address of a proxy", "Set it to http://HOST:PORT, or unset it.")
_NOBODY = (
    "no answer from the proxy {host}, which {names} names",
    "Check the proxy; or unset {names}, or set NO_PROXY to the server's host.",
)
_REFUSED = ("the proxy {host}, which {names} names, lets nothing through", _NOBODY[1])
_SENT_ON = (
    "the proxy {host}, which {names} names, or {where} behind it, sends questions on to: {there}",
    _NOBODY[1],
)
_PASSWORD = (
    "the proxy {host} wants a name and a password",
    "Set {names} to http://NAME:PASSWORD@HOST:PORT",
)


def pass_by(choice: ModelChoice) -> bool:
    """Let no proxy hear what *choice* is asked where none is meant to; True where that is news.

    What a local model gets may be private. Raises `ModelError` for a proxy at no address.
    """
    from urllib.request import proxy_bypass

    host = urlsplit(choice.api_base or "http://localhost").hostname or ""
    is_past = choice.local or (choice.api_base is not None and bool(proxy_bypass(host)))
    wrong = next((facts for facts in _proxies().values() if not facts["host"]), None)
    if wrong and not is_past:
        raise ModelError(*(part.format(**wrong) for part in _NO_ADDRESS))
    # httpx reads all of the environment, also what leads nowhere and is not for this host, unless
    # a * is among the hosts; urllib, which says who is passed by, goes by one that is alone.
    more = ["*"] * bool(wrong) + [host] * choice.local
    hosts = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    news = [one for one in more if one not in hosts.split(",")]
    if news:
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join((hosts, *news))
    return bool(news)


def blamed(chain: Sequence[BaseException], choice: ModelChoice) -> ModelError | None:
    """The one sentence where a proxy failed and not the model; *chain* is all that was raised."""
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    proxy = None if choice.local else _between(choice.api_base or _asked(chain))
    if proxy is None:
        return None
    if there := next((one for one in chain if getattr(one, "kind", "") == ELSEWHERE), None):
        # Over TLS a proxy hands through what it cannot read.
        if not (choice.api_base or "").startswith("http://"):
            return None
        facts = {"where": shown(choice.api_base or ""), "there": shown(str(there)), **proxy}
        return ModelError(*(part.format(**facts) for part in _SENT_ON))
    refused = next((str(one) for one in chain if type(one).__name__ == "ProxyError"), "")
    statuses = {getattr(getattr(one, "response", None), "status_code", 0) for one in chain}
    if _WANTS_A_PASSWORD in statuses or refused.startswith(str(_WANTS_A_PASSWORD)):
        return ModelError(*(part.format(**proxy) for part in _PASSWORD))
    if refused:
        sentence, hint = (part.format(**proxy) for part in _REFUSED)
        return ModelBusy(f"{sentence}: {refused}", hint)
    if names & {"ConnectError", "ConnectTimeout"} and "SSLError" not in names:
        sentence, hint = (part.format(**proxy) for part in _NOBODY)
        return ModelBusy(sentence, hint)
    return None


def _asked(chain: Sequence[BaseException]) -> str:
    """The address that was to be reached."""
    for one in chain:
        if type(one).__name__ in ("ConnectError", "ConnectTimeout", "ProxyError"):
            return str(getattr(getattr(one, "_request", None), "url", ""))
    return ""


def _between(address: str) -> Mapping[str, str] | None:
    """What stands on the way to *address*; a provider's own is read by https."""
    from urllib.request import proxy_bypass

    parts = urlsplit(address)
    proxies = _proxies()
    if proxy_bypass(parts.hostname or ""):
        return None
    return proxies.get(parts.scheme or "https") or proxies.get("all")


def _proxies() -> dict[str, dict[str, str]]:
    """For each scheme who names its proxy, and its host: none where that is no address."""
    from urllib.request import getproxies

    return {
        scheme: {"names": _variable(scheme), "host": _host(address)}
        for scheme, address in getproxies().items()
        if scheme in ("http", "https", "all") and address
    }


def _variable(scheme: str) -> str:
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    return next((name for name in names if os.environ.get(name)), _BY_ITSELF)


def _host(address: str) -> str:
    """Its host and port, without a name and a password."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.hostname or ''}{port}" if parts.scheme in _SCHEMES else ""
