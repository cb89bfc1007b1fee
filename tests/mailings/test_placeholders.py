"""Organizers' words: what is refused and where, and what is put in."""

from __future__ import annotations

import pytest
from flask import Flask

from crosslinks.mailings.catalogue import placeholders_of, sample_facts
from crosslinks.mailings.placeholders import check_text, render_line, render_text
from crosslinks.mailings.sandbox import LONGEST_TEXT, UnfilledText
from crosslinks.web.languages import speaking
from tests.hostile import HOSTILE_STRINGS

KIND = "registration.confirmed"


def problems(text: str, **more: object) -> list[tuple[int, int]]:
    return [(problem.line, problem.column) for problem in check_text(text, KIND, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Hello {{ nme }}", (1, 10)),
        ("Hello\n\n  and {{given_name}} {{ nme|upper }}", (3, 25)),
        ("Hello {{given name}}", (1, 7)),
        ("Hello {{ given_name", (1, 7)),
        ("Hello {given_name}", (1, 7)),
        ("one\ntwo {% if name %}", (2, 5)),
        ("{% for letter in name %}{{ letter }}{% endfor %}", (1, 1)),
        ("x {{ name.__class__ }}", (1, 3)),
        ("{{ name['upper'] }}", (1, 1)),
        ("{{ name.upper() }}", (1, 1)),
        ("{{ 7 * 7 }}", (1, 1)),
        ("{{ 'a' * 1000000000 }}", (1, 1)),
        ("{{ 'words' }}", (1, 1)),
        ("{{ range(10) }}", (1, 1)),
        ("{% set a = name %}", (1, 1)),
        ("{% include 'registration/mail/place.txt' %}", (1, 1)),
        ("{% import 'macros/letter.html' as l %}", (1, 1)),
        ("{% macro x() %}{% endmacro %}", (1, 1)),
        ("{% raw %}{{ name }}{% endraw %}", (1, 1)),
        ("{{ name|replace('a', 'b') }}", (1, 1)),
        ("{{ name|attr('upper') }}", (1, 1)),
        ("{{ manage_url|upper }}", (1, 1)),
        ("{{ manage_url }}/cancel", (1, 4)),
        ("see:{{ manage_url }}", (1, 8)),
        ("[here](https://example.org/?{{ name }})", (1, 32)),
        ("[here]({{ name }})", (1, 11)),
        ("{{ position }}", (1, 4)),
        ("{% if name %}" * 20 + "x" + "{% endif %}" * 20, (1, 1)),
        ("{{ " + "(" * 2900 + "name" + ")" * 2900 + " }}", (1, 1)),
        ("{% if " + "not " * 1400 + "name %}x{% endif %}", (1, 1)),
        ("a\x00b", (1, 1)),
        ("a" * (LONGEST_TEXT + 1), (1, 1)),
        ("a" * 10_000_000, (1, 1)),
    ],
    ids=lambda given: repr(given)[:40],
)
def test_what_is_wrong_is_told_with_its_place(app: Flask, text: str, where: tuple[int, int]) -> None:
    assert where in problems(text)
    for language in ("en", "nb"):
        with app.test_request_context(f"/?lang={language}"):
            assert all(str(problem) for problem in check_text(text, KIND))


@pytest.mark.parametrize(
    "text",
    [
        "{% for letter in name %}{{ letter }}{% endfor %}",
        "{{ name.__class__ }}",
        "{{ name.upper() }}",
        "{{ 'a' * 1000000000 }}",
        "{% include 'registration/mail/place.txt' %}",
        "{% raw %}{{ name }}{% endraw %}",
        "{{ name",
        "{{ unknown }}",
        "{% if name < 3 %}{{ name }}{% endif %}",
    ],
)
def test_what_was_never_checked_is_not_filled_either(app: Flask, text: str) -> None:
    with pytest.raises(UnfilledText):
        render_text(text, sample_facts())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello {{ given_name }} {{family_name}}",
        "{% if mode == 'digital' %}On the stream{% elif mode == 'onsite' %}In the room{% else %}?{% endif %}",
        "{% if theme and not contact == '' %}{{ theme | upper | trim }}{% endif %}",
        "[I can’t come]({{ cancel_url }}), or {{ digital_url }}. Or <{{ live_url }}>",
        "**{{ manage_url }}**",
        "[the map](https://example.org/map?x=1)",
        "Braces { and } and {unknown} are fine {# and so is a note #}",
    ],
)
def test_what_is_good_passes(app: Flask, text: str) -> None:
    assert problems(text) == []
    render_text(text, sample_facts())


def test_a_line_is_short_and_holds_no_link(app: Flask) -> None:
    assert problems("{{ manage_url }}", one_line=True) == [(1, 4)]
    assert problems("a" * 201, one_line=True) == [(1, 1)]
    assert problems("Hello {{ name }}", one_line=True) == []


def test_what_this_edition_lacks_is_told_when_saved(app: Flask) -> None:
    assert problems("Doors: {{ doors }}", facts={"doors": ""}) == [(1, 11)]
    assert problems("{% if doors %}Doors: {{ doors }}{% endif %}", facts={"doors": ""}) == []


@pytest.mark.parametrize(
    "text", ["Hello {{ given_name }}", "{{ theme }}", "{% if theme == 'x' %}{{ theme }}{% endif %}"]
)
def test_nothing_is_filled_with_nothing(app: Flask, text: str) -> None:
    with pytest.raises(UnfilledText):
        render_text(text, {"name": "Ingrid"})
    with pytest.raises(UnfilledText) as caught:
        render_text("Hello {{ given_name }}", {"given_name": " "})
    assert "{{ given_name }}" in str(caught.value)


def test_values_are_put_in_as_they_are(app: Flask) -> None:
    made = render_text("Hello **{{ name }}**:\n\n- {{ cancel_url }}\n- [x]({{ live_url }})", sample_facts())
    assert made.text == (
        "Hello Ingrid Nordlie:\n\n- https://example.org/r/EXAMPLE/cancel\n- x: https://example.org/r/EXAMPLE/live"
    )
    assert "<strong>Ingrid Nordlie</strong>" in made.html
    assert '<a href="https://example.org/r/EXAMPLE/cancel">https://example.org/r/EXAMPLE/cancel</a>' in made.html
    assert 'href="https://example.org/r/EXAMPLE/live"' in made.html
    assert "qz7" not in made.text + made.html


@pytest.mark.parametrize("hostile", HOSTILE_STRINGS, ids=ascii)
def test_a_hostile_name_stays_a_name(app: Flask, hostile: str) -> None:
    facts = {**sample_facts(), "name": hostile or "x", "given_name": f"a{hostile}"}
    text = "# {{ name }}\n\nHello **{{ given_name }}**, [{{ name }}]({{ cancel_url }})\n\n- {{ name }}"
    if not hostile.strip():
        return
    made = render_text(text, facts)
    flat = " ".join(hostile.split())
    assert flat in made.text
    assert made.html.count("<a ") == 1
    for tag in ("<script", "<img", "<svg", "<iframe", "<b>", "<style", 'onerror="', 'javascript:alert(1)"'):
        assert tag not in made.html
    line = render_line("{{ name }}: news", facts)
    assert line == f"{flat}: news"
    assert "\n" not in line
    assert "\r" not in line


@pytest.mark.parametrize("hostile", HOSTILE_STRINGS, ids=ascii)
def test_a_hostile_text_is_refused_or_harmless(app: Flask, hostile: str) -> None:
    if check_text(hostile, KIND):
        return
    made = render_text(hostile, sample_facts())
    for tag in ("<script", "<img", "<svg", "<iframe", "<style", 'onerror="', 'href="javascript', 'href="data'):
        assert tag not in made.html
    assert "49" not in made.text or "49" in hostile


def test_every_placeholder_has_words_in_both_languages(app: Flask) -> None:
    for language in ("en", "nb"):
        with speaking(language):
            for kind in ("registration.confirmed", "registration.waiting", "mailings.thanks"):
                assert all(one.meaning and one.sample for one in placeholders_of(kind))
    with speaking("nb"):
        nb = {one.name: one.meaning for one in placeholders_of("registration.waiting")}
    en = {one.name: one.meaning for one in placeholders_of("registration.waiting")}
    assert [name for name in en if en[name] == nb[name]] == []
