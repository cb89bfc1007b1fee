"""``crosslinks door``: what an operator types on the server."""

from __future__ import annotations

import json

from flask import Flask

from crosslinks.checkin.commands import door_commands
from tests.checkin.factories import Door


def test_a_link_made_here_enrols_an_approved_desk(app: Flask, door: Door) -> None:
    run = app.test_cli_runner()
    words = ["link", "crosslinks/2024", "--gate", "entrance", "--kind", "desk"]
    told = json.loads(run.invoke(door_commands, [*words, "--json"]).output)
    assert (told["phones"], told["approved"], told["valid_until"]) == (1, True, "2024-01-25T20:35:00+00:00")
    token = told["url"].rpartition("/door/")[2]
    assert door.client.post("/api/v1/door/devices", json={"token": token}).json["approved"] is True
    plain = run.invoke(door_commands, [*words, "--no-approve"]).output.strip()
    answer = door.client.post("/api/v1/door/devices", json={"token": plain.rpartition("/")[2]})
    assert answer.json["approved"] is False


def test_a_wrong_word_is_answered_with_what_there_is(app: Flask, door: Door) -> None:
    run = app.test_cli_runner()
    for words, hint in (
        (["link", "crosslinks/2024", "--gate", "window"], "Gates: entrance"),
        (["link", "crosslinks/1900", "--gate", "entrance"], "There is no edition crosslinks/1900"),
        (["link", "nonsense", "--gate", "entrance"], "There is no edition nonsense"),
        (["link", "crosslinks/2024", "--gate", "entrance", "--until", "2024-01-01T10:00"], "--until must be later"),
        (["link", "crosslinks/2024", "--gate", "entrance", "--from", "2024-03-31T02:30"], "does not exist"),
        (["gate", "crosslinks/2024", "--name", "Entrance"], "That name is taken"),
    ):
        answer = run.invoke(door_commands, words)
        assert answer.exit_code == 1
        assert hint in answer.output


def test_gates_are_made_and_listed(app: Flask, door: Door) -> None:
    run = app.test_cli_runner()
    assert run.invoke(door_commands, ["gate", "crosslinks/2024", "--name", "Side door"]).output == "side-door\n"
    listed = json.loads(run.invoke(door_commands, ["gates", "crosslinks/2024", "--json"]).output)
    assert [gate["gate"] for gate in listed] == ["entrance", "side-door"]
