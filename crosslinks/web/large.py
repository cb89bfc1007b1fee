"""Bodies larger than usual: read only at addresses that we gave out ourselves, for some hours.

Anybody may send a body to any address, and it is read before anything is known of who sends it. So the address of a
form with a large file ends in a pass, which the outermost layer checks before it reads on.
"""

from __future__ import annotations

from crosslinks.config import Settings, settings
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.tokens import make_pass, pass_is_valid

MAX_LARGE = 201_000_000
"""Bytes: the largest file, and what a form puts around it."""
PASS_HOURS = 48
LONGEST_PATH = 400


def large_body_path(path: str) -> str:
    """Return ``path`` with a pass for a large body at its end."""
    until = int(real_now().timestamp()) + PASS_HOURS * 3600
    return f"{path}/{make_pass(settings().keys, path, until)}"


def body_limit(chosen: Settings, path: str, *, with_files: bool) -> int:
    """Return how many bytes of a body may be read at an address."""
    if not with_files:
        return chosen.max_body
    before, _slash, given = path.rpartition("/")
    if len(path) <= LONGEST_PATH and pass_is_valid(chosen.keys, before, given, real_now().timestamp()):
        return max(MAX_LARGE, chosen.max_upload)
    return chosen.max_upload
