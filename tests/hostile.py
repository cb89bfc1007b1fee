"""Strings that try to break out, break in or break down: for every field that takes text."""

from __future__ import annotations

HOSTILE = (
    "", " ", "\t\n\r", "\x00", "a\x00b", "\x1b[31m", "\x7f", "\u200b", "\ufeff", "\ud800", "\U0010ffff",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>", "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "&lt;b&gt;", "&#x3c;script&#x3e;", "<!--", "]]>", "{{ 7 * 7 }}", "{% raw %}", "${7*7}", "#{7*7}", "%(name)s",
    "%s%n", "{0.__class__}", "'; DROP TABLE registration; --", "1 OR 1=1", '" OR ""="', "%", "_", "\\", "\\u0000",
    "=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "=cmd|' /C calc'!A0", "\t=1", "\r=1",
    "a\r\nBcc: all@example.org", "a\nSubject: x", "a%0d%0aBcc:x", "../../etc/passwd", "..\\..\\x", "/dev/null",
    "\u202e evil", "\u2066x\u2069", "مرحبا بالعالم", "שלום", "👩‍👩‍👧‍👦🏳️‍🌈", "Z͑ͫ̓a̴l̷g̸o̵" * 20, "ﷺ" * 50,
    "𝕳𝖊𝖑𝖑𝖔", "ñ́", "İstanbul ıI", "x" * 300, "ø" * 5_000, "a b " * 20_000, "9" * 400, "-9223372036854775809",
    "1e999", "NaN", "null", "true", "[]", "{}",
)  # fmt: skip
"""More than fifty; the longest is eighty thousand characters."""
