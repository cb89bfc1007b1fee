"""Telling programs from people: a trap, the time it took, and a question that anybody can answer.

Suspicion only asks. Nobody is turned away in silence, and who answers is let in.
"""

from __future__ import annotations

import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer

from crosslinks.config import settings
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.errors import TooMany
from crosslinks.web.clients import client_key, spend

QUICKEST_SECONDS = 2.0
QUICK_FORMS = 3
"""A minute and client: as many are let through."""
LONGEST_SECONDS = 6 * 3600
LARGEST = 9


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().keys.state, salt=f"registration/{purpose}")


def opened_now() -> str:
    """Return a mark of this moment for the form to carry."""
    return str(_signer("opened").dumps(real_now().timestamp()))


def looks_like_a_program(trap: str, opened: str) -> bool:
    """Say whether the trap was filled, or forms keep coming back from this client faster than anybody types.

    One quick form is somebody with a good memory in the browser; a row of them is not. A form without the mark comes
    from a client of its own, which is not suspicious by itself.
    """
    if trap:
        return True
    if not _was_quick(opened):
        return False
    try:
        spend("quick-form", client_key(), QUICK_FORMS, "minute")
    except TooMany:
        return True
    return False


def _was_quick(opened: str) -> bool:
    if not opened:
        return False
    try:
        at = float(_signer("opened").loads(opened, max_age=LONGEST_SECONDS))
    except (BadSignature, TypeError, ValueError):
        return False
    return 0 <= real_now().timestamp() - at < QUICKEST_SECONDS


def new_question() -> tuple[int, int, str]:
    """Return two small numbers to add, and the signed question to carry along."""
    one, other = (secrets.randbelow(LARGEST) + 1 for _ in range(2))
    return one, other, str(_signer("question").dumps([one, other]))


def is_answered(question: str, answer: str) -> bool:
    """Say whether ``answer`` is the sum that the signed ``question`` asks for."""
    try:
        one, other = _signer("question").loads(question, max_age=LONGEST_SECONDS)
    except (BadSignature, TypeError, ValueError):
        return False
    return answer.strip() == str(one + other)
