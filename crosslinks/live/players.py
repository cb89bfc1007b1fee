"""The address of a stream: whether it can be used, which host it asks, and the player behind a watch page.

| typed                                              | shown in the frame                               |
|----------------------------------------------------|--------------------------------------------------|
| youtube.com/watch?v=ID, /live/ID, /shorts/ID, youtu.be/ID | www.youtube-nocookie.com/embed/ID         |
| vimeo.com/NUMBER, vimeo.com/NUMBER/HASH            | player.vimeo.com/video/NUMBER (with h=HASH)      |
| vimeo.com/event/NUMBER                             | vimeo.com/event/NUMBER/embed                     |
| twitch.tv/CHANNEL, twitch.tv/videos/NUMBER         | player.twitch.tv/?channel=… or ?video=…, &parent= our host |

Anything else is taken as it is.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from crosslinks.kernel.errors import Invalid

LONGEST_ADDRESS = 500
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PLAIN = re.compile(r"[!-~]+")
_FORBIDDEN = frozenset("\"'<>\\^`{}|")
_YOUTUBE_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_NUMBER = re.compile(r"\d{4,15}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{6,20}")
_CHANNEL = re.compile(r"\w{3,30}", re.ASCII)


def check_address(typed: str) -> str:
    """Return an address that can be used for a stream; raises ``Invalid`` with a code that says what is wrong."""
    address = typed.strip()
    if len(address) > LONGEST_ADDRESS:
        raise Invalid("stream.too_long")
    if not _PLAIN.fullmatch(address) or _FORBIDDEN & set(address):
        raise Invalid("stream.characters")
    parts = _split(address)
    if parts.scheme != "https":
        raise Invalid("stream.not_https")
    if parts.username is not None or parts.password is not None:
        raise Invalid("stream.password")
    if not _HOST.fullmatch(parts.hostname or ""):
        raise Invalid("stream.host")
    return address


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError as error:
        raise Invalid("stream.host") from error
    return parts


def origin_of(address: str) -> str:
    """Return scheme, host and port, as a page's policy names them; raises ``Invalid`` for what is no host."""
    parts = _split(address)
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"https", "http"} or not _HOST.fullmatch(host):
        raise Invalid("stream.host")
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def host_of(address: str) -> str:
    """Return the host of an address, for people to read."""
    return origin_of(address).partition("://")[2]


def player_address(address: str, our_host: str) -> str:
    """Return the address of the player for a watch page of a known service, any other address as it is."""
    parts = _split(address)
    host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.")
    steps = [step for step in parts.path.split("/") if step]
    query = parse_qs(parts.query)
    if host in {"youtube.com", "youtu.be", "youtube-nocookie.com"}:
        return _youtube(host, steps, query) or address
    if host == "vimeo.com":
        return _vimeo(steps, query) or address
    if host == "twitch.tv":
        return _twitch(steps, our_host) or address
    return address


def _youtube(host: str, steps: list[str], query: dict[str, list[str]]) -> str:
    if host == "youtu.be":
        found = steps[0] if steps else ""
    elif steps[:1] == ["watch"]:
        found = query.get("v", [""])[0]
    else:
        found = steps[1] if len(steps) == 2 and steps[0] in {"live", "shorts", "embed"} else ""
    return f"https://www.youtube-nocookie.com/embed/{found}" if _YOUTUBE_ID.fullmatch(found) else ""


def _vimeo(steps: list[str], query: dict[str, list[str]]) -> str:
    if steps[:1] == ["event"] and len(steps) >= 2 and _NUMBER.fullmatch(steps[1]):
        return f"https://vimeo.com/event/{steps[1]}/embed"
    if not steps or not _NUMBER.fullmatch(steps[0]):
        return ""
    secret = steps[1] if len(steps) > 1 else query.get("h", [""])[0]
    known = f"?h={secret}" if _HASH.fullmatch(secret) else ""
    return f"https://player.vimeo.com/video/{steps[0]}{known}"


def _twitch(steps: list[str], our_host: str) -> str:
    if len(steps) == 2 and steps[0] == "videos" and _NUMBER.fullmatch(steps[1]):
        shown = {"video": f"v{steps[1]}"}
    elif len(steps) == 1 and _CHANNEL.fullmatch(steps[0]):
        shown = {"channel": steps[0]}
    else:
        return ""
    return f"https://player.twitch.tv/?{urlencode(shown | {'parent': our_host})}"
