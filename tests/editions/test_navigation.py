"""The organizer's navigation: what is open, what stands beside it, and only what the account may see."""

from __future__ import annotations

import pytest

from crosslinks.editions.navigation import SECTIONS, navigate
from crosslinks.kernel.actors import ROLE_PERMISSIONS, Permission, Role

BASE = "/manage/crosslinks/2024/"


def everything(permission: Permission) -> bool:
    return True


def current(path: str) -> tuple[list[str], list[str]]:
    entries, beside = navigate(BASE, path, everything)
    return [link.url for link in entries if link.current], [link.url for link in beside if link.current]


@pytest.mark.parametrize("page", [page for section in SECTIONS for page in section.pages], ids=lambda page: page.path)
def test_each_page_is_marked_once_also_from_below(page, app):
    with app.test_request_context():
        for path in (BASE + page.path, f"{BASE}{page.path}/17/edit"):
            if not page.path and path != BASE:
                continue
            marked, beside = current(path)
            assert len(marked) == 1
            assert beside in ([], [BASE + page.path])


def test_a_name_that_begins_alike_is_another_page(app):
    with app.test_request_context():
        assert current(f"{BASE}mailbox") == ([], [])
        assert current(f"{BASE}peoples/1") == ([], [])


@pytest.mark.parametrize("role", list(Role))
def test_only_what_one_may_open_is_linked(role, app):
    allowed = ROLE_PERMISSIONS[role]
    with app.test_request_context():
        entries, _beside = navigate(BASE, BASE, lambda permission: permission in allowed)
        open_to = {BASE + page.path for section in SECTIONS for page in section.pages if page.permission in allowed}
        assert {link.url for link in entries} <= open_to
        assert len(entries) == sum(any(p.permission in allowed for p in section.pages) for section in SECTIONS)
