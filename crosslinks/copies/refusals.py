"""Why a file cannot be taken in: every fault with its place in the file."""

from __future__ import annotations

from collections.abc import Sequence

from crosslinks.copies.rules import Fault
from crosslinks.kernel.errors import Invalid


class BadFile(Invalid):
    """A file that cannot be taken in; ``faults`` says where it is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("copy.bad_file")
        self.faults = tuple(faults)

    @classmethod
    def of(cls, path: str, code: str, fact: str = "") -> BadFile:
        """Return the refusal for one fault."""
        return cls([Fault(path[:120], code, fact)])
