"""A form with twelve questions of its own, as browsers ask for it and send it."""

from __future__ import annotations

import re
import urllib.request
from urllib.parse import urlencode

from crosslinks.bench.load import Request
from crosslinks.bench.stage import ACTOR, SLUG, Stage
from crosslinks.demo.people import invent
from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.questions.operations import Draft, create_question
from crosslinks.questions.queries import list_questions
from crosslinks.questions.rules import Condition, Kind, Option, Source

QUESTIONS = 12
OPTIONS = 8
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_VALUES = {Kind.TEXT: "Words", Kind.LONG_TEXT: "Some more\nwords", Kind.YES_NO: "yes", Kind.NUMBER: "12"}


def ask_questions(stage: Stage) -> None:
    """Put two questions of each kind into the form of a stage, every second one shown to health professionals."""
    kinds = list(Kind) * 2
    with transaction():
        edition = db.session.get_one(Edition, stage.edition_id)
        for number in range(QUESTIONS):
            kind = kinds[number]
            options = tuple(Option("", {"en": f"Choice {place}", "nb": f"Valg {place}"}) for place in range(OPTIONS))
            draft = Draft(
                kind=kind,
                label={"en": f"Question {number}?", "nb": f"Spørsmål {number}?"},
                help={"en": "As you like.", "nb": "Som du vil."},
                options=options if kind.has_options else (),
                condition=Condition(Source.PROFESSION, ("health",)) if number % 2 else None,
            )
            create_question(actor=ACTOR, now=real_now(), edition=edition, draft=draft)


def shown(stage: Stage, count: int) -> list[Request]:
    """Return requests for the form."""
    return [Request("GET", f"/{SLUG}/{stage.slug}/register")] * count


def sent(stage: Stage, port: int, count: int, series: str) -> list[Request]:
    """Return filled in forms of ``count`` new people, all with the cookie and the token of one visit."""
    path = f"/{SLUG}/{stage.slug}/register"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as page:
        cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
        found = _TOKEN.search(page.read().decode())
    assert found is not None
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    answers = _answers(stage)
    return [
        Request(
            "POST",
            path,
            urlencode(
                [
                    ("csrf_token", found[1]), ("given_name", person.given_name), ("family_name", person.family_name),
                    ("email", f"{series}.{number}@example.org"), ("organisation", person.organisation),
                    ("mode", "onsite"), ("profession", "health"), ("consent_privacy", "y"), *answers,
                ]
            ),
            headers,
        )
        for number, person in enumerate(invent(count, seed=11))
    ]  # fmt: skip


def _answers(stage: Stage) -> list[tuple[str, str]]:
    pairs = []
    for question in list_questions(stage.edition_id):
        if question.kind.has_options:
            taken = question.options[: 3 if question.kind is Kind.SEVERAL else 1]
            pairs += [(f"q_{question.id}", option["id"]) for option in taken]
        else:
            pairs.append((f"q_{question.id}", _VALUES[question.kind]))
    return pairs
