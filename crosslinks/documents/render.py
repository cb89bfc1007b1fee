"""The child process that turns HTML into PDF, and the only importer of WeasyPrint.

``python -m crosslinks.documents.render`` reads requests from its standard input and answers on its standard
output, both in frames (``frames.py``). It knows no database, no secret and no network: it fetches only what
came with the request. It ends when its parent does, when nobody asks for ``IDLE_SECONDS``, and when it meets
its limits of memory and time; the parent starts another.
"""

from __future__ import annotations

import base64
import gc
import io
import json
import logging
import os
import resource
import select
import sys
import threading
import zlib
from typing import Any

import pydyf
import pypdfium2

from crosslinks.documents.frames import PipeClosed, read_frame, write_frame
from crosslinks.registration.codes import code_modules, code_runs

try:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse
except OSError as error:
    missing_library = str(error)
else:
    missing_library = ""

READY, RESULT, FAILURE = b"R", b"P", b"E"
IDLE_SECONDS = 60
MEMORY_LIMIT = 1 << 30
CPU_SECONDS = 60
POINTS_PER_MM = 72 / 25.4
STAMP = "Stamp"
QUICKLY = 1
"""Level of compression: the tightest costs a fifth of a print run's time, and would save a third of its size."""
REMEDY = (
    "PDF needs the Pango libraries. On Debian or Ubuntu: "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. On macOS: brew install pango."
)

type_of_suffix = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml"}


def fetcher_of(images: dict[str, str]) -> Any:
    """Return a WeasyPrint fetcher that knows ``asset:name`` of this request and refuses the rest."""

    class OwnAssets(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme != "asset" or name not in images:
                raise ValueError(f"refused: {url[:100]}")
            kind = type_of_suffix.get(name.rpartition(".")[2], "application/octet-stream")
            return URLFetcherResponse(url, base64.b64decode(images[name]), {"Content-Type": kind})

    return OwnAssets(allowed_protocols=("asset",), allow_redirects=False)


def finish(pdf: Any, request: dict[str, Any]) -> None:
    """Draw what repeats and what is a code under the text of the pages, each as cheaply as PDF allows.

    ``stamps`` are ``[page, left, top]`` in millimetres; where there are any, the first page of the HTML is not a page
    but what is stamped there. ``codes`` are ``[page, left, top, side, text]``, each drawn as one path.
    """
    pages = [item for item in pdf.objects if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/Page"]
    under: dict[int, list[str]] = {}
    if request["stamps"]:
        make_stamp(pdf, pages.pop(0))
    for number, left, top in request["stamps"]:
        place = f"1 0 0 1 {left * POINTS_PER_MM:.3f} {-top * POINTS_PER_MM:.3f} cm"
        under.setdefault(number, []).append(f"q {place} /{STAMP} Do Q")
    for number, left, top, side, text in request["codes"]:
        height = pages[number]["MediaBox"][3]
        under.setdefault(number, []).append(code_path(left, top, side, text, height))
    for number, parts in under.items():
        drawing = "\n".join(("/Artifact BMC", *parts, "EMC")).encode()
        stream = pydyf.Stream([zlib.compress(drawing, QUICKLY)], extra={"Filter": "/FlateDecode"})
        pdf.add_object(stream)
        pages[number]["Contents"] = pydyf.Array([stream.reference, pages[number]["Contents"]])


def make_stamp(pdf: Any, page: Any) -> None:
    """Turn the first page into a form that the pages, which share their resources, can draw by its name."""
    form, resources = (pdf.objects[int(page[name].split()[0])] for name in ("Contents", "Resources"))
    form.extra |= {"Type": "/XObject", "Subtype": "/Form", "BBox": page["MediaBox"], "Resources": page["Resources"]}
    resources["XObject"][STAMP] = form.reference
    pdf.pages["Kids"] = pydyf.Array(pdf.pages["Kids"][3:])
    pdf.pages["Count"] -= 1
    page.clear()


def code_path(left: float, top: float, side: float, text: str, page_height: float) -> str:
    """Return the drawing of one code; ``page_height`` is in points, the rest in millimetres."""
    modules = code_modules(text)
    scale = side * POINTS_PER_MM / len(modules)
    path = " ".join(f"{column} {row} {length} 1 re" for column, row, length in code_runs(modules))
    x, y = left * POINTS_PER_MM, page_height - top * POINTS_PER_MM
    return f"q 0 g {scale:.5f} 0 0 {-scale:.5f} {x:.3f} {y:.3f} cm {path} f Q"


def render(request: dict[str, Any], fonts: Any) -> bytes:
    """Return the PDF of one request's HTML, set in the fonts of this process only."""
    fetcher = fetcher_of(request["images"])
    sheet = weasyprint.CSS(string=request["css"], font_config=fonts, url_fetcher=fetcher)
    page = weasyprint.HTML(string=request["html"], url_fetcher=fetcher, base_url="asset:")
    document = page.render(font_config=fonts, stylesheets=[sheet])
    pdf = document.write_pdf(
        finisher=lambda _, pdf: finish(pdf, request),
        pdf_variant=request["variant"] or None,
    )
    return bytes(pdf)


def merge(parts: list[str]) -> bytes:
    """Return one PDF of several, in order."""
    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        with pypdfium2.PdfDocument(base64.b64decode(part)) as document:
            whole.import_pages(document)
    merged = io.BytesIO()
    whole.save(merged)
    whole.close()
    return merged.getvalue()


def answer(payload: bytes, fonts: Any) -> bytes:
    """Return the answer frame of one request; whatever goes wrong becomes a failure frame."""
    try:
        request = json.loads(payload)
        made = merge(request["merge"]) if "merge" in request else render(request, fonts)
    except Exception as problem:  # noqa: BLE001 - the parent turns it into an error for people
        return FAILURE + f"{type(problem).__name__}: {problem}".encode()
    return RESULT + made


def end_with_parent(descriptor: int) -> None:
    """Leave at once when the other end of the pipe is closed, also in the middle of a page."""

    def watch() -> None:
        poll = select.poll()
        poll.register(descriptor, select.POLLHUP)
        poll.poll()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def limit() -> None:
    """Bound memory, and the processor time of what comes next."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(spent.ru_utime + spent.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(incoming: int, outgoing: int) -> None:
    """Answer requests until nobody asks any more."""
    fonts = FontConfiguration()
    write_frame(outgoing, READY)
    gc.disable()
    while select.select([incoming], [], [], IDLE_SECONDS)[0]:
        limit()
        write_frame(outgoing, answer(read_frame(incoming), fonts))
        gc.collect()


def main() -> int:
    """Serve the parent over the standard streams, which nothing else in this process may touch."""
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    end_with_parent(incoming)
    try:
        if missing_library:
            write_frame(outgoing, FAILURE + f"{REMEDY} ({missing_library.splitlines()[0]})".encode())
            return 1
        serve(incoming, outgoing)
    except PipeClosed:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
