"""Under which key a client's uses are counted."""

from __future__ import annotations

import pytest
from flask import Flask

from crosslinks.kernel.errors import TooMany
from crosslinks.web.clients import client_key, spend_bad_token, spend_client_request


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("nowhere", "nowhere"),
    ],
)
def test_ipv6_is_counted_by_its_network(app: Flask, address: str, key: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client_key() == key


@pytest.mark.parametrize("use", [spend_bad_token, spend_client_request])
def test_another_address_of_the_same_network_is_no_fresh_start(app: Flask, use) -> None:
    def many(network: str, times: int) -> None:
        for number in range(times):
            with app.test_request_context(environ_base={"REMOTE_ADDR": f"2001:db8:0:{network}::{number:x}"}):
                use()

    with pytest.raises(TooMany):
        many("1", 1000)
    many("2", 1)
