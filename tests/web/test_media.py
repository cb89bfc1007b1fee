from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from crosslinks.config import settings
from crosslinks.kernel.errors import Invalid
from crosslinks.web.markdown import render_markdown
from crosslinks.web.pictures import drop_picture
from crosslinks.web.uploads import LOGO, PORTRAIT, PictureRule, store_picture
from tests.instances import ROOT


def picture(kind: str = "PNG", size: tuple[int, int] = (80, 100), **more: object) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **more)
    out.seek(0)
    return out


def test_a_stored_picture_is_served_for_ever(client: FlaskClient) -> None:
    name = store_picture(picture(), PORTRAIT, settings().uploads)
    with client.get(f"/media/{name}") as response:
        assert response.status_code == 200
        assert response.content_type == "image/jpeg"
        assert "immutable" in response.headers["Cache-Control"]
        assert Image.open(io.BytesIO(response.data)).size == (80, 100)


@pytest.mark.parametrize(
    "name",
    [
        "portraits/../../config.toml", "..%2f..%2fconfig.toml", "portraits/%2e%2e/secret", "portraits/", "nothing",
        "portraits/" + "0" * 32 + ".jpg", "portraits/" + "0" * 32 + ".svg", "%00", "portraits/" + "0" * 32 + ".jpg%0a",
        "logos/" + "0" * 32 + ".png%00.html",
    ],
)  # fmt: skip
def test_no_other_name_opens_anything(client: FlaskClient, name: str) -> None:
    settings().instance.joinpath("config.toml").write_text("secret")
    try:
        assert client.get(f"/media/{name}").status_code in {400, 404}
    finally:
        settings().instance.joinpath("config.toml").unlink()


def test_what_is_inside_a_picture_beside_its_pixels_is_lost(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    name = store_picture(picture("JPEG", exif=exif), PORTRAIT, settings().uploads)
    assert b"secret place" not in (settings().uploads / name).read_bytes()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture.unreadable"),
        (b"\x89PNG\r\n\x1a\nnot really", "picture.unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "picture.unreadable"),
        (b"GIF89a" + b"\0" * 100, "picture.unreadable"),
        (b"x" * 10_000_001, "picture.too_large"),
    ],
)
def test_pictures_that_lie_are_refused(app: Flask, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        store_picture(io.BytesIO(content), LOGO, settings().uploads)
    assert caught.value.code == code


def test_a_bomb_is_refused_before_it_is_opened(app: Flask) -> None:
    with pytest.raises(Invalid) as caught:
        store_picture(picture(size=(20_000, 20_000)), LOGO, settings().uploads)
    assert caught.value.code == "picture.too_many_pixels"


@pytest.mark.parametrize(("kind", "side"), [("WEBP", 4000), ("PNG", 5000), ("JPEG", 6400)])
def test_each_format_has_a_limit_of_its_own(app: Flask, kind: str, side: int) -> None:
    with pytest.raises(Invalid) as caught:
        store_picture(picture(kind, size=(side, side)), LOGO, settings().uploads)
    assert caught.value.code == "picture.too_many_pixels"


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [("JPEG", "RGB", (8000, 5000)), ("PNG", "LA", (5000, 4000)), ("WEBP", "RGBA", (4000, 3000))],
)
def test_the_largest_pictures_fit_into_a_small_server(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int]
) -> None:
    """Pillow's memory is not Python's: the highest that a process of its own has taken is looked at."""
    sent = tmp_path / "sent"
    Image.new(mode, size).save(sent, kind)
    code = (
        "import sys; from pathlib import Path; from crosslinks.web.uploads import LOGO, store_picture\n"
        "def peak(): return int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
        "before = peak(); store_picture(open(sys.argv[1], 'rb'), LOGO, Path(sys.argv[2])); print(peak() - before)"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(sent), str(tmp_path)]
    taken = int(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)
    assert taken < 260_000  # kB


@pytest.mark.parametrize("rule", [PORTRAIT, LOGO])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_photo_is_shrunk_upright(app: Flask, rule: PictureRule, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = store_picture(picture("JPEG", size=(6000, 4000), exif=exif), rule, settings().uploads)
    with Image.open(settings().uploads / name) as kept:
        width, height = kept.size
    assert (width > height) is (orientation == 1)
    assert width == rule.width or height == rule.height


def test_the_same_picture_twice_is_two_files(app: Flask) -> None:
    names = {store_picture(picture(), PORTRAIT, settings().uploads) for _ in range(2)}
    assert len(names) == 2
    drop_picture(names.pop())
    assert (settings().uploads / names.pop()).exists()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Top\n\n## Same", "<h3>Top</h3>\n<h3>Same</h3>\n"),
        ("### Lower", "<h4>Lower</h4>\n"),
        ("<b onclick=x>no</b>", "<p>&lt;b onclick=x&gt;no&lt;/b&gt;</p>\n"),
        ("[a](https://example.org)", '<p><a href="https://example.org" rel="noopener nofollow">a</a></p>\n'),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("![dot](https://a.example)", '<p>!<a href="https://a.example" rel="noopener nofollow">dot</a></p>\n'),
    ],
)  # fmt: skip
def test_markdown_keeps_words_and_loses_the_rest(text: str, html: str) -> None:
    assert render_markdown(text, 3) == html
