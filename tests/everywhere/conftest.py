"""The demo that the browser tests look at, in this process, put back after each request that changed it."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from crosslinks.accounts.links import begin_session
from crosslinks.accounts.models import Account
from crosslinks.config import settings
from crosslinks.kernel.clock import clock, now, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.delivery import make_letter
from crosslinks.mail.message import build_message, wire_bytes
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from tests.browser.conftest import Shown, build_shown
from tests.browser.samples import ERRORS, SAMPLES, Sample
from tests.conftest import FreshClient, do_not_wait_for_the_disk
from tests.everywhere.checks import wrong_in_answer, wrong_in_letter
from tests.everywhere.forms import Form, read_forms

HOST = "localhost"
SAME = re.compile(r"\d+|[-_](nb|en)\b")
LOGGED = {"audit_entry", "sqlite_sequence"}
"""What was handed out by a GET and what was refused are noted too: nothing else may change there."""
LETTER = re.compile(r"/mail(ings)?/[^/]+/preview$|/letter$")
"""Letters, which have styles of their own."""


@dataclass
class Everywhere:
    """A filled instance, somebody who visits it and somebody who is signed in."""

    app: Flask
    shown: Shown
    offset: timedelta
    clients: dict[bool, FlaskClient]
    wrong: list[str] = field(default_factory=list)
    requests: int = 0
    forms: dict[str, list[Form]] = field(default_factory=dict)
    last_letter: int = 0

    @property
    def file(self) -> Path:
        return Path(self.shown.instance.database_url.removeprefix("sqlite:///"))

    @property
    def routes(self) -> MapAdapter:
        return self.app.url_map.bind(HOST)

    def endpoint(self, path: str, method: str) -> str:
        """Return the route that a path leads to."""
        try:
            name, _values = self.routes.match(urlsplit(path).path, method=method)
        except HTTPException:
            return ""
        return name

    def keep(self) -> None:
        """Remember how things stand now: the database, and who is signed in."""
        db.session.remove()
        self.app.extensions["crosslinks.keeper"].clear()
        self._live = sqlite3.connect(self.file, isolation_level=None)
        self._live.execute("PRAGMA synchronous=OFF")
        self._kept = sqlite3.connect(":memory:")
        self._live.backup(self._kept)
        self._cookies = {one: dict(client._cookies) for one, client in self.clients.items()}
        self.last_letter = self._live.execute("SELECT max(id) FROM mail").fetchone()[0]
        self._seen = self._version()

    def close(self) -> None:
        self._live.close()
        self._kept.close()

    def _version(self) -> int:
        return int(self._live.execute("PRAGMA data_version").fetchone()[0])

    def put_back(self) -> None:
        """Let everything stand as it was, if anything was changed."""
        db.session.remove()
        for one, client in self.clients.items():
            client._cookies = dict(self._cookies[one])
        if self.changed():
            self._kept.backup(self._live)
            self._seen = self._version()
            self.app.extensions["crosslinks.keeper"].clear()

    @contextmanager
    def standing_as_now(self) -> Iterator[None]:
        """Take what was changed for what stands, for a while."""
        before, self._kept = self._kept, sqlite3.connect(":memory:")
        self._live.backup(self._kept)
        try:
            yield
        finally:
            self._kept.close()
            self._kept, self._seen = before, -1
            self.put_back()

    def changed(self) -> bool:
        return self._version() != self._seen

    def changed_tables(self) -> list[str]:
        """Return the tables that do not hold what they held."""
        found = self._kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = {name for (name,) in found} - LOGGED
        return [name for name in sorted(names) if _rows(self._kept, name) != _rows(self._live, name)]

    def ask(self, method: str, path: str, said: str, *, organizer: bool = False, **sent: Any) -> TestResponse | None:
        """Send one request and note what is wrong with its answer; None when it ended in an exception."""
        self.requests += 1
        path = path.partition("?")[0] if "query_string" in sent else path
        if path.startswith("//"):  # the client would take the first part for a host, which no server does
            sent["environ_overrides"] = {"PATH_INFO": unquote(path.partition("?")[0], "latin-1")}
            path = "/"
        self.app.extensions["crosslinks.limiter"].storage.reset()
        vars(g._get_current_object()).clear()
        before = self._version()
        try:
            answer = self.clients[organizer].open(path, method=method, **sent)
        except Exception as error:  # noqa: BLE001 - whatever it is, it would have been a 500
            db.session.rollback()
            self.wrong.append(f"{said}: {type(error).__name__}: {str(error)[:200]}")
            return None
        found = [one for one in wrong_in_answer(answer, HOST) if one != "<style>" or not LETTER.search(path)]
        if (method == "GET" or answer.status_code >= 400) and self._version() != before:
            found += [f"{answer.status_code} changed {name}" for name in self.changed_tables()]
        self.wrong += [f"{said}: {wrong}" for wrong in found]
        answer.close()
        answer.request.environ["wsgi.input"].close()  # a large body lies in a file, which the test client leaves open
        return answer

    def post(self, form: Form, pairs: list[tuple[str, Any]], said: str) -> bool:
        """Send a form, follow where it leads, read the letters; return whether it was taken and changed something."""
        data: dict[str, list[Any]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        files = any(one.kind == "file" for one in form.inputs)
        kind = {"content_type": "multipart/form-data"} if files else {}
        answer = self.ask("POST", form.action, said, organizer=form.organizer, data=data, **kind)
        if answer is None or answer.status_code >= 400:
            return False
        taken = answer.status_code in {302, 303} and self.changed()
        if taken:
            where = urljoin(form.action, answer.headers["Location"])
            self.ask("GET", where, f"{said}, then {where[:80]}", organizer=form.organizer)
        if self.changed():
            self.read_letters(said)
        return taken

    def read_letters(self, said: str) -> None:
        """Note what is wrong with the letters that were not there before."""
        for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.id > self.last_letter)):
            letter = read_letter(mail)
            made = make_letter(letter)
            written = wire_bytes(build_message(letter, made, settings(), now()), utf8=True).decode("utf-8", "replace")
            head = written.replace("\r\n", "\n").partition("\n\n")[0]
            self.wrong += [f"{said}: letter {mail.kind}: {one}" for one in wrong_in_letter(head, made.html)]
        db.session.rollback()

    def address(self, sample: Sample) -> str:
        """Return a sample's address in this instance."""
        return sample.path.format(**self.shown.names)


def _rows(connection: sqlite3.Connection, table: str) -> list[str]:
    return sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"')))


def _open(folder: Path) -> Everywhere:
    app, shown = build_shown(folder)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = FreshClient
    return Everywhere(app, shown, clock.offset, {one: app.test_client() for one in (False, True)})


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everywhere]:
    before, told = clock.offset, os.environ.get("CROSSLINKS_INSTANCE")
    everywhere = _open(tmp_path_factory.mktemp("everywhere") / "instance")
    with everywhere.app.app_context():
        _settle(everywhere)
        collect_forms(everywhere)
        db.session.remove()
        db.engine.dispose()
    clock.offset = before
    if told is None:
        os.environ.pop("CROSSLINKS_INSTANCE", None)
    yield everywhere
    everywhere.close()


def _settle(everywhere: Everywhere) -> None:
    event.listen(db.engine, "connect", do_not_wait_for_the_disk)
    with transaction():
        account = db.session.scalars(select(Account).where(Account.email == "look@example.org")).one()
        secret = begin_session(account=account, now=now(), real=real_now(), by_link=False)
    with everywhere.clients[True].session_transaction() as session:
        session.update({"_user_id": secret, "_fresh": True, "seen": int(real_now().timestamp()), "lang": "en"})
    everywhere.keep()


def collect_forms(everywhere: Everywhere) -> None:
    """Find each form with something in it that was not seen before: a field is known by its route, name and kind.

    Numbers and languages in names count as the same: the rows of a table, and a text in each language, are checked by
    the same code.
    """
    seen: set[tuple[str, str, str]] = set()
    for page, samples in (*SAMPLES.items(), ("errors", ERRORS)):
        mine = everywhere.forms.setdefault(page, [])
        for sample in samples:
            if sample.submit:
                continue
            answer = everywhere.clients[sample.organizer].get(everywhere.address(sample))
            for form in read_forms(everywhere.address(sample), answer.get_data(as_text=True)):
                form.organizer = sample.organizer
                form.action = urljoin(form.page, form.action)
                route = everywhere.endpoint(form.action, form.method.upper())
                for name in form.fields or [""]:
                    key = (route, SAME.sub("", name), form.kind_of(name) if name else form.method)
                    if key not in seen:
                        seen.add(key)
                        form.fresh.append(name)
                if form.fresh:
                    mine.append(form)
    everywhere.put_back()


@contextmanager
def cheap_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
        patch.setattr("crosslinks.accounts.passwords._hasher", quick)
        patch.setattr("crosslinks.registration.public.looks_like_a_program", lambda *more: False)
        yield


@pytest.fixture
def everywhere(built: Everywhere) -> Iterator[Everywhere]:
    """The instance as it was built, at the demo's time."""
    before, clock.offset = clock.offset, built.offset
    with built.app.app_context(), cheap_passwords():
        built.put_back()
        built.wrong.clear()
        yield built
        db.session.remove()
        db.engine.dispose()
    clock.offset = before
