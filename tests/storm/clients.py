"""Clients that register as fast as they can and note when they asked and when they were answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

PATH = "/api/v1/crosslinks/2024/registrations"


@dataclass(frozen=True)
class Answer:
    """One request: its number, when it was sent and answered (seconds, one clock), and what came back.

    ``status`` is 0 when the connection was cut.
    """

    number: int
    sent: float
    answered: float
    status: int
    outcome: str = ""
    reference: str = ""


def payload(number: int) -> bytes:
    return json.dumps(
        {
            "given_name": f"Guest {number}",
            "family_name": "Stormberg",
            "email": f"guest.{number}@example.org",
            "organisation": "Fjordbyen Hospital",
            "mode": "onsite",
            "profession": "health",
            "consent_privacy": True,
        }
    ).encode()


def register_once(connection: http.client.HTTPConnection, number: int) -> Answer:
    sent = time.monotonic()
    try:
        connection.request("POST", PATH, payload(number), {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
    except (http.client.HTTPException, OSError):
        connection.close()
        return Answer(number, sent, time.monotonic(), 0)
    answered = time.monotonic()
    found = json.loads(body) if response.status == 201 else {}
    return Answer(number, sent, answered, response.status, found.get("status", ""), found.get("reference", ""))


def storm(
    port: int, numbers: Iterable[int], clients: int, *, again: bool = False, answers: list[Answer] | None = None
) -> list[Answer]:
    """Register every number once from ``clients`` threads; with ``again`` a cut request is sent anew until answered.

    What came back is added to ``answers`` as it comes, and returned.
    """
    answers = [] if answers is None else answers
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in numbers:
        waiting.put(number)

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            try:
                number = waiting.get_nowait()
            except Empty:
                connection.close()
                return
            answer = register_once(connection, number)
            answers.append(answer)
            while again and answer.status == 0:
                time.sleep(0.05)
                answer = register_once(connection, number)
                answers.append(answer)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
