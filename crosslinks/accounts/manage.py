"""Organizer pages: who has access, and the log of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.accounts.exchange import log_heads, log_rows
from crosslinks.accounts.forms import InvitationForm, LogForm, RoleForm, role_promise, role_words
from crosslinks.accounts.log import (
    PAGE_LENGTH,
    LogFilter,
    LogSort,
    count_by_kind,
    count_entries,
    find_labels,
    list_actors,
    list_entries,
)
from crosslinks.accounts.log_words import LogLine, actor_words, deeds_called, in_words, kind_words, kinds_called
from crosslinks.accounts.models import Grant
from crosslinks.accounts.operations import grant_role, invite, remove_grant, send_invitation
from crosslinks.accounts.queries import get_grant, list_grants
from crosslinks.accounts.rules import Workplace
from crosslinks.kernel.actors import Permission, Role
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.web.formats import format_weekday
from crosslinks.web.frames import Link
from crosslinks.web.languages import current_language
from crosslinks.web.pages import render_page
from crosslinks.web.scopes import ManageScope, open_scope
from crosslinks.web.security import principal, requires
from crosslinks.web.sheets import csv_download

accounts_manage = Blueprint("accounts_manage", __name__, url_prefix="/manage/<conference>/<edition>")

Page = tuple[str, int]


def _access_page(scope: ManageScope, form: InvitationForm | None = None, status: int = 200) -> Page:
    grants = list_grants(scope.conference_id)
    owners = [grant for grant in grants if grant.role is Role.OWNER and grant.account.disabled_at is None]
    page = render_page(
        "accounts/manage/access.html",
        scope.frame,
        scope=scope,
        grants=grants,
        last_owner=owners[0] if len(owners) == 1 else None,
        form=form or InvitationForm(formdata=None),
        roles=[(role, role_words(role), role_promise(role)) for role in Role],
    )
    return page, status


def _workplace(scope: ManageScope) -> Workplace:
    return Workplace(scope.conference_id, scope.edition_id, scope.conference_name, scope.frame.hue)


@accounts_manage.get("/access")
@requires(Permission.ACCOUNTS)
def access(conference: str, edition: str) -> Page:
    """Show who has which role in the conference."""
    return _access_page(open_scope(conference, edition))


@accounts_manage.post("/access")
@requires(Permission.ACCOUNTS)
def invite_person(conference: str, edition: str) -> Page | BaseResponse:
    """Give somebody a role and tell them by mail."""
    scope = open_scope(conference, edition)
    form = InvitationForm()
    if not form.validate_on_submit():
        return _access_page(scope, form, 422)
    try:
        with transaction():
            invite(
                actor=principal().actor,
                now=now(),
                to=_workplace(scope),
                email=form.email.data or "",
                name=form.name.data or "",
                role=Role(form.role.data),
                language=current_language(),
            )
    except Conflict:
        form.email.errors = [_("This address has access already. Change its role in the list.")]
        return _access_page(scope, form, 422)
    flash(_("Invited. A mail with a link is on its way."))
    return redirect(scope.url("access"), 303)


@accounts_manage.post("/access/<int:grant_id>/role")
@requires(Permission.ACCOUNTS)
def change_role(conference: str, edition: str, grant_id: int) -> BaseResponse:
    """Change what somebody is in the conference."""
    scope = open_scope(conference, edition)
    form = RoleForm()
    if not form.validate_on_submit():
        raise Invalid("grant.role_unknown")
    with transaction():
        grant = get_grant(grant_id, scope.conference_id)
        grant_role(
            actor=principal().actor,
            now=now(),
            account=grant.account,
            conference_id=scope.conference_id,
            role=Role(form.role.data),
        )
    flash(_("Saved."))
    return redirect(scope.url("access"), 303)


@accounts_manage.post("/access/<int:grant_id>/invitation")
@requires(Permission.ACCOUNTS)
def invite_again(conference: str, edition: str, grant_id: int) -> BaseResponse:
    """Send a fresh invitation to somebody who has not been here yet."""
    scope = open_scope(conference, edition)
    with transaction():
        send_invitation(
            actor=principal().actor,
            now=now(),
            grant=get_grant(grant_id, scope.conference_id),
            to=_workplace(scope),
        )
    flash(_("A mail with a fresh link is on its way."))
    return redirect(scope.url("access"), 303)


@accounts_manage.get("/access/<int:grant_id>/remove")
@requires(Permission.ACCOUNTS)
def ask_remove(conference: str, edition: str, grant_id: int) -> str:
    """Ask before taking somebody's access away."""
    scope = open_scope(conference, edition)
    grant = get_grant(grant_id, scope.conference_id)
    return render_page("accounts/manage/remove_access.html", scope.frame, scope=scope, grant=grant)


@accounts_manage.post("/access/<int:grant_id>/remove")
@requires(Permission.ACCOUNTS)
def remove(conference: str, edition: str, grant_id: int) -> BaseResponse:
    """Take somebody's access to the conference away."""
    scope = open_scope(conference, edition)
    with transaction():
        grant = get_grant(grant_id, scope.conference_id)
        name, own = grant.account.name, _is_own(grant)
        remove_grant(actor=principal().actor, now=now(), grant=grant)
    flash(_("%(name)s no longer has access", name=name))
    return redirect("/manage/" if own else scope.url("access"), 303)


def _is_own(grant: Grant) -> bool:
    return str(grant.account_id) == principal().actor.id


def _filter(scope: ManageScope, form: LogForm) -> LogFilter:
    text = "" if form.q.errors else (form.q.data or "").strip()
    return LogFilter(
        conference_id=scope.conference_id,
        edition_id=scope.edition_id,
        zone=scope.zone,
        text=text,
        kind="" if form.kind.errors else form.kind.data or "",
        actor="" if form.actor.errors else form.actor.data or "",
        since=None if form.since.errors else form.since.data,
        until=None if form.until.errors else form.until.data,
        matching_kinds=kinds_called(text) if text else (),
        matching_deeds=deeds_called(text) if text else (),
    )


def _asked(form: LogForm) -> dict[str, str]:
    """Return the parts of the present address, to be kept by every link of the page."""
    return {name: value for name in form.data if (value := request.args.get(name, "")) and name != "page"}


def _address(asked: Mapping[str, str], **other: str) -> str:
    return f"{request.path}?{urlencode({**asked, **other})}"


def _kind_chips(chosen: LogFilter, asked: Mapping[str, str]) -> list[Link]:
    counts = count_by_kind(chosen)
    rest = {name: value for name, value in asked.items() if name != "kind"}
    chips = [Link(_("Everything"), _address(rest), not chosen.kind, count=sum(counts.values()))]
    chips += [
        Link(kind_words(kind), _address(rest, kind=kind), kind == chosen.kind, count=count)
        for kind, count in counts.items()
    ]
    return chips


def _sort_links(sort: LogSort, *, descending: bool, asked: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return for each column the address that sorts by it, and how it is sorted now."""
    links = {}
    for column in LogSort:
        turned = "up" if (column is sort) == descending else "down"
        if column is not sort:
            turned = "down" if column is LogSort.TIME else "up"
        present = ("descending" if descending else "ascending") if column is sort else ""
        links[column.value] = (_address(asked, sort=column.value, order=turned), present)
    return links


def _by_day(lines: list[LogLine], zone: ZoneInfo) -> list[tuple[str, list[LogLine]]]:
    return [(day, list(rows)) for day, rows in groupby(lines, lambda line: format_weekday(line.at, zone))]


@accounts_manage.get("/log")
@requires(Permission.AUDIT)
def log(conference: str, edition: str) -> Page:
    """Show what was done, by whom, and what it changed."""
    scope = open_scope(conference, edition)
    form = LogForm(request.args)
    form.actor.choices = {"": _("Everybody")} | {
        actor.key: actor_words(actor.kind, actor.label) for actor in list_actors(_filter(scope, form))
    }
    valid = form.validate()
    chosen = _filter(scope, form)
    sort = LogSort(form.sort.data) if not form.sort.errors else LogSort.TIME
    descending = form.order.data != "up"
    total = count_entries(chosen)
    page = min(form.page.data or 1, max(1, -(-total // PAGE_LENGTH))) if not form.page.errors else 1
    entries = list_entries(chosen, sort, descending=descending, page=page)
    labels = find_labels(entries)
    lines = [in_words(entry, labels, scope.zone) for entry in entries]
    asked = _asked(form)
    html = render_page(
        "accounts/manage/log.html",
        scope.frame,
        scope=scope,
        form=form,
        groups=_by_day(lines, scope.zone) if sort is LogSort.TIME else [("", lines)] if lines else [],
        by_time=sort is LogSort.TIME,
        first=(page - 1) * PAGE_LENGTH + 1,
        last=(page - 1) * PAGE_LENGTH + len(lines),
        total=total,
        chips=_kind_chips(chosen, asked),
        sorts=_sort_links(sort, descending=descending, asked=asked),
        asked=asked,
        narrowed=len(asked.keys() & {"actor", "since", "until"}),
        filtered=bool(asked.keys() - {"sort", "order"}),
        everything_url=request.path,
        export_url=f"{scope.url('log.csv')}?{urlencode(asked)}",
        previous_url=_address(asked, page=str(page - 1)) if page > 1 else "",
        next_url=_address(asked, page=str(page + 1)) if page * PAGE_LENGTH < total else "",
    )
    return html, 200 if valid else 422


@accounts_manage.get("/log.csv")
@requires(Permission.AUDIT)
def export_log(conference: str, edition: str) -> Response:
    """Give the chosen part of the log as a file."""
    scope = open_scope(conference, edition)
    form = LogForm(request.args)
    form.actor.choices = {}
    if not form.validate():
        raise Invalid("log.filter")
    name = f"log-{scope.conference_slug}-{scope.edition_slug}"
    return csv_download(name, log_heads(), log_rows(_filter(scope, form)))
