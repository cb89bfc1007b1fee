"""Two phones, one ticket, the same instant: over real connections exactly one lets the person in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select

from crosslinks.checkin.models import Scan
from crosslinks.checkin.queries import count_door
from crosslinks.kernel.db import db
from tests.checkin.factories import Door, Phone, a_scan

ROUNDS = 12


def at_once(
    app: Flask, phones: list[Phone], batch: Callable[[int], list[dict[str, Any]]]
) -> list[list[dict[str, Any]]]:
    """Let every phone send its batch as soon as all are ready, each on a connection of its own."""
    ready = Barrier(len(phones))

    def send(index: int) -> list[dict[str, Any]]:
        phone = Phone(app.test_client(), phones[index].token, phones[index].id)
        scans = batch(index)
        ready.wait(10)
        return phone.send(*scans)

    with ThreadPoolExecutor(len(phones)) as pool:
        return list(pool.map(send, range(len(phones))))


def test_one_ticket_at_two_doors_is_admitted_once(app: Flask, door: Door) -> None:
    phones = [door.phone(), door.phone(), door.phone()]
    for index in range(ROUNDS):
        _person, ticket = door.person(family=f"Number {index}")
        answers = at_once(app, phones, lambda _phone, ticket=ticket: [a_scan(ticket)])
        told = Counter(answer[0]["outcome"] for answer in answers)
        assert told == {"admitted": 1, "already_in": 2}
    db.session.rollback()
    assert count_door(door.edition.id).inside == ROUNDS


def test_two_doors_that_send_the_same_people_in_opposite_order_do_not_block_each_other(app: Flask, door: Door) -> None:
    tickets = [door.person(family=f"Number {index}")[1] for index in range(30)]
    phones = [door.phone(), door.phone()]
    answers = at_once(app, phones, lambda index: [a_scan(ticket) for ticket in tickets[:: 1 if index else -1]])
    told = Counter(answer["outcome"] for batch in answers for answer in batch)
    assert told == {"admitted": 30, "already_in": 30}


def test_a_retry_beside_its_first_sending_is_one_scan(app: Flask, door: Door) -> None:
    _person, ticket = door.person()
    lost = [{"id": str(uuid4()), "kind": "enter"}, a_scan("not a ticket"), a_scan(ticket)]
    answers = at_once(app, [door.phone()] * 4, lambda _index: lost)
    assert all(batch == answers[0] for batch in answers)
    assert [answer["outcome"] for answer in answers[0]] == ["unknown", "unknown", "admitted"]
    db.session.rollback()
    assert db.session.scalar(select(func.count(Scan.id))) == 3
