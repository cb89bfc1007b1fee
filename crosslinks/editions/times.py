"""Between the edition's own clock and UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crosslinks.kernel.errors import Invalid


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment of a local time (naive).

    Raises ``Invalid`` for an hour that the clock skips in spring; of an hour that comes twice the first is meant.
    """
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(fold=0):
        raise Invalid("time.does_not_exist")
    return moment


def to_local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the local time (naive) of a moment."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
