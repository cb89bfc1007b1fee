"""What can go wrong on purpose: each error rolls back, and one handler turns it into a page or JSON."""

from __future__ import annotations

from collections.abc import Mapping


class CrosslinksError(Exception):
    """An expected refusal with an HTTP ``status``, a stable ``code`` and a message for people."""

    status = 500

    def __init__(self, code: str, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.fields: Mapping[str, str] = fields or {}


class NotFound(CrosslinksError):
    """There is no such thing, or it is not yours to see."""

    status = 404


class Forbidden(CrosslinksError):
    """You are known, but may not do this."""

    status = 403


class Conflict(CrosslinksError):
    """The state of things does not allow this now."""

    status = 409


class Invalid(CrosslinksError):
    """What was sent cannot be used; ``fields`` maps a field's name to what is wrong with it."""

    status = 422


class Gone(CrosslinksError):
    """It was here and is no longer, such as an expired link."""

    status = 410


class TooMany(CrosslinksError):
    """Too many requests; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, code: str, message: str = "", *, retry_after: int = 60) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after
