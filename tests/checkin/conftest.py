from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.checkin.factories import Door


@pytest.fixture
def door(client: FlaskClient) -> Door:
    """The entrance on 25 January 2024, twenty minutes after the doors opened."""
    return Door(client)
