"""What the JSON twin of the form takes and answers."""

from __future__ import annotations

from typing import Annotated

from flask_babel import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from crosslinks.consents.rules import SPONSOR_PREFIX
from crosslinks.editions.rules import Mode
from crosslinks.kernel.errors import Invalid
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


class RegistrationPayload(Payload):
    """Somebody who wants to take part; each sponsor that asks has a field of its own beside these."""

    model_config = Payload.model_config | ConfigDict(
        json_schema_extra={"patternProperties": {f"^{SPONSOR_PREFIX}[1-9][0-9]*$": {"type": "boolean"}}}
    )

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


class RegistrationAnswer(BaseModel):
    """A place or a position in the queue; the same for an address that is known already."""

    model_config = ConfigDict(extra="forbid")

    status: Status
    reference: str
    position: int | None = None
