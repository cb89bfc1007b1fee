"""For whoever watches the server: whether it is up, and ready."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from crosslinks.jobs.queries import worker_is_alive
from crosslinks.kernel.db import db
from crosslinks.kernel.schema import is_current

log = logging.getLogger(__name__)

jobs_public = Blueprint("jobs_public", __name__)


@jobs_public.get("/healthz")
def up() -> Response:
    """Say that this process answers; touches nothing else."""
    return _never_kept(Response("ok\n", content_type="text/plain; charset=utf-8"))


@jobs_public.get("/readyz")
def ready() -> Response:
    """Say whether the database answers and has seen every migration, and a worker lives; 503 while not."""
    found = {"database": False, "migrations": False, "worker": False}
    try:
        found["migrations"] = is_current()
        found["database"] = True
        found["worker"] = found["migrations"] and worker_is_alive()
    except SQLAlchemyError as error:
        db.session.rollback()
        log.warning("not ready: %s", str(error).splitlines()[0])
    response = jsonify(found)
    response.status_code = 200 if all(found.values()) else 503
    return _never_kept(response)


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
