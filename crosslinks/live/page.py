"""What the live page is made of, for those who follow the stream and for the organizer who tries it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import clock
from crosslinks.live.models import Stream
from crosslinks.live.players import host_of, origin_of, player_address
from crosslinks.live.rules import StreamKind, StreamState
from crosslinks.live.slots import day_slots
from crosslinks.programme.queries import get_timeline
from crosslinks.web.security import allow_in_csp


def player(stream: Stream | None, *, wanted: bool) -> dict[str, object]:
    """Return what the page needs to show a stream; only when it is ``wanted`` does the policy let its host in."""
    if stream is None or not stream.address:
        return {"stream": None, "source": "", "host": "", "playing": False}
    playing = wanted and stream.kind is StreamKind.EMBED
    source = stream.address
    if stream.kind is StreamKind.EMBED:
        source = player_address(source, urlsplit(settings().base_url).hostname or "")
    if playing:
        allow_in_csp("frame-src", origin_of(source))
    return {"stream": stream, "source": source, "host": host_of(source), "playing": playing}


def day(edition: Edition, moment: datetime) -> dict[str, object]:
    """Return the day beside the stream, and the conference's clock over real time in milliseconds."""
    timeline = get_timeline(edition, moment)
    return {
        "slots": day_slots(timeline),
        "moment": moment,
        "clock_offset": int(clock.offset.total_seconds() * 1000),
    }


def state_words(state: StreamState) -> str:
    """Return where the stream stands, in a word or two."""
    return {
        StreamState.BEFORE: _("Not open yet"),
        StreamState.OPEN: _("Open"),
        StreamState.OVER: _("Over"),
    }[state]
