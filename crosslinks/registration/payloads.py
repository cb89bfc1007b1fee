"""What the JSON twin of the form takes and answers."""

from __future__ import annotations

from typing import Annotated, Any, Self

from flask_babel import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from crosslinks.consents.rules import SPONSOR_PREFIX
from crosslinks.editions.rules import Mode
from crosslinks.kernel.errors import Invalid
from crosslinks.questions.rules import Facts
from crosslinks.questions.sending import NAME, NAMES_PATTERN
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.rules import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_ORGANISATION,
    Profession,
    Status,
    clean_line,
)
from crosslinks.web.payloads import Payload


def _refusal(words: str) -> PydanticCustomError:
    return PydanticCustomError("said", "refused", {"words": words})


def _line(text: str) -> str:
    cleaned = clean_line(text)
    if cleaned is None:
        raise _refusal(_("There is a character in it that cannot be kept."))
    return cleaned


def _given(text: str) -> str:
    if not text:
        raise _refusal(_("This is missing."))
    return text


def _address(text: str) -> str:
    try:
        normalise_email(text)
    except Invalid:
        raise _refusal(_("This is not an e-mail address, as in name@example.org.")) from None
    return text


def _agreed(value: bool) -> bool:
    if not value:
        raise _refusal(_("Say that you have read how your data is used."))
    return value


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_line), AfterValidator(_given)]


_ANSWERS: dict[str, Any] = {
    "additionalProperties": False,
    "patternProperties": {
        NAMES_PATTERN: {
            "description": "q_<id>: the answer to a question of the edition: text, the id of a choice, a list of "
            "such ids, true or false, or a whole number. q_<id>_consent: true, where the question asks for it.",
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "boolean"},
                {"type": "integer"},
                {"type": "null"},
            ],
        },
        f"^{SPONSOR_PREFIX}[1-9][0-9]*$": {
            "description": "consent_sponsor_<id>: whether that sponsor may write.",
            "type": "boolean",
        },
    },
}


class RegistrationPayload(Payload):
    """Somebody who wants to take part, with answers to what the edition asks as ``q_<id>``.

    Each sponsor that asks has a field of its own beside these; ``api.py`` reads those apart.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=_ANSWERS)

    given_name: Name
    family_name: Name
    email: Annotated[
        str, Field(min_length=1, max_length=LONGEST_EMAIL), AfterValidator(_line), AfterValidator(_address)
    ]
    organisation: Annotated[str, Field(max_length=LONGEST_ORGANISATION), AfterValidator(_line)] = ""
    mode: Mode
    profession: Profession
    consent_privacy: Annotated[bool, AfterValidator(_agreed)]
    needs_assistance: bool = False
    meanwhile_digital: bool = False
    consent_photo: bool = False
    consent_list: bool = False
    consent_next: bool = False

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        if not all(NAME.fullmatch(name) for name in self.answers):
            raise PydanticCustomError("extra_forbidden", "unknown field")
        return self

    @property
    def answers(self) -> dict[str, Any]:
        """What was sent to the edition's own questions, by name, unchecked."""
        return self.model_extra or {}

    def facts(self) -> Facts:
        """Return what the edition's questions may depend on."""
        return Facts(self.mode.value, self.profession.value, self.needs_assistance and self.mode is Mode.ONSITE)


class RegistrationAnswer(BaseModel):
    """A place or a position in the queue; the same for an address that is known already."""

    model_config = ConfigDict(extra="forbid")

    status: Status
    reference: str
    position: int | None = None
