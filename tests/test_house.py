"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from crosslinks.app import FEATURES
from crosslinks.cli import main
from crosslinks.config import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "crosslinks"
TEMPLATES = ROOT / "templates"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 400
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools", "base"}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
INTERNAL_SETTINGS = {"TESTING", "DEMO", "DEMO_OFFSET"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@cache
def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
    )


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_file_is_too_long(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_stand_at_the_top(path):
    hidden = [
        node.lineno
        for function in ast.walk(tree(path))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        or (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"__import__", "import_module", "importlib.import_module"}
        )
    ]
    assert hidden == []


def test_packages_open_empty():
    assert [name_of(path) for path in PACKAGE.rglob("__init__.py") if path.read_bytes()] == []
    missing = {path.parent for path in SOURCES} - {path.parent for path in PACKAGE.rglob("__init__.py")}
    assert missing == set()


def test_only_the_database_module_commits():
    committing = {
        name_of(path)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert committing == {"crosslinks/kernel/db.py"}


def test_whole_numbers_are_bounded_everywhere():
    """The plain field breaks on hundreds of digits: ``web/forms.py`` has one that does not."""
    plain = [path for path in SOURCES if "IntegerField" in path.read_text("utf-8")]
    assert plain == [PACKAGE / "web" / "forms.py"]


def test_names_say_what_is_inside():
    vague = [name_of(path) for path in PACKAGE.rglob("*") if path.stem.lower() in VAGUE_NAMES]
    assert vague == []


def imports(path: Path) -> set[str]:
    return {node.module or "" for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)}


def test_only_the_application_takes_what_features_plug_in():
    plugs = {f"crosslinks.{path.parent.name}.feature" for path in PACKAGE.glob("*/feature.py")}
    taken = {name_of(path): imports(path) & plugs for path in SOURCES if imports(path) & plugs}
    assert taken == {"crosslinks/app.py": plugs}
    assert len(FEATURES) == len(plugs)


def test_every_view_and_table_is_plugged_in():
    made = {
        node.targets[0].id
        for path in SOURCES
        if path.parent.name != "web"
        for node in tree(path).body
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Blueprint(")
    }
    plugged = {blueprint.name for feature in FEATURES for blueprint in feature.blueprints}
    assert made == plugged
    models = {feature.models.__name__ for feature in FEATURES if feature.models}
    assert models == {f"crosslinks.{path.parent.name}.models" for path in PACKAGE.glob("*/models.py")}


BLOCKED_WORDS = re.compile(
    r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|pytest\.(?:skip|mark\.(?:skip|xfail))|# noqa\s*$|# type: ignore\s*$"
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.])/(?:root|home/\w+|work)/|files\.pythonhosted\.org|registry\.npmjs\.org|\.internal\b"
)


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        if path.suffix in {".png", ".jpg", ".webp", ".ico", ".woff2", ".wasm"}:
            continue
        yield path, path.read_text("utf-8", "replace")


def test_nothing_is_left_for_later():
    found = [
        f"{name_of(path)}:{number}"
        for path, text in texts()
        if path.suffix in {".py", ".js", ".mjs", ".html", ".css", ".sh"} and path.name != "test_house.py"
        for number, line in enumerate(text.splitlines(), 1)
        if BLOCKED_WORDS.search(line)
    ]
    assert found == []


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{name_of(path)}:{number}"
        for path, text in texts()
        if path.name != "test_house.py" and MACHINE_PATHS.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def references(name: str) -> Iterator[str]:
    source = (TEMPLATES / name).read_text("utf-8")
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for node in environment().parse(source).find_all(kinds):
        given = node.template
        assert isinstance(given, nodes.Const), f"{name}: only literal paths, so that a missing one can be found"
        yield from [given.value] if isinstance(given.value, str) else given.value


TEMPLATE = re.compile(r"[\w*]+(/[\w*]+)+\.(html|txt)")
LETTER = re.compile(r"\w+/mail/\w+")


@cache
def named_in_code() -> set[str]:
    """Every string of the code that reads like a template, in f-strings with ``*`` for what is put in."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values))
    letters = {text + suffix for text in found if LETTER.fullmatch(text) for suffix in (".html", ".txt")}
    return {text for text in found if TEMPLATE.fullmatch(text)} | letters


@cache
def templates() -> set[str]:
    return {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file()}


def test_every_template_that_is_named_exists():
    asked = {target for name in templates() for target in references(name)} | named_in_code()
    assert {name for name in asked if "*" not in name} - templates() == set()


def test_every_template_is_used():
    used = {target for name in templates() for target in references(name)} | named_in_code()
    patterns = [re.compile(re.escape(text).replace(r"\*", r"\w+")) for text in used if "*" in text]
    assert {name for name in templates() - used if not any(pattern.fullmatch(name) for pattern in patterns)} == set()


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


@cache
def documented() -> str:
    return "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


def test_every_setting_is_documented():
    names = {field.name.upper() for field in fields(Settings)} - INTERNAL_SETTINGS
    assert {name for name in names if not re.search(rf"\b(CROSSLINKS_)?{name}\b", documented())} == set()


def test_every_command_is_documented():
    names = set(commands(main))
    assert {"demo", "serve", "worker", "init", "backup", "restore", "bench", "badges"} <= names
    assert {name for name in names if not re.search(rf"\bcrosslinks {name}\b", documented())} == set()


def test_every_command_explains_itself():
    for name in commands(main):
        command: click.Command = main
        for word in name.split():
            command = command.commands[word]
        assert command.help, name
