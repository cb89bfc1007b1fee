"""What organizers must know about the mail, on every page of theirs."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.config import ConfigurationError, settings
from crosslinks.jobs.queries import worker_is_alive
from crosslinks.mail.queries import count_mails, find_trouble
from crosslinks.mail.reasons import reason_words
from crosslinks.mail.rules import MailState
from crosslinks.mail.smtp import read_smtp_url
from crosslinks.web.frames import Banner, Link


def mail_banners(edition_id: int, outbox_url: str) -> tuple[Banner, ...]:
    """Return why messages of an edition wait, and that some have failed or are held; nothing when all is well."""
    counts = count_mails(edition_id)
    banners = []
    if counts[MailState.QUEUED]:
        waits = _why_it_waits(edition_id)
        if waits:
            is_here = request.path == outbox_url
            banners.append(Banner("warn", *waits, None if is_here else Link(_("Open the outbox"), outbox_url)))
    failed = counts[MailState.FAILED]
    if failed:
        title = ngettext("%(num)s message could not be sent", "%(num)s messages could not be sent", failed)
        link = Link(_("See why"), f"{outbox_url}?state={MailState.FAILED.value}")
        banners.append(Banner("bad", title, "", link))
    held = counts[MailState.HELD]
    if held:
        title = ngettext("%(num)s message is held", "%(num)s messages are held", held)
        link = Link(_("See why"), f"{outbox_url}?state={MailState.HELD.value}")
        banners.append(
            Banner("bad", title, _("The words of a template cannot be filled. Mend it, then send again."), link)
        )
    return tuple(banners)


def _why_it_waits(edition_id: int) -> tuple[str, str] | None:
    """Return a title and a sentence, or None while messages are on their way."""
    url = settings().smtp_url
    if not url:
        return _("Not sent: no mail server is set up"), _("The messages wait in the outbox.")
    try:
        read_smtp_url(url)
    except ConfigurationError as error:
        return _("Not sent: the mail server’s address cannot be used"), str(error)
    if not worker_is_alive():
        return _("Not sent: no worker is running"), _("The messages wait until it is started.")
    trouble = find_trouble(edition_id)
    if trouble:
        return _("The mail server does not take all messages"), _(
            "We keep trying. It said: %(words)s", words=reason_words(trouble)
        )
    return None
