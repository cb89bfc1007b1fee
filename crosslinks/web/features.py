"""What a feature plugs into the application: the ``feature.py`` at its top names it, ``app.py`` lists the features."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from flask import Blueprint, Flask

from crosslinks.web.openapi import PARTS, ApiOperation

LETTERS = "crosslinks.letters"
JOBS = "crosslinks.jobs"
ROUNDS = "crosslinks.rounds"


@dataclass(frozen=True)
class Feature:
    """One feature's parts. What a letter, a job and a round are stands above ``web``; each part's own type says it.

    ``models`` stands here so that it is imported: foreign keys that point upward resolve only when every table is
    known. ``letters`` and ``jobs`` are what makes or does them, by kind. ``adds`` is for other features' pages, under
    the names that those features give.
    """

    models: ModuleType | None = None
    blueprints: tuple[Blueprint, ...] = ()
    letters: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    jobs: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    rounds: tuple[object, ...] = ()
    operations: tuple[ApiOperation, ...] = ()
    adds: Mapping[str, tuple[object, ...]] = field(default_factory=dict)


def plug_in(app: Flask, features: Iterable[Feature]) -> None:
    """Give the application all that ``features`` bring; raises ``ValueError`` when two make the same letter or job."""
    features = tuple(features)
    for blueprint in (blueprint for feature in features for blueprint in feature.blueprints):
        app.register_blueprint(blueprint)
    app.extensions[LETTERS] = _gathered(feature.letters for feature in features)
    app.extensions[JOBS] = _gathered(feature.jobs for feature in features)
    app.extensions[ROUNDS] = tuple(part for feature in features for part in feature.rounds)
    app.extensions[PARTS] = tuple(part for feature in features for part in feature.operations)
    for feature in features:
        for name, parts in feature.adds.items():
            app.extensions[name] = (*app.extensions.get(name, ()), *parts)


def _gathered(all_makers: Iterable[Mapping[str, Callable[[Any], Any]]]) -> dict[str, Callable[[Any], Any]]:
    found: dict[str, Callable[[Any], Any]] = {}
    for makers in all_makers:
        if twice := found.keys() & makers.keys():
            raise ValueError(f"two features make {sorted(twice)}")
        found.update(makers)
    return found
