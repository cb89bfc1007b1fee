import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crosslinks.web import assets
from crosslinks.web.theme import light_accent

SHEET = ":root{--accent:#3e2e7b}" * 40


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small build: a stylesheet, a font, a sprite."""
    (tmp_path / "css-public-AAAA.css").write_text(SHEET)
    (tmp_path / "font-BBBB.woff2").write_bytes(b"wOF2")
    (tmp_path / "icons-CCCC.svg").write_text("<svg/>")
    names = {
        "css/public.css": "css-public-AAAA.css",
        "font.woff2": "font-BBBB.woff2",
        "icons.svg": "icons-CCCC.svg",
        "icons.svg#check": "icons-CCCC.svg#check",
    }
    (tmp_path / "manifest.json").write_text(json.dumps(names))
    monkeypatch.setattr(assets, "dist_folder", lambda: tmp_path)
    assets.manifest.cache_clear()
    assets._content.cache_clear()
    yield tmp_path
    assets.manifest.cache_clear()
    assets._content.cache_clear()


@pytest.fixture
def visitor(dist: Path) -> FlaskClient:
    app = Flask("small")
    app.register_blueprint(assets.assets)
    return app.test_client()


@pytest.mark.usefixtures("dist")
def test_addresses_carry_the_hashed_name() -> None:
    assert assets.asset_url("css/public.css") == "/assets/css-public-AAAA.css"
    assert assets.asset_url("icons.svg#check") == "/assets/icons-CCCC.svg#check"
    assert assets.stylesheet_url("css/public.css", 210) == "/assets/210/css-public-AAAA.css"


def test_a_stylesheet_ends_with_the_accent_of_its_hue_and_is_kept_for_ever(visitor: FlaskClient) -> None:
    response = visitor.get("/assets/210/css-public-AAAA.css")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.mimetype == "text/css"
    text = response.get_data(as_text=True)
    assert text.startswith(SHEET)
    assert light_accent(210).accent in text[len(SHEET) :]
    assert visitor.get("/assets/css-public-AAAA.css").get_data(as_text=True) == SHEET


def test_text_goes_compressed_to_those_who_take_it(visitor: FlaskClient) -> None:
    response = visitor.get("/assets/210/css-public-AAAA.css", headers={"Accept-Encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.data).decode().startswith(SHEET)
    font = visitor.get("/assets/font-BBBB.woff2", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in font.headers
    assert font.mimetype == "font/woff2"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/manifest.json",
        "/assets/unknown.css",
        "/assets/icons-CCCC.svg%23check",
        "/assets/..%2fsecret",
        "/assets/360/css-public-AAAA.css",
        "/assets/210/font-BBBB.woff2",
        "/assets/-1/css-public-AAAA.css",
    ],
)
def test_only_built_files_are_served(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_missing_build_says_what_to_do(dist: Path) -> None:
    with pytest.raises(assets.BuildMissingError, match="node tools/frontend"):
        assets.asset_url("icons.svg#unheard-of")
    (dist / "manifest.json").unlink()
    assets.manifest.cache_clear()
    with pytest.raises(assets.BuildMissingError, match="make setup"):
        assets.asset_url("css/public.css")
