"""Who was at the stream, as a file for spreadsheets: figures without names."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from crosslinks.live.rules import Audience

BYTE_ORDER_MARK = "\ufeff"


def curve_as_csv(audience: Audience, zone: ZoneInfo) -> str:
    """Return how many people were at the stream in each five minutes, in the edition's zone."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("From"), _("People")])
    writer.writerows((step.astimezone(zone).strftime("%Y-%m-%d %H:%M"), count) for step, count in audience.curve())
    return BYTE_ORDER_MARK + out.getvalue()
