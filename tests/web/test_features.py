"""What features plug into the application."""

from __future__ import annotations

import pytest
from flask import Flask

from crosslinks.web.features import JOBS, LETTERS, ROUNDS, Feature, plug_in


def nothing(_given):
    return None


def test_what_features_bring_is_gathered_in_their_order():
    app = Flask("plugged")
    first = Feature(letters={"a": nothing}, rounds=(1,), adds={"page": ("x",)})
    second = Feature(letters={"b": nothing}, jobs={"a": nothing}, rounds=(2, 3), adds={"page": ("y",), "other": ("z",)})
    plug_in(app, [first, second])
    assert set(app.extensions[LETTERS]) == {"a", "b"}
    assert set(app.extensions[JOBS]) == {"a"}
    assert app.extensions[ROUNDS] == (1, 2, 3)
    assert (app.extensions["page"], app.extensions["other"]) == (("x", "y"), ("z",))


@pytest.mark.parametrize("part", ["letters", "jobs"])
def test_two_features_cannot_make_the_same(part):
    with pytest.raises(ValueError, match="place"):
        plug_in(Flask("plugged"), [Feature(**{part: {"place": nothing}}), Feature(**{part: {"place": nothing}})])
