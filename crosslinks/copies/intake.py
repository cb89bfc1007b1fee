"""The pictures of a file, stored like any upload: decoded, measured, and coded anew unless we have written them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crosslinks.copies.decisions import PARTS
from crosslinks.copies.packing import Package
from crosslinks.copies.reading import Plan
from crosslinks.copies.refusals import BadFile
from crosslinks.copies.rows import Row
from crosslinks.copies.rules import PictureKind, Shows
from crosslinks.kernel.errors import Invalid
from crosslinks.web.own_jpegs import is_own_jpeg
from crosslinks.web.photographs import COVERS, LARGEST, PHOTOS, keep_photograph, sizes_of
from crosslinks.web.portraits import ORIGINAL, Box, cut_portrait, drop_portrait
from crosslinks.web.uploads import LOGO, MARK, PORTRAIT, PictureRule, place_picture, store_picture

Tell = Callable[[int, int], None]
_FOLDERS = {PictureKind.PHOTO: PHOTOS, PictureKind.COVER: COVERS}
_RULES = {
    PictureKind.MARK: MARK, PictureKind.LOGO: LOGO, PictureKind.PORTRAIT: PORTRAIT, PictureKind.ORIGINAL: ORIGINAL,
}  # fmt: skip


@dataclass
class Stored:
    """Pictures that were stored for an edition that is not there yet."""

    uploads: Path
    names: list[str] = field(default_factory=list)

    def drop(self) -> None:
        """Delete them all: the edition did not come to be."""
        for name in self.names:
            for size, _width in sizes_of(name, LARGEST[0] + 1):
                (self.uploads / size).unlink(missing_ok=True)
            drop_portrait(self.uploads, name)


def store_pictures(plan: Plan, package: Package, stored: Stored, tell: Tell, *, conference: bool) -> None:
    """Store the pictures of every row and note their names in it; raises ``BadFile`` for one that cannot be used.

    ``conference``: those of the conference as well. ``stored`` learns of each at once. Call it outside of transactions.
    """
    rows = [row for row in plan.rows() if row.pictures and (conference or row.part != "conference")]
    for done, row in enumerate(rows, 1):
        for column, name in row.pictures.items():
            try:
                _store(row, column, package.picture(name), stored)
            except Invalid as refused:
                if isinstance(refused, BadFile):
                    raise
                raise BadFile.of(f"{row.path}.{column}", refused.code) from refused
        if row.part == "person" and row.values.get("portrait_source"):
            cut = cut_portrait(row.values["portrait_source"], Box.of(row.values["portrait_box"]), stored.uploads)
            stored.names.append(cut)
            row.values["portrait"] = cut
        tell(done, len(rows))


def _store(row: Row, column: str, content: bytes, stored: Stored) -> None:
    decision = PARTS[row.part].columns[column]
    kind = decision.kind if isinstance(decision, Shows) else PictureKind.PHOTO
    if kind in _FOLDERS:
        made = keep_photograph(content, stored.uploads, _FOLDERS[kind])
        stored.names.append(made.name)
        measured = ("width", "height") if kind is PictureKind.PHOTO else ("cover_width", "cover_height")
        row.values |= {column: made.name, measured[0]: made.width, measured[1]: made.height}
        return
    name = _keep(content, _RULES[kind], stored.uploads)
    stored.names.append(name)
    row.values[column] = name


def _keep(content: bytes, rule: PictureRule, uploads: Path) -> str:
    if not rule.transparent and is_own_jpeg(content, rule.width, rule.height):
        return place_picture(content, "jpg", rule, uploads)
    return store_picture(io.BytesIO(content), rule, uploads)
