"""The ticket on paper: exactly the protocol's text, and a typed refusal of everything else."""

from __future__ import annotations

import base64
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from crosslinks.editions.keys import new_key_pair, open_private_key
from crosslinks.registration.tickets import (
    UnreadableTicket,
    new_ticket_id,
    read_ticket_text,
    ticket_text,
    verify,
)

EDITION = UUID("6f1f9c1e-3a53-4ad0-9a51-0f0b9c1c2024")
KEY = bytes(range(32))
PUBLIC, SEALED = new_key_pair(KEY, EDITION)
TICKET = new_ticket_id()
TEXT = ticket_text(TICKET, EDITION, open_private_key(KEY, EDITION, SEALED))


def test_the_text_is_what_the_protocol_says() -> None:
    assert len(TEXT) == 132
    assert TEXT.startswith("CX1.")
    raw = base64.b32decode(TEXT[4:])
    assert raw[:16] == TICKET
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(raw[16:], b"CX1" + EDITION.bytes + TICKET)


def test_a_ticket_reads_back_and_holds_for_its_edition_only() -> None:
    ticket_id, signature = read_ticket_text(f"  {TEXT.lower()}\n")
    assert ticket_id == TICKET
    assert verify(ticket_id, signature, EDITION, PUBLIC)
    assert not verify(ticket_id, signature, uuid4(), PUBLIC)
    assert not verify(new_ticket_id(), signature, EDITION, PUBLIC)
    assert not verify(ticket_id, signature, EDITION, new_key_pair(KEY, EDITION)[0])
    assert not verify(ticket_id, signature[:-1], EDITION, b"short")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CX1.",
        "CX2." + TEXT[4:],
        TEXT[:-1],
        TEXT + "A",
        TEXT[:-1] + "=",
        TEXT[:-1] + "1",
        TEXT[:-1] + "å",
        "CX1." + " " * 128,
        "CX1." + "\x00" * 128,
        "https://example.org/" + "a" * 112,
        "ﬀ" * 66,
    ],
)
def test_anything_else_is_refused_by_type_and_never_repeated(text: str) -> None:
    with pytest.raises(UnreadableTicket) as refusal:
        read_ticket_text(text)
    assert len(text) < 5 or text not in str(refusal.value)


@given(st.text(max_size=200) | st.binary(max_size=128).map(lambda raw: "CX1." + raw.decode("latin-1")))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        ticket_id, signature = read_ticket_text(text)
    except UnreadableTicket:
        return
    assert (len(ticket_id), len(signature)) == (16, 64)


def test_a_single_wrong_character_never_verifies() -> None:
    for place in range(4, 132, 7):
        other = "A" if TEXT[place] != "A" else "B"
        ticket_id, signature = read_ticket_text(TEXT[:place] + other + TEXT[place + 1 :])
        assert not verify(ticket_id, signature, EDITION, PUBLIC)
