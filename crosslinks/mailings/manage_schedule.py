"""The organizer's page of the letters that go by themselves: when, to how many, how it went; moving them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid, NotFound
from crosslinks.mail.rules import MailState
from crosslinks.mailings.forms import StepForm
from crosslinks.mailings.rules import Step, StepState
from crosslinks.mailings.schedule import PlannedStep, change_plan, plan_steps
from crosslinks.mailings.schedule_people import count_outcomes, count_receivers
from crosslinks.mailings.words import kind_words
from crosslinks.web.formats import format_clock, format_weekday
from crosslinks.web.pages import render_page
from crosslinks.web.security import principal, requires

schedule_manage = Blueprint("schedule_manage", __name__, url_prefix="/manage/<conference>/<edition>/mail/schedule")


@dataclass(frozen=True)
class StepView:
    """One step as the page shows it: ``result`` are counts by state with the address that lists them."""

    planned: PlannedStep
    title: str
    to_whom: str
    when: str
    quiet: str
    receivers: int
    results: tuple[tuple[str, str, str], ...]
    form: StepForm
    letters: tuple[str, ...]
    may_change: bool


@schedule_manage.get("")
@requires(Permission.MAIL)
def show(conference: str, edition: str) -> str:
    return _page(get_edition(conference, edition))


@schedule_manage.post("/<step>")
@requires(Permission.MAIL)
def change(conference: str, edition: str, step: str) -> tuple[str, int] | BaseResponse:
    found = get_edition(conference, edition)
    if step not in {one.value for one in Step}:
        raise NotFound("page.unknown")
    wanted = Step(step)
    form = StepForm(prefix=wanted.value)
    if not form.validate_on_submit() or not _changed(found, wanted, form):
        return _page(found, form, wanted), 422
    flash(_("Saved."))
    return redirect(manage_url(found, f"mail/schedule#{wanted.value}"), 303)


def _changed(edition: Edition, step: Step, form: StepForm) -> bool:
    days = int(form.days.data or 0) * (1 if form.side.data == "after" else -1)
    try:
        with transaction():
            change_plan(
                actor=principal().actor, now=now(), edition=edition, step=step, days=days, at=form.at.data or time(),
                is_on=bool(form.is_on.data),
            )  # fmt: skip
    except Invalid:
        form.days.errors = [_rule_words(step)]
        return False
    except Conflict:
        form.days.errors = [_("It has gone, or is going right now. It can no longer be moved.")]
        return False
    return True


def _rule_words(step: Step) -> str:
    if step is Step.THANKS:
        return _("The thanks can only go after the programme’s end.")
    if step is Step.JOIN:
        return _("The way to the stream must go before the programme’s end.")
    return _("A reminder must go before the programme starts.")


def _page(edition: Edition, form: StepForm | None = None, wanted: Step | None = None) -> str:
    moment = now()
    steps = plan_steps(edition, moment)
    receivers, outcomes = count_receivers(edition.id), count_outcomes(edition.id)
    base = manage_url(edition, "mail")
    views = [
        _view(edition, one, receivers[one.step], outcomes[one.step], base, form if one.step is wanted else None)
        for one in steps
    ]
    coming = [view for view in views if view.planned.state is StepState.COMING]
    return render_page(
        "mailings/manage/schedule.html",
        manage_frame(edition),
        edition=edition,
        base=base,
        views=views,
        next_step=min(coming, key=lambda view: view.planned.due) if coming else None,
        is_draft=edition.state is EditionState.DRAFT,
    )


def _view(
    edition: Edition,
    planned: PlannedStep,
    receivers: int,
    outcomes: dict[MailState, int],
    base: str,
    form: StepForm | None,
) -> StepView:
    day, clock = format_weekday(planned.due, edition.zone), format_clock(planned.due, edition.zone)
    return StepView(
        planned=planned,
        title=kind_words(planned.step.kind),
        to_whom=_to_whom(planned.step),
        when=_("%(day)s, %(time)s", day=day, time=clock),
        quiet=_quiet_words(planned.plan.quiet),
        receivers=receivers,
        results=_results(planned, outcomes, f"{base}?kind={planned.step.kind}"),
        form=form or _form(planned),
        letters=tuple(f"{planned.step.kind}.{variant}" for variant in planned.step.variants),
        may_change=planned.state not in {StepState.DONE, StepState.GOING},
    )


def _form(planned: PlannedStep) -> StepForm:
    plan = planned.plan
    is_after = plan.days > 0 or planned.step is Step.THANKS
    values = {"is_on": plan.is_on, "days": abs(plan.days), "side": "after" if is_after else "before", "at": plan.at}
    return StepForm(formdata=None, data=values, prefix=planned.step.value)


def _to_whom(step: Step) -> str:
    if step is Step.THANKS:
        return _("To everybody who had a place, in other words for those who came and those who did not.")
    if step is Step.JOIN:
        return _("To everybody with a place on the stream, with the link to the page of the stream.")
    if step is Step.LAST:
        return _("To everybody with a place in the room, with the ticket.")
    return _("To everybody with a place: the ticket for the room, the way to the stream, and “I can’t come”.")


def _quiet_words(quiet: timedelta) -> str:
    hours = int(quiet.total_seconds() // 3600)
    if not hours:
        return ""
    return ngettext(
        "Who registered in the last hour before gets nothing: they have just had a confirmation.",
        "Who registered in the last %(num)s hours before gets nothing: they have just had a confirmation.",
        hours,
    )


def _results(planned: PlannedStep, outcomes: dict[MailState, int], list_url: str) -> tuple[tuple[str, str, str], ...]:
    words = {
        MailState.SENT: ("ok", ngettext("%(num)s sent", "%(num)s sent", outcomes.get(MailState.SENT, 0))),
        MailState.QUEUED: ("warn", ngettext("%(num)s waits", "%(num)s wait", outcomes.get(MailState.QUEUED, 0))),
        MailState.FAILED: ("bad", ngettext("%(num)s failed", "%(num)s failed", outcomes.get(MailState.FAILED, 0))),
        MailState.HELD: ("bad", ngettext("%(num)s held", "%(num)s held", outcomes.get(MailState.HELD, 0))),
    }
    found = [(*words[state], f"{list_url}&state={state.value}") for state in words if outcomes.get(state)]
    if planned.row and planned.state is StepState.DONE and not found:
        nobody = ngettext("%(num)s person was written to", "%(num)s people were written to", planned.row.queued)
        return (("plain", nobody, ""),)
    return tuple(found)
