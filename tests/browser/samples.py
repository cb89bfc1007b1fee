"""For every GET route: the addresses at which to look at it. A page without a sample fails a test."""

from __future__ import annotations

from dataclasses import dataclass

E = "/crosslinks/2024"
EMPTY = "/crosslinks/2027"
M = "/manage/crosslinks/2024"
M_EMPTY = "/manage/crosslinks/2027"


@dataclass(frozen=True)
class Sample:
    """One address; ``organizer`` looks at it signed in, ``submit`` sends its form empty to see the errors.

    ``status`` is the answer expected. ``{place_token}`` and ``{registration_id}`` are filled in.
    """

    path: str
    organizer: bool = False
    submit: bool = False
    status: int = 200


def both(path: str) -> tuple[Sample, ...]:
    """Return an edition's public page, filled and empty."""
    return Sample(f"{E}{path}"), Sample(f"{EMPTY}{path}")


def manage(path: str, *, submit: bool = False) -> tuple[Sample, ...]:
    """Return an organizer page, filled and empty; with ``submit`` also its errors."""
    found = (Sample(f"{M}{path}", organizer=True), Sample(f"{M_EMPTY}{path}", organizer=True))
    return (*found, Sample(f"{M}{path}", organizer=True, submit=True)) if submit else found


SAMPLES: dict[str, tuple[Sample, ...]] = {
    "home_public.home": both("/"),
    "home_public.practical": both("/practical"),
    "home_public.privacy": both("/privacy"),
    "home_public.accessibility": both("/accessibility"),
    "home_manage.overview": manage("/"),
    "editions_manage.edit": (
        Sample(f"{M}/settings", organizer=True),
        Sample(f"{M_EMPTY}/settings", organizer=True),
    ),
    "editions_manage.create": (
        Sample("/manage/crosslinks/new-edition", organizer=True),
        Sample("/manage/crosslinks/new-edition", organizer=True, submit=True),
    ),
}

ERRORS = (
    Sample("/nothing/here/at-all/ever", status=404),
    Sample("/crosslinks/1999/", status=404),
    Sample("/unknown/", status=404),
    Sample("/r/not-a-token", status=404),
    Sample("/sign-in/not-a-token", status=404),
    Sample("/door/not-a-token", status=404),
)
"""Pages that say why there is nothing."""

NOT_PAGES: dict[str, str] = {
    "assets.show": "a built file",
    "assets.show_stylesheet": "a built file",
    "home_public.front": "leads to the edition when there is one conference",
    "home_public.conference": "leads to the current edition",
}
"""GET routes that answer with something else than a page, and what that is."""
