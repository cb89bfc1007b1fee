"""What stands in addresses."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

LARGEST_ID = 2**31 - 1


class Id(IntegerConverter):
    """A number that a database can hold; with a larger one there is no such page."""

    def to_python(self, value: str) -> int:
        """Return the number; raises ``ValidationError``, which makes the address unknown."""
        number = int(super().to_python(value))
        if number > LARGEST_ID:
            raise ValidationError
        return number


def init_addresses(app: Flask) -> None:
    """Bound every ``<int:…>``, which would otherwise reach the database and be too large for it."""
    app.url_map.converters["int"] = Id
