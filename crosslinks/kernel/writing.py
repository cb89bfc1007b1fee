"""What people type, made fit to be kept."""

from __future__ import annotations

import unicodedata

_REFUSED_CATEGORIES = {"Cc", "Cs", "Cn", "Co"}
_REFUSED_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that turn the direction of writing, and so could make a name or an address look like another."""


def clean_line(text: str) -> str | None:
    """Return one line of text composed (NFC) and with single spaces, or None when a character in it cannot be kept."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if line.isascii() and line.isprintable():
        return line
    if any(unicodedata.category(c) in _REFUSED_CATEGORIES or c in _REFUSED_MARKS for c in line):
        return None
    return line


def clean_lines(text: str) -> str | None:
    """Return several lines of text, each clean, without empty ones around them; None when one cannot be kept."""
    lines = [clean_line(line) for line in text.splitlines()]
    return None if None in lines else "\n".join(line or "" for line in lines).strip()
