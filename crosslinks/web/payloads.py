"""JSON that others send: strict, bounded, refused in the visitor's language, and never by repeating the input."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from flask import abort, request
from flask_babel import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json, to_json

from crosslinks.kernel.errors import CrosslinksError, Invalid

UNKNOWN_FIELD = "_unknown"


class Malformed(CrosslinksError):
    """The body is not what its content type says."""

    status = 400


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("nul")
    return text


PlainText = Annotated[str, AfterValidator(_storable)]
"""Text without NUL, which PostgreSQL cannot keep."""


class Payload(BaseModel):
    """The base of what an API takes: no conversions, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


P = TypeVar("P", bound=Payload)


def read_payload(kind: type[P]) -> P:
    """Return the request's JSON as ``kind``; raises ``Malformed``, or ``Invalid`` with words for each field.

    Any other content type is answered 415, too long a body 413.
    """
    return _validate(kind, _read_body())


def read_payload_with(kind: type[P], prefix: str) -> tuple[P, dict[str, Any]]:
    """Return the request's JSON as ``kind``, and apart from it the fields whose names begin with ``prefix``, unchecked.

    Such fields are numbered by what an edition has; a body without any costs no more than ``read_payload``.
    """
    body = _read_body()
    if prefix.encode() not in body:
        return _validate(kind, body), {}
    try:
        whole = from_json(body)
    except ValueError:
        whole = None
    if not isinstance(whole, dict):
        return _validate(kind, body), {}
    apart = {name: whole.pop(name) for name in list(whole) if name.startswith(prefix)}
    return _validate(kind, to_json(whole)), apart


def _read_body() -> bytes:
    if not request.is_json:
        abort(415)
    return request.get_data(cache=False)


def _validate(kind: type[P], body: bytes) -> P:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=False)
        if details[0]["type"] == "json_invalid":
            raise Malformed("json.malformed", _("This is not JSON that we can read.")) from None
        raise Invalid(
            "payload.invalid",
            _("Something in it cannot be used"),
            fields=dict(_explain(dict(detail)) for detail in details),
        ) from None


def _explain(detail: dict[str, Any]) -> tuple[str, str]:
    kind: str = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    name = ".".join(str(part) for part in detail["loc"]) or "_"
    if kind == "extra_forbidden":
        return UNKNOWN_FIELD, _("There is a field that we do not know.")
    if kind == "said":
        return name, str(context["words"])
    return name, _words(kind, context)


def _words(kind: str, context: dict[str, Any]) -> str:
    if kind in {"missing", "string_too_short"}:
        return _("This is missing.")
    if kind == "string_too_long":
        return _("At most %(most)s characters.", most=context["max_length"])
    if kind in {"enum", "literal_error"}:
        return _("One of: %(choices)s.", choices=str(context["expected"]).replace("'", ""))
    return _("This cannot be used here.")
