"""Where a request comes from, and how much of it we take."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from crosslinks.config import Settings, settings
from crosslinks.kernel.errors import TooMany
from crosslinks.web.counting import CountingStorage

_LIMITER = "crosslinks.limiter"


def _trusted(address: str, chosen: Settings) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in chosen.trusted_proxies)


def client_address() -> str:
    """Return the address of the client; ``X-Forwarded-For`` counts only from a trusted proxy."""
    address = request.remote_addr or ""
    chosen = settings()
    if not chosen.trusted_proxies:
        return address
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and _trusted(address, chosen):
        address = hops.pop()
    return address


def _limiter() -> RateLimiter:
    limiter: RateLimiter = current_app.extensions[_LIMITER]
    return limiter


def spend(what: str, key: str, amount: int, per: str) -> None:
    """Count one use of ``what`` by ``key``; raises ``TooMany`` beyond ``amount`` in ``per`` (minute or hour)."""
    item = _item(amount, per)
    if not _limiter().hit(item, what, key):
        raise TooMany("too_many", retry_after=int(item.get_expiry()))


def exhausted(what: str, key: str, amount: int, per: str) -> bool:
    """Say whether nothing is left, without counting a use."""
    return not _limiter().test(_item(amount, per), what, key)


_items: dict[tuple[int, str], RateLimitItem] = {}


def _item(amount: int, per: str) -> RateLimitItem:
    item = _items.get((amount, per))
    if item is None:
        item = _items[amount, per] = parse(f"{amount}/{per}")
    return item


def client_key() -> str:
    """Return under which key a client is counted: its address; in IPv6 the /64, which one client has to itself."""
    address = client_address()
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed.packed[:8] + bytes(8), 64)))


def spend_client_request() -> None:
    """Count one public write by this client's address."""
    spend("client", client_key(), settings().requests_per_client, "minute")


def spend_bad_token() -> None:
    """Count one token that opened nothing, so that guessing ends."""
    spend("bad-token", client_key(), settings().bad_tokens_per_client, "minute")


def init_limits(app: Flask) -> None:
    """Count in Redis when it is set up, else in this process."""
    chosen: Settings = app.extensions["crosslinks.settings"]
    storage = storage_from_string(chosen.redis_url) if chosen.redis_url else CountingStorage()
    app.extensions[_LIMITER] = MovingWindowRateLimiter(storage)
