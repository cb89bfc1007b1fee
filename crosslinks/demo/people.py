"""Invented participants: names put together at random from common ones, workplaces that do not exist."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from crosslinks.registration.rules import Profession

GIVEN = (
    "Ingrid", "Kari", "Nora", "Emma", "Sofie", "Ida", "Maria", "Astrid", "Solveig", "Ragnhild", "Silje", "Hanne",
    "Marit", "Turid", "Anette", "Berit", "Guro", "Tuva", "Ola", "Lars", "Erik", "Jonas", "Magnus", "Henrik",
    "Øyvind", "Åsmund", "Sindre", "Eirik", "Håkon", "Torbjørn", "Bjørn", "Kjetil", "Vegard", "Stian", "Trond",
    "Máret", "Áilu", "Ánde", "Zofia", "Marek", "Łukasz", "Ayşe", "Emre", "José", "Lucía", "Győző", "Katalin", "Thi",
    "Minh", "Fatima", "Yusuf", "Amina", "Priya", "Arjun", "Björn", "Åsa", "Léa", "Chloé", "Søren", "Mette", "Aino",
    "Jukka", "Ioana", "Ștefan", "Jūratė", "Rasa", "Þóra", "Einar", "Wei", "Li", "Yuki", "Haruto", "Ngozi", "Kwame",
)  # fmt: skip
FAMILY = (
    "Hansen", "Johansen", "Olsen", "Larsen", "Andersen", "Pedersen", "Nilsen", "Kristiansen", "Jensen", "Karlsen",
    "Johnsen", "Pettersen", "Eriksen", "Berg", "Haugen", "Hagen", "Johannessen", "Andreassen", "Jacobsen",
    "Halvorsen", "Bakke", "Solheim", "Dahl", "Lund", "Moen", "Strand", "Ødegård", "Åsen", "Ås", "Gjørven", "Sæther",
    "Bråten", "Fjeld", "Nordlie", "Myhre", "Kvåle", "Eira", "Utsi", "Somby", "Dąbrowska", "Kowalski", "Wójcik",
    "Çelik", "Yılmaz", "Hernández", "Núñez", "Kovács", "Szabó", "Nguyen", "Tran", "Hussain", "Ahmed", "Singh",
    "Sharma", "Lindqvist", "Öberg", "Müller", "Schäfer", "Lefèvre", "Popescu", "Jonaitis", "Jónsdóttir", "Nieminen",
    "Zhang", "Chen", "Tanaka", "Sato", "Okafor", "Mensah",
)  # fmt: skip
WORKPLACES = (
    "Fjordbyen Hospital", "Nordlys University", "Lillevik Cancer Centre", "Granli Institute of Oncology", "Student",
    "Havglimt Biotech", "Sjøsiden Clinic", "Tindra Diagnostics", "Øvrebygd Hospital Trust", "Midtskog Research Park",
    "Vårsol Patient Association", "Blåfjell Health Authority", "", "Aurora Trial Unit", "Elvebakken Medical School",
)  # fmt: skip
ONSITE_SHARE = 5 / 6
BOXES = 8


@dataclass(frozen=True)
class Invented:
    """One invented participant; ``age`` is how long before now the registration came, 0 (just now) to 1 (first day)."""

    given_name: str
    family_name: str
    email: str
    organisation: str
    profession: Profession
    onsite: bool
    language: str
    needs_assistance: bool
    age: float
    consents: tuple[float, ...] = ()
    """One number for each box of the form, 0 to 1: the lower, the sooner it is ticked."""


def _ascii(text: str) -> str:
    special = text.translate(str.maketrans("øØæÆłŁđðþÞıŋß", "oOaAlLddtTins"))
    folded = unicodedata.normalize("NFKD", special).encode("ascii", "ignore").decode().lower()
    return "".join(character for character in folded if character.isalnum() or character in ".-")


def invent(count: int, seed: int = 2024) -> Iterator[Invented]:
    """Yield ``count`` invented participants, the earliest to register first; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    taste = random.Random(seed + 1)  # noqa: S311 - as above
    ages = sorted((chance.betavariate(1.3, 1.6) for _ in range(count)), reverse=True)
    for number, age in enumerate(ages, start=1):
        given = chance.choice(GIVEN)
        family = chance.choice(FAMILY)
        if chance.random() < 0.12:
            family = f"{chance.choice(FAMILY)} {family}"
        yield Invented(
            given_name=given,
            family_name=family,
            email=f"{_ascii(given)}.{_ascii(family)}.{number}@example.org",
            organisation=chance.choice(WORKPLACES),
            profession=Profession.HEALTH if chance.random() < 0.6 else Profession.OTHER,
            onsite=chance.random() < ONSITE_SHARE,
            language="nb" if chance.random() < 0.7 else "en",
            needs_assistance=chance.random() < 0.02,
            age=age,
            consents=tuple(taste.random() for _ in range(BOXES)),
        )
