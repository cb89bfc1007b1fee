"""One handler turns every refusal into a page or into JSON; a page says what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from crosslinks.kernel.errors import CrosslinksError, TooMany
from crosslinks.web.frames import bare_frame


@dataclass(frozen=True)
class Explanation:
    """What an error page says."""

    title: str
    advice: str


def explain(code: str, status: int) -> Explanation:
    """Return the words for an error's stable ``code``, else for its HTTP ``status``."""
    by_code = {
        "conference.unknown": Explanation(
            _("There is no such conference"), _("Check the address, or start from the front page.")
        ),
        "edition.unknown": Explanation(
            _("There is no such edition"),
            _("Check the year in the address, or start from the conference’s front page."),
        ),
        "edition.unpublished": Explanation(
            _("This edition is not published yet"), _("Come back later. The organiser is still preparing it.")
        ),
        "registration.closed": Explanation(
            _("Registration is closed"), _("Write to the organiser if you think that is wrong.")
        ),
        "registration.not_open": Explanation(
            _("Registration is not open yet"), _("The front page says when it opens.")
        ),
        "answers.closed": Explanation(
            _("Answers can no longer be changed"), _("Write to the organiser about the rest.")
        ),
        "form.changed": Explanation(
            _("The form has just been changed"), _("Go back, load the page again and send it once more.")
        ),
        "edition.over": Explanation(
            _("This edition is over"), _("Nothing can be changed any more. Write to the organiser about the rest.")
        ),
        "consent.unknown": Explanation(
            _("This is not asked any more"), _("Open the page again: it shows what you can agree to now.")
        ),
        "stream.no_place": Explanation(
            _("You have no place on the stream"), _("Your page says how you take part, and lets you switch.")
        ),
        "stream.closed": Explanation(
            _("The stream is not open now"), _("Your page for the stream says when it opens.")
        ),
        "feedback.given": Explanation(
            _("You have answered already"), _("Everybody answers once. Thank you for doing so.")
        ),
        "feedback.closed": Explanation(
            _("The form takes no answers now"), _("Its page says from when to when it is open.")
        ),
        "feedback.no_place": Explanation(
            _("The form is for those who had a place"), _("Write to the organiser if you want to tell them something.")
        ),
        "favourites.unknown": Explanation(
            _("This programme of yours is not here any more"),
            _("Its link may be cut off, or the list was deleted. Choose your talks anew in the programme."),
        ),
        "link.unknown": Explanation(
            _("This link does not open anything"),
            _("It may be cut off. Open it again from your latest mail, whole."),
        ),
        "link.expired": Explanation(
            _("This link has expired"), _("Ask for a new one. Old links end so that they cannot be misused.")
        ),
        "link.used": Explanation(
            _("This link has already been used"), _("Each such link works once. Ask for a new one.")
        ),
        "reservation.full": Explanation(
            _("No place is free to be kept"), _("Raise the capacity, or wait until a place is given back.")
        ),
        "reservation.past": Explanation(
            _("A place cannot be kept until then"), _("Choose a moment that is still to come.")
        ),
        "reservation.unknown": Explanation(
            _("No place is kept for you here"), _("Write to the organiser if you think that is wrong.")
        ),
        "reservation.used": Explanation(
            _("The place that was kept for you is taken"), _("Somebody has registered with this invitation already.")
        ),
        "reservation.expired": Explanation(
            _("The place is no longer kept for you"), _("You can still register as everybody does.")
        ),
        "coming.no_place": Explanation(_("You have no place in the room"), _("Your page shows how you take part.")),
        "line.not_in_it": Explanation(
            _("This person is not in line"), _("They may just have moved up or left. Load the page again.")
        ),
        "mode.full": Explanation(_("It is full just now"), _("Load the page again to see how things stand.")),
        "reconfirmation.order": Explanation(
            _("These moments cannot be"), _("First ask, then warn, then give on, before the day starts.")
        ),
        "offer.none": Explanation(_("No place is offered to you now"), _("Your page shows how you take part.")),
        "offer.lapsed": Explanation(
            _("The time to answer is over"), _("The place has gone to the next in line. You can join the line again.")
        ),
        "offer.hours_unusable": Explanation(
            _("That many hours cannot be"), _("Offer a place for at least 1 and at most 720 hours.")
        ),
        "speaker.day_over": Explanation(_("The day is over"), _("There is nothing left to answer. Thank you.")),
        "speaker_link.over": Explanation(
            _("Links of this edition have ended"), _("They open until 60 days after the day; no new ones are sent.")
        ),
        "person_edit.changed_since": Explanation(
            _("It was changed again since"), _("Take the later change back first, or change the text by hand.")
        ),
        "person.same": Explanation(_("That is the same entry"), _("Choose another entry of the same person.")),
        "material.before_the_end": Explanation(
            _("The day is not over yet"), _("Slides and recordings can be shown once it is.")
        ),
        "slides.both": Explanation(
            _("Slides cannot be both published and kept back"), _("Go back and choose one of the two.")
        ),
        "permission.missing": Explanation(
            _("You may not do this"), _("Ask an owner of the conference to give you the role that it takes.")
        ),
        "grant.last_owner": Explanation(
            _("A conference needs an owner"), _("Make somebody else an owner first, then do it once more.")
        ),
        "grant.accepted": Explanation(
            _("This person has been here already"), _("They can sign in, and ask there for a link by mail.")
        ),
        "grant.unknown": Explanation(
            _("This person has no access here"), _("Somebody may just have removed it. Load the list again.")
        ),
        "sign_in.too_many": Explanation(
            _("Too many attempts for this address"), _("Wait an hour, or have a link sent to your mail instead.")
        ),
        "log.filter": Explanation(
            _("The log cannot be chosen like that"), _("Go back and correct the days or the search.")
        ),
        "sign_in_required": Explanation(_("Sign in first"), _("Then do it once more.")),
        "csrf": Explanation(
            _("This form has been open too long"), _("Go back, load the page again and send it once more.")
        ),
    }
    by_status = {
        400: Explanation(_("We could not read that request"), _("Go back and try once more.")),
        403: Explanation(_("You may not do this"), _("Sign in with another account, or go back.")),
        404: Explanation(_("There is no such page"), _("Check the address, or start from the front page.")),
        405: Explanation(_("This address does not take that"), _("Go back and use the buttons of the page.")),
        409: Explanation(_("That is not possible now"), _("Load the page again to see how things stand.")),
        410: Explanation(_("This is no longer here"), _("Start from the front page.")),
        413: Explanation(_("That is too large"), _("Send a smaller file or a shorter text.")),
        415: Explanation(_("We do not take that kind of content"), _("Use the form of the page.")),
        422: Explanation(_("Something in it cannot be used"), _("Go back and correct it.")),
        429: Explanation(_("Too many requests from here"), _("Wait a minute, then try once more.")),
    }
    unknown = Explanation(
        _("Something went wrong on our side"), _("It has been logged. Nothing was changed. Try once more.")
    )
    return by_code.get(code) or by_status.get(status) or unknown


def wants_json() -> bool:
    """Say whether this request belongs to the API."""
    return request.path.startswith("/api/")


def error_response(code: str, status: int, message: str = "", fields: dict[str, str] | None = None) -> Response:
    """Return the page, or the JSON, of one refusal."""
    said = explain(code, status)
    if wants_json():
        body: dict[str, object] = {"code": code, "message": message or said.title}
        if fields:
            body["fields"] = fields
        response = jsonify({"error": body})
    else:
        html = render_template(
            "web/public/error.html", frame=bare_frame(), code=status, title=said.title, advice=message or said.advice
        )
        response = make_response(html)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _on_crosslinks_error(error: CrosslinksError) -> Response:
    response = error_response(
        error.code, error.status, error.message if error.message != error.code else "", dict(error.fields)
    )
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _on_csrf_error(error: CSRFError) -> Response:
    return error_response("csrf", 400)


def _on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    response = error_response(f"http.{status}", status)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def init_errors(app: Flask) -> None:
    """Register the handlers; an unexpected exception becomes a plain 500 page and a log line."""
    app.register_error_handler(CrosslinksError, _on_crosslinks_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)
