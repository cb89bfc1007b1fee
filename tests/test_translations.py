"""Every word of the pages is there in Norwegian, the libraries' words too."""

from pathlib import Path

import pytest
from flask_wtf import FlaskForm
from wtforms import TimeField

from tools import translations


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_every_text_is_translated(language):
    problems, _ = translations.check_language(language, translations.extract())
    assert problems == []


def test_wtforms_speaks_norwegian_from_our_catalogue(app):
    class Form(FlaskForm):
        at = TimeField("at")

    with app.test_request_context("/?lang=nb", method="POST", data={"at": "never"}):
        form = Form(meta={"csrf": False})
        assert not form.validate()
        assert form.at.errors == ["Ikke et gyldig klokkeslett."]


def written(folder: Path, name: str, *pairs: tuple[str, str]) -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (folder / "nb").mkdir(exist_ok=True)
    text = "".join(f'msgid "{english}"\nmsgstr "{norwegian}"\n\n' for english, norwegian in pairs)
    (folder / "nb" / f"{name}.po").write_text(head + text, "utf-8")


def wanted(*texts: str):
    catalog = translations.Catalog()
    for text in texts:
        catalog.add(text, locations=[("templates/page.html", 1)])
    return catalog


@pytest.mark.parametrize(
    ("english", "norwegian", "problem"),
    [
        ("Save", "", "missing: 'Save' (templates/page.html)"),
        ("%(n)s places", "%(m)s plasser", "other placeholders"),
        ("%(n)s places", "plasser", "other placeholders"),
        ("All of it", "100 % av det", "a percent sign is written %%"),
    ],
)
def test_what_is_wrong_is_found(tmp_path, english, norwegian, problem):
    written(tmp_path, "pages", (english, norwegian))
    problems, _ = translations.check_language("nb", wanted(english), tmp_path)
    assert len(problems) >= 1
    assert problem in problems[0]


def test_unused_words_and_two_versions_are_found(tmp_path):
    written(tmp_path, "one", ("Save", "Lagre"), ("Old", "Gammel"))
    written(tmp_path, "two", ("Save", "Ta vare på"))
    problems, _ = translations.check_language("nb", wanted("Save"), tmp_path)
    assert problems == ["two.po and one.po translate 'Save' differently", "one.po: unused: 'Old'"]


def test_good_words_pass_and_are_compiled(tmp_path):
    written(tmp_path, "one", ("Save", "Lagre"))
    assert translations.check_language("nb", wanted("Save"), tmp_path)[0] == []
    assert translations.compile_language("nb", tmp_path, tmp_path / "out") == []
    assert (tmp_path / "out" / "nb" / "LC_MESSAGES" / "messages.mo").stat().st_size > 0
