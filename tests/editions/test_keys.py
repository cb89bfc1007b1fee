"""The private key of an edition is of use to its own instance only."""

from __future__ import annotations

from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from crosslinks.editions.keys import new_key_pair, open_private_key

KEY = bytes(range(32))


def test_the_private_key_opens_with_the_secret_of_its_instance_and_for_its_edition_only() -> None:
    edition = uuid4()
    public, stored = new_key_pair(KEY, edition)
    assert open_private_key(KEY, edition, stored).public_key().public_bytes_raw() == public
    for key, owner, box in ((bytes(32), edition, stored), (KEY, uuid4(), stored), (KEY, edition, stored[:-1])):
        with pytest.raises(InvalidTag):
            open_private_key(key, owner, box)
