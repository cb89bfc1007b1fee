"""What belongs to one account is never stored, and what settings hold is never shown."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crosslinks.config import load_settings
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import transaction
from tests.accounts.factories import sign_in
from tests.factories import make_edition

MANAGE = "/manage/crosslinks/2024"


@pytest.mark.parametrize(
    "path", ["/", "/registrations", "/door/scans", "/stream/audience.csv", "/feedback/results.csv"]
)
def test_pages_behind_a_sign_in_are_not_stored(client: FlaskClient, path: str) -> None:
    with transaction():
        make_edition()
    sign_in(client, Role.ORGANIZER)
    answer = client.get(MANAGE + path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_public_page_may_be_kept(client: FlaskClient) -> None:
    with transaction():
        make_edition()
    assert client.get("/crosslinks/2024/").headers["Cache-Control"] == "private, no-cache"


def test_settings_show_no_secret(tmp_path) -> None:
    chosen = load_settings(
        instance=tmp_path, secret_key="s3cret" * 8, database_url="postgresql://a:s3cret@db/x",
        smtp_url="smtp://a:s3cret@mail.example.org", redis_url="redis://:s3cret@cache",
    )  # fmt: skip
    assert "s3cret" not in repr(chosen)
