"""Which language a request is answered in: asked for in the address, chosen before, or the browser's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from gettext import NullTranslations
from typing import cast

from babel.support import Translations
from flask import Flask, Request, current_app, g, has_request_context, request, session
from flask_babel import Babel, force_locale, get_translations
from markupsafe import Markup, escape
from werkzeug.utils import cached_property

from crosslinks.kernel.resources import PACKAGE

LANGUAGES = {"en": "English", "nb": "Norsk"}
DEFAULT = "en"
_CHOSEN = "lang"
TRANSLATIONS = PACKAGE.parent / "build" / "translations"


class TranslatedRequest(Request):
    """A request that lets forms find the words of WTForms in our one catalogue."""

    @cached_property
    def wtforms_translations(self) -> object:
        """Return the catalogue of this request's language; Flask-WTF looks here."""
        return get_translations()


def current_language() -> str:
    """Return the code of the language of this request, ``en`` outside one."""
    if not has_request_context():
        return getattr(g, "language", DEFAULT)
    language: str | None = getattr(g, "language", None)
    if language is None:
        language = g.language = _choose()
    return language


@contextmanager
def speaking(language: str) -> Iterator[str]:
    """Speak ``language`` in the body, as a letter to somebody does; an unknown one becomes ``en``."""
    chosen = language if language in LANGUAGES else DEFAULT
    before = getattr(g, "language", None)
    g.pop("catalogue", None)
    g.language = chosen
    try:
        with force_locale(chosen):
            yield chosen
    finally:
        g.pop("catalogue", None)
        if before is None:
            del g.language
        else:
            g.language = before


def _choose() -> str:
    for asked in (request.args.get("lang"), session.get(_CHOSEN)):
        if asked in LANGUAGES:
            return str(asked)
    accepted = request.accept_languages.best_match([*LANGUAGES, "no", "nn"])
    return {"no": "nb", "nn": "nb"}.get(accepted or "", accepted or DEFAULT)


def _remember_choice() -> None:
    asked = request.args.get("lang")
    if asked in LANGUAGES and session.get(_CHOSEN) != asked:
        session[_CHOSEN] = asked


@lru_cache(maxsize=8)
def _load(folder: str, language: str) -> NullTranslations:
    return Translations.load(folder, [language])


def _catalogue() -> tuple[str, str]:
    try:
        found: tuple[str, str] = g.catalogue
    except AttributeError:
        found = g.catalogue = (current_app.config["BABEL_TRANSLATION_DIRECTORIES"], current_language())
    return found


@lru_cache(maxsize=4000)
def _words(folder: str, language: str, text: str) -> Markup:
    return Markup(_load(folder, language).gettext(text))  # noqa: S704 - our own words; variables are escaped


@lru_cache(maxsize=4000)
def _plain_words(folder: str, language: str, text: str) -> Markup:
    return _words(folder, language, text) % {}


@lru_cache(maxsize=4000)
def _counted_words(folder: str, language: str, text: str, counts: tuple[tuple[str, int], ...]) -> Markup:
    return _words(folder, language, text) % dict(counts)


def say(text: str, **variables: object) -> Markup:
    """Translate for a template: a long page says hundreds of words, and Flask-Babel looks its catalogue up for each."""
    if not variables:
        return _plain_words(*_catalogue(), text)
    # A key of whole numbers alone: an escaped word and the same word unescaped are equal, and must not be mixed up.
    for value in variables.values():
        if type(value) is not int:
            return _filled(_words(*_catalogue(), text), variables)
    counts = cast("tuple[tuple[str, int], ...]", tuple(variables.items()))
    return _counted_words(*_catalogue(), text, counts)


def _filled(words: Markup, variables: dict[str, object]) -> Markup:
    """Return ``words % variables`` with each text escaped: at half of what Markup's own ``%`` costs."""
    safe = {name: escape(value) if isinstance(value, str) else value for name, value in variables.items()}
    if any(not isinstance(value, (str, int, float)) for value in safe.values()):
        return words % variables
    return Markup(str.__mod__(words, safe))  # noqa: S704 - our own words; variables are escaped


def say_count(one: str, many: str, num: int, **variables: object) -> Markup:
    """Translate a text that depends on a count, which it names ``%(num)s``."""
    return Markup(_load(*_catalogue()).ngettext(one, many, num)) % {"num": num, **variables}  # noqa: S704 - as in say


def init_languages(app: Flask) -> None:
    """Set up translations and remember an explicit choice in the session."""
    packaged = PACKAGE / "translations"
    app.request_class = TranslatedRequest
    folder = packaged if packaged.is_dir() else TRANSLATIONS
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    Babel(app, locale_selector=current_language)
    app.jinja_env.globals.update({"_": say, "gettext": say, "ngettext": say_count})
    app.before_request(_remember_choice)
