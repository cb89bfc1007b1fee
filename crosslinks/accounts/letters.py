"""What we write to organizers. Their links are minted as the mail is sent, so that no row holds one."""

from __future__ import annotations

from collections.abc import Callable

from crosslinks.accounts.forms import role_promise, role_words
from crosslinks.accounts.links import mint_link
from crosslinks.accounts.queries import get_account
from crosslinks.accounts.rules import INVITATION_LIFE, SIGN_IN_LINK_LIFE, LinkPurpose
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import transaction
from crosslinks.mail.rendering import PLAIN_FRAME, absolute, render_letter
from crosslinks.mail.rules import Letter, LetterFrame, Rendered
from crosslinks.web.languages import speaking

MASKED = "/sign-in/…"
SENT_WITHOUT_LINK = "/sign-in"


def sign_in_letter(letter: Letter) -> Rendered:
    """Render a sign-in link, fresh at each sending."""
    return render_letter(
        "accounts/mail/sign_in",
        letter.language,
        frame=PLAIN_FRAME,
        name=letter.to_name,
        url=absolute(_fresh_link(letter, LinkPurpose.SIGN_IN)),
        minutes=int(SIGN_IN_LINK_LIFE.total_seconds() // 60),
    )


def invitation_letter(letter: Letter) -> Rendered:
    """Render an invitation: a newcomer gets a link to choose a password, others the way to the sign-in page."""
    role = Role(letter.data["role"])
    is_new = letter.account_id is not None and get_account(letter.account_id).last_seen_at is None
    path = _fresh_link(letter, LinkPurpose.SET_PASSWORD) if is_new else SENT_WITHOUT_LINK
    with speaking(letter.language):
        words, promise = role_words(role), role_promise(role)
    return render_letter(
        "accounts/mail/invitation",
        letter.language,
        frame=LetterFrame(brand=letter.data["conference"], hue=letter.data["hue"]),
        name=letter.to_name,
        conference=letter.data["conference"],
        by=letter.data["by"],
        role=words,
        promise=promise,
        is_new=is_new,
        url=absolute(path),
        days=INVITATION_LIFE.days,
    )


def _fresh_link(letter: Letter, purpose: LinkPurpose) -> str:
    if letter.preview or letter.account_id is None:
        return MASKED
    with transaction():
        token = mint_link(account=get_account(letter.account_id), purpose=purpose, real=real_now())
    return f"/sign-in/{token}"


LETTERS: dict[str, Callable[[Letter], Rendered]] = {
    "accounts.sign_in": sign_in_letter,
    "accounts.invitation": invitation_letter,
}
