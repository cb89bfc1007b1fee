"""Questions that many editions ask, one click away, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.errors import Conflict, NotFound
from crosslinks.questions.models import Question
from crosslinks.questions.operations import Draft, create_question
from crosslinks.questions.queries import list_questions
from crosslinks.questions.rules import AskedOf, Condition, Kind, Option, Source, Texts

DAYS_KEPT = 14
"""After the day: long enough to settle with the kitchen."""
_FIRST = "first"
"""In a condition: the first question of the same preset."""


def _both(en: str, nb: str) -> Texts:
    return {"en": en, "nb": nb}


def _options(*labels: tuple[str, str]) -> tuple[Option, ...]:
    return tuple(Option("", _both(en, nb)) for en, nb in labels)


_DIET = Draft(
    kind=Kind.SEVERAL,
    label=_both("Is there anything that you do not eat?", "Er det noe du ikke spiser?"),
    help=_both("The kitchen only sees how many there are of each.", "Kjøkkenet ser bare hvor mange det er av hvert."),
    options=_options(
        ("Vegetarian", "Vegetarianer"),
        ("Vegan", "Veganer"),
        ("No gluten", "Uten gluten"),
        ("No lactose", "Uten laktose"),
        ("No nuts", "Uten nøtter"),
        ("No fish or shellfish", "Uten fisk og skalldyr"),
        ("No pork", "Uten svin"),
        ("Something else", "Noe annet"),
    ),
    asked_of=AskedOf.ONSITE,
    explicit_consent=True,
    consent_text=_both(
        "I agree that the organiser keeps what I have told about my food, which may say something about my health, "
        "to order the right meals. It is erased two weeks after the day.",
        "Jeg samtykker i at arrangøren lagrer det jeg har fortalt om maten min, som kan si noe om helsen min, "
        "for å bestille riktig mat. Det slettes to uker etter dagen.",
    ),
)
_DIET_MORE = Draft(
    kind=Kind.TEXT,
    label=_both("What else do you not eat?", "Hva annet spiser du ikke?"),
    asked_of=AskedOf.ONSITE,
    condition=Condition(_FIRST, ("o8",)),
    explicit_consent=True,
    consent_text=_DIET.consent_text,
)
_ASSISTANCE = Draft(
    kind=Kind.LONG_TEXT,
    label=_both("What do you need at the venue?", "Hva trenger du i lokalet?"),
    help=_both(
        "Such as a place for a wheelchair, or a hearing loop. The door only sees that you need assistance.",
        "For eksempel plass til rullestol eller teleslynge. De som står i døren, ser bare at du trenger hjelp.",
    ),
    asked_of=AskedOf.ONSITE,
    condition=Condition(Source.ASSISTANCE, ("yes",)),
    explicit_consent=True,
    consent_text=_both(
        "I agree that the organiser keeps what I have written here, which may say something about my health, to help "
        "me on the day. It is erased two weeks after it.",
        "Jeg samtykker i at arrangøren lagrer det jeg har skrevet her, som kan si noe om helsen min, for å hjelpe meg "
        "på dagen. Det slettes to uker etter den.",
    ),
)
_PROFESSION = Draft(
    kind=Kind.CHOICE,
    label=_both("What is your profession?", "Hvilket yrke har du?"),
    options=_options(
        ("Doctor", "Lege"),
        ("Nurse", "Sykepleier"),
        ("Pharmacist", "Farmasøyt"),
        ("Biomedical laboratory scientist", "Bioingeniør"),
        ("Radiographer", "Radiograf"),
        ("Psychologist", "Psykolog"),
        ("Physiotherapist", "Fysioterapeut"),
        ("Occupational therapist", "Ergoterapeut"),
        ("Clinical dietitian", "Klinisk ernæringsfysiolog"),
        ("Midwife", "Jordmor"),
        ("Dentist", "Tannlege"),
        ("Dental hygienist", "Tannpleier"),
        ("Social educator", "Vernepleier"),
        ("Health care worker", "Helsefagarbeider"),
        ("Pharmacy technician", "Apotektekniker"),
        ("Medical secretary", "Helsesekretær"),
        ("Student in a health profession", "Student i helsefag"),
        ("Other health professional", "Annet helsepersonell"),
    ),
    condition=Condition(Source.PROFESSION, ("health",)),
)
_ORGANISATION = Draft(
    kind=Kind.CHOICE,
    label=_both("Where do you work or study?", "Hvor arbeider eller studerer du?"),
    options=_options(
        ("Hospital or health authority", "Sykehus eller helseforetak"),
        ("Primary health care", "Kommunehelsetjeneste eller fastlege"),
        ("University or university college", "Universitet eller høgskole"),
        ("Research institute", "Forskningsinstitutt"),
        ("Biotech or start-up", "Bioteknologi eller oppstartsselskap"),
        ("Pharmaceutical company", "Legemiddelfirma"),
        ("Other company", "Annen bedrift"),
        ("Public administration", "Offentlig forvaltning"),
        ("Patient organisation", "Pasientorganisasjon"),
        ("Press", "Presse"),
        ("Somewhere else", "Et annet sted"),
    ),
)
_HEARD = Draft(
    kind=Kind.SEVERAL,
    label=_both("How did you hear of us?", "Hvordan fikk du høre om oss?"),
    options=_options(
        ("I have been here before", "Jeg har vært her før"),
        ("A colleague or friend", "En kollega eller venn"),
        ("My workplace", "Arbeidsplassen min"),
        ("A newsletter", "Et nyhetsbrev"),
        ("Social media", "Sosiale medier"),
        ("The organiser’s website", "Nettsidene til arrangøren"),
        ("Another event", "Et annet arrangement"),
        ("In another way", "På en annen måte"),
    ),
)


@dataclass(frozen=True)
class Preset:
    """One or more questions that are added together; ``is_erased_early`` sets their erase-after date."""

    title: object
    note: object
    parts: tuple[tuple[str, Draft], ...]
    is_erased_early: bool = False


PRESETS: dict[str, Preset] = {
    "diet": Preset(
        _l("Dietary needs"),
        _l("In the room only, with consent, erased two weeks after the day"),
        (("diet", _DIET), ("diet_more", _DIET_MORE)),
        is_erased_early=True,
    ),
    "assistance": Preset(
        _l("Assistance needs"),
        _l("For those who tick that they need assistance, with consent, erased two weeks after the day"),
        (("assistance", _ASSISTANCE),),
        is_erased_early=True,
    ),
    "profession": Preset(
        _l("Health profession"),
        _l("For those who are health professionals: which kind"),
        (("profession", _PROFESSION),),
    ),
    "organisation": Preset(
        _l("Type of workplace"), _l("Hospital, university, company …"), (("organisation", _ORGANISATION),)
    ),
    "heard": Preset(_l("How people heard of it"), _l("Colleague, newsletter, social media …"), (("heard", _HEARD),)),
}


def add_preset(*, actor: Actor, now: datetime, edition: Edition, key: str) -> list[Question]:
    """Add the questions of a preset; raises ``NotFound`` for an unknown one, ``Conflict`` when it is asked already."""
    preset = PRESETS.get(key)
    if preset is None:
        raise NotFound("preset.unknown")
    if key in used_presets(list_questions(edition.id)):
        raise Conflict("preset.used")
    made: list[Question] = []
    for name, draft in preset.parts:
        asked = draft
        if preset.is_erased_early:
            day = edition.ends_at.astimezone(edition.zone).date()
            asked = replace(asked, erase_after=day + timedelta(days=DAYS_KEPT))
        if asked.condition is not None and asked.condition.source == _FIRST:
            asked = replace(asked, condition=replace(asked.condition, source=f"q{made[0].id}"))
        made.append(create_question(actor=actor, now=now, edition=edition, draft=asked, preset=name))
    return made


def used_presets(questions: Iterable[Question]) -> set[str]:
    """Return the presets that are asked by ``questions``; a retired question counts, it can be brought back."""
    return {question.preset for question in questions}
