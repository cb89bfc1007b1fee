"""Strings that programs stumble over, for every field that takes text."""

from __future__ import annotations

HOSTILE = (
    "", " ", "\t\r\n", "\x00", "a\x00b", "\x00" * 100, "\x1b[31mred", "\x7f", "\x85", "\ufeffmark",
    "x" * 301, "x" * 2001, "x" * 100_000, "é" * 5_000, "a\u0301" * 400, "\u200e\u200f", "\u202eevil", "a\u2066b",
    "שלום עולם", "مرحبا بالعالم", "עִבְרִית mixed with latin", "ภาษาไทย", "日本語のテキスト", "한국어", "Ŋŋ Đđ Ŧŧ",
    "😀", "👩‍⚕️👨‍👩‍👧‍👦", "🏳️‍🌈" * 50, "🇳🇴🇸🇯", "\U0001f9ec\U0010ffff", "\ue000", "Z͑ͫ̓a̴l̷g̸o",
    "a@example.org\r\nBcc: victim@example.org", "Subject: hello\nX-Evil: yes",
    "%0d%0aSet-Cookie: a=b", "\r\n\r\n<html>",
    "=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", '=HYPERLINK("http://example.org","x")', "\t=1+1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "</textarea><b>out</b>",
    "' onmouseover='x", "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "&#0;", "<b>bold</b>",
    "{{ 7*7 }}", "{% raw %}", "${7*7}", "%(name)s", "%s%n%x", "{0.__class__}", "#{7*7}", "__proto__",
    "'; DROP TABLE registration; --", "1 OR 1=1", "o1|o2", "|", "%", "_", "\\", "..\\..\\etc", "../../../etc/passwd",
    "NaN", "Infinity", "-0", "1e999", "0x10", "１２", "9" * 400, "-999999999999", "1.5", "1,5", "+",
    "true", "null", "[]",
    "q_1", "o1\n", "O1", "yes ", "ЙЕС",
)  # fmt: skip
"""More than fifty: empty, long, right to left, marks, NUL, headers, formulas, HTML, templates, SQL, odd numbers."""

MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "</textarea><b>out</b>",
    "<b>bold</b>", "' onmouseover='x",
)  # fmt: skip
"""What must never stand in a page as it was typed."""
