"""What a visitor without an account chose: which talks, and nothing of who it is."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.kernel.db import Base


class FavouriteList(Base):
    """The talks that a personal feed shows, by their lasting identities.

    ``epoch`` is random, so that the link of a list that is gone never opens another; ``rev`` is raised by each change.
    """

    __tablename__ = "favourite_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    epoch: Mapped[int]
    rev: Mapped[int] = mapped_column(default=1)
    talks: Mapped[list[str]]
