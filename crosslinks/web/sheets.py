"""Texts on their way into a spreadsheet."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what looks like one."""
    return f"'{text}" if text.startswith(_FORMULA) else text
