"""Rendering processes of their own for these tests, ended with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crosslinks.documents.renderer import Renderer


@pytest.fixture(scope="session")
def printer() -> Iterator[Renderer]:
    own = Renderer()
    yield own
    own.close()
