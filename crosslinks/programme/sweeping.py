"""Files that nothing names any more: slides of deleted talks and people, portraits that were replaced."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from crosslinks.config import settings
from crosslinks.jobs.work import Round
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db
from crosslinks.programme.material_models import PersonEdit, SlideFile
from crosslinks.programme.models import Person
from crosslinks.programme.slide_store import FOLDER as SLIDES
from crosslinks.web.portraits import FOLDER as FACES
from crosslinks.web.portraits import ORIGINAL, drop_portrait

log = logging.getLogger(__name__)
ROUND_NAME = "programme.files"
YOUNG = timedelta(hours=1)
"""A file this young may belong to a row that is about to be written."""
_WIDTH = re.compile(r"-\d+(?=\.jpg$)")


def sweep_slides() -> int:
    """Delete files of slides that no row names; return how many."""
    known = set(db.session.scalars(select(SlideFile.stored)))
    gone = [path for name, path in _old_files(SLIDES) if name not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def sweep_pictures() -> int:
    """Delete portraits that nobody shows and that no change of a speaker could bring back; return how many."""
    known = pictures_in_use()
    gone = {name for folder in (FACES, ORIGINAL.folder) for name, _path in _old_files(folder) if name not in known}
    for name in gone:
        drop_portrait(settings().uploads, name)
    return len(gone)


def pictures_in_use() -> set[str]:
    """Return the names of all stored portraits and of what they were cut from."""
    known: set[str] = set()
    for row in db.session.execute(select(Person.portrait, Person.portrait_source)):
        known |= set(row)
    for before in db.session.scalars(select(PersonEdit.before).where(PersonEdit.undone_at.is_(None))):
        known |= {before.get("portrait", ""), before.get("portrait_source", "")}
    return known


def _old_files(folder: str) -> Iterator[tuple[str, Path]]:
    latest = (real_now() - YOUNG).timestamp()
    for path in sorted((settings().uploads / folder).glob("*")):
        if path.is_file() and path.stat().st_mtime < latest:
            yield f"{folder}/{_WIDTH.sub('', path.name)}", path


def make_round(_moment: datetime) -> None:
    """Sweep both; a file that is swept was not to be seen by anybody."""
    slides, pictures = sweep_slides(), sweep_pictures()
    db.session.rollback()
    if slides or pictures:
        log.info("%s files of slides and %s portraits swept", slides, pictures)


SWEEPING = Round(ROUND_NAME, timedelta(hours=6), make_round)
