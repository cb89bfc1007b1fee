"""A small browser over HTTP: keeps its cookies, and answers forms with the token that their page gave it."""

from __future__ import annotations

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CUT = 0


class StormBrowser:
    """One client of a storm. ``statuses`` are the answers that it got, 0 where the connection was cut."""

    def __init__(self, port: int, cookies: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies = SimpleCookie(cookies)
        self.statuses: list[int] = []
        self.broken: list[tuple[str, int]] = []

    def request(
        self, method: str, path: str, body: bytes | None = None, media_type: str = "application/json"
    ) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={part.value}" for name, part in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = media_type
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (http.client.HTTPException, OSError):
            self._connection.close()
            self.statuses.append(CUT)
            return CUT, ""
        for header in response.headers.get_all("Set-Cookie") or []:
            self._cookies.load(header)
        self.statuses.append(response.status)
        if response.status >= 500:
            self.broken.append((path, response.status))
        return response.status, text

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def answer(self, page: str, action: str = "", **fields: object) -> int:
        """Open a page, and send its form to ``action`` (the page itself unless told otherwise)."""
        _status, text = self.request("GET", page)
        found = _TOKEN.search(text)
        if found is None:
            return CUT
        body = urlencode({"csrf_token": found.group(1), **fields}).encode()
        return self.request("POST", action or page.partition("?")[0], body, "application/x-www-form-urlencoded")[0]
