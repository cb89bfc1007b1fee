"""How commands name an edition."""

from __future__ import annotations

import click

from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition as find_edition
from crosslinks.kernel.errors import CrosslinksError


def read_address(address: str) -> tuple[str, str]:
    """Return ``("crosslinks", "2024")`` of ``crosslinks/2024``; raises ``click.UsageError``."""
    conference, slash, edition = address.strip("/").partition("/")
    if not slash or not conference or not edition or "/" in edition:
        raise click.UsageError(
            f"{address!r} is not an edition: write it as conference/edition, such as crosslinks/2024"
        )
    return conference, edition


def get_edition(address: str) -> Edition:
    """Return the edition at ``conference/edition``; raises ``click.ClickException`` in words."""
    try:
        return find_edition(*read_address(address))
    except CrosslinksError as error:
        raise click.ClickException(f"there is no edition {address}") from error
