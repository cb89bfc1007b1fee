"""Registrations for tests. Call them inside ``transaction()``."""

from __future__ import annotations

from itertools import count
from typing import Any

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db
from crosslinks.registration.joining import add_by_hand, register
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Details, Receipt
from tests.factories import NOW, TESTER

_numbers = count(1)


def make_details(**more: Any) -> Details:
    """Somebody new, unless told who."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "given_name": "Åse",
        "family_name": f"Nordlie {number}",
        "email": f"guest.{number}@example.org",
        "organisation": "Fjordbyen Hospital",
    }
    return Details(**(values | more))


def take_place(edition: Edition, mode: Mode = Mode.ONSITE, *, meanwhile_digital: bool = False, **more: Any) -> Receipt:
    """Register somebody as a visitor does."""
    return register(
        actor=TESTER,
        now=NOW,
        edition_id=edition.id,
        details=make_details(**more),
        mode=mode,
        meanwhile_digital=meanwhile_digital,
    )


def make_registration(edition: Edition, mode: Mode = Mode.ONSITE, **more: Any) -> Registration:
    """Register somebody and return their row; ``more`` are details, and ``role`` and the like."""
    known = {"given_name", "family_name", "email", "organisation", "profession", "language", "needs_assistance"}
    details = {name: value for name, value in more.items() if name in known}
    columns = {name: value for name, value in more.items() if name not in known}
    receipt = add_by_hand(
        actor=TESTER, now=NOW, edition_id=edition.id, details=make_details(**details), mode=mode, **columns
    )
    return db.session.get_one(Registration, receipt.registration_id)
