"""Strings that somebody types to see what breaks: at least fifty, for every field that takes text."""

from __future__ import annotations

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'; DROP TABLE registration; --", "' OR 1=1 --",
    "{{ 7*7 }}", "{% for x in y %}", "${7*7}", "%(name)s", "%s%s%n", "{name}", "{0.__class__}", "#{7*7}",
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", '=HYPERLINK("https://example.org")',
    "a\r\nBcc: x@example.org", "a\nSet-Cookie: x=1", "x\x00y", "\x00", "\x01\x02\x1b[31m", "\x7f", "\u0085", "\u2028",
    "\u202eevil", "\u200fשלום", "مرحبا بالعالم", "\u2066a\u2069", "\ufeff", "\u200b", "a\u0300\u0301\u0302\u0303",
    "👩‍⚕️🧬🇳🇴", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "ﬀ", "ſ", "İı", "ẞß", "日本語", "한국어", "Z̷̡̛͓a̶l̸g̶o̴", "\ud7ff\ue000", "\uffff",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "https://example.org/;script-src *",
    'https://a.example.org/"><script>alert(1)</script>', "https://;script-src 'unsafe-inline'", "file:///etc/passwd",
    "../../etc/passwd", "null", "undefined", "None", "NaN", "Infinity", "1e309", "-0", "0x41", "١٢٣", "9" * 400,
    " ", "   \t  ", "x" * 100_000, "<!--", "]]>", "&lt;b&gt;", "&#0;", "\\", "\\u0000", "a" + "\u0301" * 500,
)  # fmt: skip
