"""Cuts from the web fonts what nearly every page needs: a small first load on a phone. ``python tools/fonts.py``.

The letters of English and the Nordic languages, the weights that public pages use, one optical size. Whatever else a
page shows is taken from the whole files, which the style sheet names behind these.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "node_modules" / "@fontsource-variable"
TARGET = ROOT / "build" / "fonts"
CHARACTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;!?()/&@+-%#*=_'\"<>[]"
    "æøåÆØÅéÉöÖäÄüÜ«»“”‘’–…·×§°\u00a0"
)
FEATURES = ["kern", "tnum", "lnum", "pnum"]
CUTS = {
    "newsreader-core.woff2": ("newsreader/files/newsreader-latin-opsz-normal.woff2", {"opsz": 36, "wght": (380, 500)}),
    "newsreader-core-italic.woff2": ("newsreader/files/newsreader-latin-opsz-italic.woff2", {"opsz": 30, "wght": 400}),
    "schibsted-core.woff2": (
        "schibsted-grotesk/files/schibsted-grotesk-latin-wght-normal.woff2",
        {"wght": (400, 600)},
    ),
}


def cut(source: Path, target: Path, limits: dict[str, object]) -> None:
    font = instancer.instantiateVariableFont(TTFont(source, recalcTimestamp=False), limits)
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    subsetter = Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def main() -> None:
    print_of = hashlib.sha256(Path(__file__).read_bytes())
    for source, _limits in CUTS.values():
        print_of.update((SOURCES / source).read_bytes())
    stamp = TARGET / "stamp"
    if stamp.is_file() and stamp.read_text() == print_of.hexdigest():
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, (source, limits) in CUTS.items():
        cut(SOURCES / source, TARGET / name, limits)
        print(f"build/fonts: {name}, {(TARGET / name).stat().st_size / 1000:.0f} kB")
    stamp.write_text(print_of.hexdigest())


if __name__ == "__main__":
    main()
