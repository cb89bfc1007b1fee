"""Every page, in both languages, light and dark, empty, filled and with errors: accessible, valid, ours alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, ViewportSize

from tests.browser.conftest import Shown
from tests.browser.samples import ERRORS, NOT_PAGES, SAMPLES, Sample
from tests.instances import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
HTML_VALIDATE = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
RULES = {
    "extends": ["html-validate:recommended"],
    "rules": {
        "doctype-style": "off",
        "void-style": "off",
        "no-trailing-whitespace": "off",
        "attribute-boolean-style": "off",
        "attribute-empty-style": "off",
        "form-dup-name": ["error", {"shared": ["radio", "button", "reset", "submit", "checkbox"]}],
        "long-title": "off",
        "tel-non-breaking": "off",
    },
}
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False, "rules": {"target-size": {"enabled": True}}}
"""All of axe's rules, and the size of targets, which WCAG 2.2 AA asks for and axe leaves off."""
Scheme = Literal["light", "dark"]
WINDOWS: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
ALL = [sample for samples in SAMPLES.values() for sample in samples] + list(ERRORS)


def test_every_page_has_a_sample(application: Flask) -> None:
    routes = {rule.endpoint for rule in application.url_map.iter_rules() if "GET" in (rule.methods or ())}
    known = SAMPLES.keys() | NOT_PAGES.keys()
    assert sorted(routes - known) == [], "these pages are never looked at: add them to tests/browser/samples.py"
    assert sorted(known - routes) == [], "these samples are of no route"


HEADING_PATIENCE = 5_000
"""Milliseconds; the page of the door shows its heading when its script has looked where it stands."""
ASK_AXE = """async ([patience, options]) => {
    const shown = () => [...document.querySelectorAll("h1")].some((one) => one.checkVisibility());
    for (const start = performance.now(); !shown(); await new Promise(requestAnimationFrame))
        if (performance.now() - start > patience) return ["no heading is shown"];
    const { violations } = await axe.run(document, options);
    return violations.map(({ id, help, nodes }) =>
        `axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join("; ")}`);
}"""


class Looker:
    """Opens pages in one window, and notes what is wrong with each."""

    def __init__(self, page: Page, demo: Shown, folder: Path, window: ViewportSize) -> None:
        self.page = page
        self.window = window
        self.demo = demo
        self.folder = folder
        self.wrong: list[str] = []
        self.here = ""
        page.on("request", self._watch_host)
        page.on("console", lambda message: self._watch_console(message.type, message.text))

    def _watch_host(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.demo.url).netloc:
            self.wrong.append(f"{self.here}: asks another host: {request.url}")

    def _watch_console(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.wrong.append(f"{self.here}: console: {text}")

    def look(self, sample: Sample, number: int, language: str) -> None:
        path = sample.path.format(**self.demo.names)
        self.here = f"{path} ({language}{', submitted' if sample.submit else ''})"
        self.page.set_viewport_size(self.window)
        response = self.page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert response is not None
        if sample.submit:
            with self.page.expect_navigation() as moved:
                self.page.evaluate(
                    "(chosen) => { const form = document.querySelector(chosen);"
                    " form.noValidate = true; form.requestSubmit(); }",
                    sample.form,
                )
            response = moved.value
        if response.status != sample.expected:
            self.wrong.append(f"{self.here}: answered {response.status}, not {sample.expected}")
            return
        self._check_policy(response.headers.get("content-security-policy", ""))
        (self.folder / f"{number:03}.html").write_text(response.text(), "utf-8")
        self._check_axe()

    def _check_policy(self, policy: str) -> None:
        if "default-src 'none'" not in policy or "unsafe-inline" in policy or "*" in policy:
            self.wrong.append(f"{self.here}: policy {policy!r}")

    def _show_whole(self) -> None:
        """Make the window as tall as the page: axe takes what a bar at the bottom hides for small targets."""
        tall = int(self.page.evaluate("document.documentElement.scrollHeight"))
        self.page.set_viewport_size({**self.window, "height": max(tall, self.window["height"])})

    def _check_axe(self) -> None:
        self._show_whole()
        found = self.page.evaluate(ASK_AXE, [HEADING_PATIENCE, AXE_OPTIONS])
        self.wrong += [f"{self.here}: {wrong}" for wrong in found]


def validate(folder: Path, names: dict[str, str]) -> list[str]:
    """Return what html-validate finds in the saved pages."""
    config = folder / "rules.json"
    config.write_text(json.dumps({"root": True, **RULES}))
    node = shutil.which("node") or "node"
    report = folder / "report.json"  # a file: Node ends before all of a long answer has left through a pipe
    with report.open("w") as out:
        done = subprocess.run(
            [node, str(HTML_VALIDATE), "--config", str(config), "--formatter", "json", str(folder)],
            stdout=out, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
    found = report.read_text("utf-8")
    assert found.startswith("["), done.stderr
    return [
        f"{names[Path(result['filePath']).name]}: {message['line']}: {message['ruleId']}: {message['message']}"
        for result in json.loads(found)
        for message in result["messages"]
    ]


LOOKS = (("en", "light", "phone"), ("nb", "dark", "desktop"), ("nb", "light", "desktop"), ("en", "dark", "phone"))
"""Each page is looked at twice, in both languages, light and dark, on a phone and on a desktop."""


@pytest.mark.parametrize(("language", "scheme", "window"), LOOKS)
def test_pages_are_accessible_valid_and_ours_alone(
    chromium: Browser, demo: Shown, organizer_state: Path, tmp_path: Path, language: str, scheme: Scheme, window: str
) -> None:
    parity = LOOKS.index((language, scheme, window)) // 2
    names: dict[str, str] = {}
    wrong: list[str] = []
    for organizer in (False, True):
        context = chromium.new_context(
            base_url=demo.url,
            viewport=WINDOWS[window],
            color_scheme=scheme,
            reduced_motion="reduce",
            storage_state=organizer_state if organizer else None,
        )
        context.add_init_script(path=AXE)
        looker = Looker(context.new_page(), demo, tmp_path, WINDOWS[window])
        for number, sample in enumerate(ALL):
            if sample.organizer is organizer and number % 2 == parity:
                looker.look(sample, number, language)
                names[f"{number:03}.html"] = looker.here
        wrong += looker.wrong
        context.close()
    wrong += validate(tmp_path, names)
    assert wrong == [], "\n".join(wrong)
