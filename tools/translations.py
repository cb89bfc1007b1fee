"""Norwegian for everything: ``python tools/translations.py compile`` or ``check``.

Each feature keeps its words in ``translations/nb/<feature>.po``. ``compile`` merges them, and what WTForms brings,
into the one catalogue that the application reads; ``check`` says what is missing, unused, in two versions, or has
other placeholders than the English.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from wtforms.i18n import messages_path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "translations"
COMPILED = ROOT / "build" / "translations"
LANGUAGES = ("nb",)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "_n": (1, 2),
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
LIBRARY = "WTForms"
Key = tuple[str, str | None]


@dataclass
class Merged:
    """One language's words from all fragments, and what is wrong with them."""

    catalog: Catalog
    origin: dict[Key, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def ids(message: Message) -> tuple[str, ...]:
    """Return the English of a message: one text, or singular and plural."""
    return message.id if isinstance(message.id, tuple) else (str(message.id),)


def strings(message: Message) -> tuple[str, ...]:
    """Return the translation of a message in the same shape."""
    given = message.string
    return tuple(given) if isinstance(given, (tuple, list)) else (str(given),)


def key(message: Message) -> Key:
    """Return what a catalogue finds a message by."""
    return ids(message)[0], message.context


def library_words(language: str) -> Path:
    """Return the file of what WTForms says in a language."""
    return Path(messages_path()) / language / "LC_MESSAGES" / "wtforms.po"


def merge(language: str, folder: Path = SOURCES) -> Merged:
    """Merge a language's fragments, and fill in what WTForms brings; one text with two translations is a problem."""
    merged = Merged(Catalog(locale=language, fuzzy=False))
    for path in (*sorted((folder / language).glob("*.po")), library_words(language)):
        with path.open("rb") as source:
            fragment = read_po(source, locale=language, abort_invalid=True)
        from_library = path == library_words(language)
        for message in fragment:
            name = key(message)
            if not message.id or (from_library and (name in merged.origin or not all(strings(message)))):
                continue
            if name in merged.origin and strings(merged.catalog.get(name[0], name[1])) != strings(message):
                merged.problems.append(f"{path.name} and {merged.origin[name]} translate {name[0]!r} differently")
            if message.fuzzy and not from_library:
                merged.problems.append(f"{path.name}: fuzzy: {name[0]!r}")
            merged.origin[name] = LIBRARY if from_library else path.name
            merged.catalog.add(message.id, message.string, flags=message.flags - {"fuzzy"}, context=message.context)
    return merged


def compile_language(language: str, folder: Path = SOURCES, target: Path = COMPILED) -> list[str]:
    """Write the catalogue of a language and return the problems of its fragments."""
    merged = merge(language, folder)
    path = target / language / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = io.BytesIO()
    write_mo(whole, merged.catalog)
    part = path.with_suffix(".part")
    part.write_bytes(whole.getvalue())
    part.replace(path)
    return merged.problems


def extract(root: Path = ROOT) -> Catalog:
    """Return every text that code and templates ask for."""
    wanted = Catalog()
    for folder, methods in (
        ("crosslinks", [("**.py", "python")]),
        ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ):
        options = {"**.html": {"silent": "false"}, "**.txt": {"silent": "false"}}
        found = extract_from_dir(root / folder, methods, options, KEYWORDS, strip_comment_tags=True)
        for file, line, message, _comments, context in found:
            wanted.add(message, locations=[(f"{folder}/{file}", line)], context=context)
    with (Path(messages_path()) / "wtforms.pot").open("rb") as source:
        for message in read_po(source):
            if message.id:
                wanted.add(message.id, locations=[(LIBRARY, 0)], context=message.context)
    return wanted


def placeholder_problems(message: Message, translation: Message) -> Iterator[str]:
    """Yield where the translation would fail or lose something when it is filled in."""
    english = {name for text in ids(message) for name in PLACEHOLDER.findall(text)}
    in_template = any(path.startswith("templates/") for path, _ in message.locations)
    for text in strings(translation):
        named = set(PLACEHOLDER.findall(text))
        if named - english or (len(ids(message)) == 1 and english - named):
            yield f"other placeholders: {text!r} for {ids(message)[0]!r}"
    if in_template or english:
        for text in (*ids(message), *strings(translation)):
            if "%" in PLACEHOLDER.sub("", text).replace("%%", ""):
                yield f"a percent sign is written %% in {text!r}"


def check_language(language: str, wanted: Catalog, folder: Path = SOURCES) -> tuple[list[str], Catalog]:
    """Return what is wrong with a language, and its missing texts ready to be filled in."""
    merged = merge(language, folder)
    problems = list(merged.problems)
    missing = Catalog(locale=language)
    asked = {key(message) for message in wanted if message.id}
    for message in wanted:
        if not message.id:
            continue
        found = merged.catalog.get(ids(message)[0], message.context)
        if found is None or len(ids(found)) != len(ids(message)) or not all(strings(found)):
            missing.add(message.id, locations=message.locations, context=message.context)
        else:
            problems.extend(placeholder_problems(message, found))
    problems.extend(
        f"{origin}: unused: {name[0]!r}"
        for name, origin in merged.origin.items()
        if name not in asked and origin != LIBRARY
    )
    problems.extend(f"missing: {ids(message)[0]!r} ({message.locations[0][0]})" for message in missing if message.id)
    return problems, missing


def main(command: str) -> int:
    """Run ``compile`` or ``check``; return the exit code."""
    failed = 0
    wanted = extract() if command == "check" else Catalog()
    for language in LANGUAGES:
        if command == "compile":
            problems = compile_language(language)
        else:
            problems, missing = check_language(language, wanted)
            if len(missing):
                sys.stdout.write(f"# to be filled in and put into translations/{language}/<feature>.po\n\n")
                sys.stdout.flush()
                write_po(sys.stdout.buffer, missing, omit_header=True, width=0)
        for problem in problems:
            sys.stderr.write(f"{language}: {problem}\n")
        failed += len(problems) if command == "check" else 0
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "compile"))
