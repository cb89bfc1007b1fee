"""Running migrations. Only commands import this: a server process never needs it."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate, upgrade

from crosslinks.kernel.db import db
from crosslinks.kernel.resources import resource


def attach(app: Flask) -> str:
    """Let the migration tool know the application; return the folder of the migrations."""
    folder = str(resource("migrations"))
    if "migrate" not in app.extensions:
        Migrate(app, db, directory=folder)
    return folder


def bring_up_to_date(app: Flask) -> None:
    """Create the tables, or change them to what this version needs. Safe to repeat."""
    folder = attach(app)
    with app.app_context():
        upgrade(directory=folder)
        db.session.remove()
