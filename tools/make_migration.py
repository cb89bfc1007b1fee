"""Writes the next numbered migration: ``python tools/make_migration.py "What changed"``."""

from __future__ import annotations

import sys
import tempfile

from flask_migrate import revision

from crosslinks.app import create_app
from crosslinks.config import load_settings
from crosslinks.kernel.resources import resource
from crosslinks.schema import attach, bring_up_to_date


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as instance:
        app = create_app(load_settings(instance=instance, secret_key="migration" * 5, testing=True))
        folder = attach(app)
        versions = sorted(path.name for path in (resource("migrations") / "versions").glob("[0-9]*.py"))
        if versions:
            bring_up_to_date(app)
        number = int(versions[-1][:4]) + 1 if versions else 1
        with app.app_context():
            revision(directory=folder, message=message, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    main(sys.argv[1])
