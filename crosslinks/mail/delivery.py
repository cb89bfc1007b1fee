"""Sending what is queued: claim, render, hand over, note what was answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep
from typing import cast

from flask import current_app
from sqlalchemy.exc import DBAPIError

from crosslinks.config import settings
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.answered import AnsweredNote, settle_notes
from crosslinks.mail.message import AddressUnusable, build_message, sender, wire_address
from crosslinks.mail.operations import claim_mails, give_back, note_answers, note_sent, renew_claims
from crosslinks.mail.queries import mail_is_due
from crosslinks.mail.reasons import LETTER_BROKEN, LETTER_UNFILLED, LETTER_UNKNOWN, coded
from crosslinks.mail.rules import LEASE, Answer, Claim, Letter, LetterKept, Outcome, Rendered, UnfilledLetter
from crosslinks.mail.smtp import Postman, ServerUnavailable

log = logging.getLogger(__name__)

LetterMaker = Callable[[Letter], Rendered]
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
SECONDS_TO_DATABASE = 1.0
SECONDS_UNWRITTEN = 0.5
"""How long answers may stand in the note alone: one commit for a few of them is what lets many be sent a second."""
SURE_OF_LEASE = 0.7
"""The part of a lease after which it is renewed, or what is left of the batch is given back."""


class LetterBroken(Exception):
    """A letter that cannot be made; the message says why."""

    outcome = Outcome.REFUSED


class LetterHeld(LetterBroken):
    """A letter whose words cannot be filled: held until an organizer mends them."""

    outcome = Outcome.UNFILLED


def make_letter(letter: Letter) -> Rendered:
    """Render a letter with the function of its kind, reading at most.

    Raises ``LetterBroken``, ``LetterHeld`` or ``LetterKept``.
    """
    makers = cast("dict[str, LetterMaker]", current_app.extensions["crosslinks.letters"])
    maker = makers.get(letter.kind)
    if maker is None:
        raise LetterBroken(coded(LETTER_UNKNOWN, kind=letter.kind))
    try:
        return maker(letter)
    except LetterKept:
        raise
    except UnfilledLetter as error:
        raise LetterHeld(_unfilled(error)) from error
    except Exception as error:
        log.exception("letter %s of kind %s cannot be made", letter.message_id, letter.kind)
        raise LetterBroken(coded(LETTER_BROKEN, detail=f"{type(error).__name__}: {error}")) from error
    finally:
        db.session.rollback()


def _unfilled(error: UnfilledLetter) -> str:
    told = {"letter": error.letter, "language": error.language, "names": error.names, "detail": str(error)}
    return coded(LETTER_UNFILLED, **{name: value for name, value in told.items() if value})


class Delivery:
    """The sending side of one worker. ``send_batch`` is called again and again, from one thread."""

    def __init__(self, owner: str, postman: Postman, ending: Callable[[], bool] = lambda: False) -> None:
        self._owner = owner
        self._postman = postman
        self._ending = ending
        self._folder = notes_folder()
        self._note = AnsweredNote(self._folder, owner)
        self._renewed = monotonic()
        self._answers: dict[int, Answer] = {}
        self._oldest_answer = 0.0
        self._pause = 0.0
        self._in_trouble = False

    @property
    def pause(self) -> float:
        """Seconds to wait before the next batch: more than 0 when the server could not be reached."""
        return self._pause if self._in_trouble else 0.0

    def send_batch(self) -> int:
        """Send the messages that are due, at most one batch; return how many were claimed."""
        self._in_trouble = False
        settle_notes(self._folder, _mark_sent)
        if not mail_is_due():
            return 0
        with transaction():
            claims = claim_mails(owner=self._owner)
        self._renewed = monotonic()
        try:
            self._send_all(claims)
        finally:
            self._write_answers()
        return len(claims)

    def _send_all(self, claims: list[Claim]) -> None:
        for position, claim in enumerate(claims):
            if self._ending() or not self._holds():
                self._give_back(claims[position:])
                return
            try:
                self._send(claim)
            except ServerUnavailable as error:
                self._in_trouble = True
                self._pause = min(max(FIRST_PAUSE, self._pause * 2), LONGEST_PAUSE)
                log.warning("the mail server is not available: %s", error)
                self._give_back(claims[position:], str(error))
                return
            if monotonic() - self._oldest_answer > SECONDS_UNWRITTEN:
                self._write_answers()

    def _send(self, claim: Claim) -> None:
        chosen = settings()
        try:
            made = make_letter(claim.letter)
            message = build_message(claim.letter, made, chosen, real_now())
            addresses = wire_address(sender(chosen)[1]), wire_address(claim.letter.to_address)
        except LetterKept as kept:
            self._keep_answer(claim, Answer(kept.outcome, kept.reason))
            return
        except LetterBroken as error:
            self._keep_answer(claim, Answer(error.outcome, str(error)))
            return
        except AddressUnusable as error:
            self._keep_answer(claim, Answer(Outcome.REFUSED, str(error)))
            return
        except Exception as error:  # one broken message must not hold up all that come after it
            log.exception("message %s cannot be put together", claim.letter.message_id)
            self._keep_answer(claim, Answer(Outcome.REFUSED, f"{type(error).__name__}: {error}"))
            return
        self._hand_over(claim, message, *addresses)

    def _hand_over(self, claim: Claim, message: EmailMessage, from_address: str, to_address: str) -> None:
        answer = self._postman.send(message, from_address, to_address)
        self._pause = 0.0
        if answer.outcome is Outcome.TAKEN:
            self._note.write(claim.letter.message_id)
        self._keep_answer(claim, answer)

    def _keep_answer(self, claim: Claim, answer: Answer) -> None:
        """Remember an answer until the next few are written down together; a 250 stands in the note meanwhile."""
        if not self._answers:
            self._oldest_answer = monotonic()
        self._answers[claim.mail_id] = answer
        if answer.outcome is not Outcome.TAKEN:
            log.warning("message %s: %s: %s", claim.letter.message_id, answer.outcome.value, answer.reason)

    def _write_answers(self) -> None:
        """Write the answers down however long the database is away; what was taken must never be sent again."""
        while self._answers:
            try:
                with transaction():
                    note_answers(answers=self._answers, owner=self._owner, now=now())
            except DBAPIError:
                if self._ending():
                    raise
                log.exception("%s answers cannot be written down yet", len(self._answers))
                db.session.rollback()
                sleep(SECONDS_TO_DATABASE)
            else:
                self._answers = {}
                self._note.clear()

    def _holds(self) -> bool:
        """Say whether the claims are still surely ours, after renewing them when they grow old.

        They are not when this process was suspended: others have them by now.
        """
        lease = LEASE.total_seconds()
        age = monotonic() - self._renewed
        if age < lease * (1 - SURE_OF_LEASE):
            return True
        return age < lease * SURE_OF_LEASE and self.renew()

    def renew(self) -> bool:
        """Keep the claims for another lease; also called from beside, while one message takes long."""
        begun = monotonic()
        with transaction():
            held = renew_claims(owner=self._owner)
        self._renewed = begun
        return held > 0

    def _give_back(self, claims: list[Claim], reason: str = "") -> None:
        wait = timedelta(seconds=self._pause if reason else 0)
        with transaction():
            give_back(mail_ids=[claim.mail_id for claim in claims], owner=self._owner, reason=reason, wait=wait)

    def rest(self) -> None:
        """Hang up: nothing is due for now."""
        self._postman.close()

    def close(self) -> None:
        """End for good."""
        self._postman.close()
        self._note.close()


def notes_folder() -> Path:
    """Return where workers note what was answered."""
    return settings().instance / "worker"


def _mark_sent(message_ids: list[str]) -> None:
    with transaction():
        note_sent(message_ids=message_ids, now=now())
