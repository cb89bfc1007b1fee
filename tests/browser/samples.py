"""For every GET route: the addresses at which to look at it. A page without a sample fails a test."""

from __future__ import annotations

from dataclasses import dataclass

E = "/crosslinks/2024"
EMPTY = "/crosslinks/2027"
M = "/manage/crosslinks/2024"
M_EMPTY = "/manage/crosslinks/2027"
OVER = "/manage/crosslinks/2032/feedback"


@dataclass(frozen=True)
class Sample:
    """One address; ``organizer`` looks at it signed in, ``submit`` sends its form as it stands, to see the errors.

    ``status`` is the answer expected, to a form 422 unless said. Names in braces are filled in from the demo.
    """

    path: str
    organizer: bool = False
    submit: bool = False
    status: int = 0
    form: str = "main form.form, main form[method=post]"

    @property
    def expected(self) -> int:
        """Return the status of the answer."""
        return self.status or (422 if self.submit else 200)


def both(path: str) -> tuple[Sample, ...]:
    """Return an edition's public page, filled and empty."""
    return Sample(f"{E}{path}"), Sample(f"{EMPTY}{path}")


def manage(path: str, *, submit: bool = False) -> tuple[Sample, ...]:
    """Return an organizer page, filled and empty; with ``submit`` also its errors."""
    found = (Sample(f"{M}{path}", organizer=True), Sample(f"{M_EMPTY}{path}", organizer=True))
    return (*found, Sample(f"{M}{path}", organizer=True, submit=True)) if submit else found


SAMPLES: dict[str, tuple[Sample, ...]] = {
    "home_public.home": both("/"),
    "home_public.practical": both("/practical"),
    "home_public.privacy": both("/privacy"),
    "home_public.accessibility": both("/accessibility"),
    "home_manage.overview": manage("/"),
    "accounts_public.sign_in": (Sample("/sign-in"), Sample("/sign-in", submit=True)),
    "accounts_public.link_sent": (Sample("/sign-in/sent"),),
    "accounts_public.open_link": (
        Sample("/sign-in/{sign_in_token}"),
        Sample("/sign-in/{invitation_token}"),
        Sample("/sign-in/{invitation_token}", submit=True),
    ),
    "accounts_own.show": (
        Sample("/account", organizer=True),
        Sample("/account", organizer=True, submit=True, form="form[action$='/password']"),
    ),
    "accounts_own.ask_sign_out_everywhere": (Sample("/account/sign-out-everywhere", organizer=True),),
    "accounts_manage.access": (
        Sample(f"{M}/access", organizer=True),
        Sample(f"{M}/access", organizer=True, submit=True, form="form[action$='/access']"),
    ),
    "accounts_manage.ask_remove": (Sample(f"{M}/access/{{grant_id}}/remove", organizer=True),),
    "accounts_manage.log": (
        Sample(f"{M}/log", organizer=True),
        Sample(f"{M}/log?kind=grant&since=2020-01-01", organizer=True),
        Sample(f"{M}/log?q=nothing-like-it", organizer=True),
        Sample(f"{M}/log?since=yesterday", organizer=True, status=422),
    ),
    "checkin_public.show": (Sample("/door"),),
    "checkin_public.open_link": (Sample("/door/{door_token}"),),
    "checkin_manage.overview": (
        *manage("/door"),
        Sample(f"{M}/door", organizer=True, submit=True, form="form[action$='/gates']"),
    ),
    "checkin_manage.edit_gate": (Sample(f"{M}/door/gates/{{gate_id}}", organizer=True),),
    "checkin_manage.revoke": (Sample(f"{M}/door/devices/{{device_id}}/revoke", organizer=True),),
    "checkin_manage.scans": (
        *manage("/door/scans"),
        Sample(f"{M}/door/scans?conflicts=1", organizer=True),
        Sample(f"{M}/door/scans?q=nothing-like-it", organizer=True),
        Sample(f"{M}/door/scans?page=none", organizer=True, status=422),
    ),
    "mailings_manage.list_messages": (
        *manage("/mail"),
        Sample(f"{M}/mail?state=failed", organizer=True),
        Sample(f"{M}/mail?q=nobody-like-it", organizer=True),
    ),
    "mailings_manage.show": (
        Sample(f"{M}/mail/{{mail_id}}", organizer=True),
        Sample(f"{M}/mail/{{failed_mail_id}}", organizer=True),
    ),
    "jobs_manage.show": (Sample(f"{M}/jobs/{{job_id}}", organizer=True),),
    "registration_public.form": (
        *both("/register"),
        Sample(f"{E}/register?mode=digital"),
        Sample(f"{E}/register", submit=True),
        Sample("/crosslinks/2028/register"),
        Sample("/crosslinks/2029/register", status=409),
    ),
    "registration_public.done": (
        Sample(f"{E}/register/done?state={{confirmed_state}}"),
        Sample(f"{E}/register/done?state={{waiting_state}}"),
    ),
    "registration_place.show": tuple(
        Sample(f"/r/{{{who}_token}}") for who in ("place", "digital", "waiting", "meanwhile", "cancelled")
    ),
    "registration_place.switch": (
        Sample("/r/{place_token}/switch"),
        Sample("/r/{waiting_token}/switch?to=digital&meanwhile=1"),
        Sample("/r/{meanwhile_token}/switch?to=digital"),
    ),
    "registration_place.cancel": (Sample("/r/{place_token}/cancel"), Sample("/r/{waiting_token}/cancel")),
    "registration_place.name": (Sample("/r/{place_token}/name"), Sample("/r/{cancelled_token}/name")),
    "registration_place.assistance": (Sample("/r/{place_token}/assistance"),),
    "registration_manage.list_registrations": (
        *manage("/registrations"),
        Sample(f"{M}/registrations?show=waiting&sort=-registered&role=speaker&assistance=yes", organizer=True),
        Sample(f"{M}/registrations?q=nobody-like-it", organizer=True),
        Sample(f"{M}/registrations?page=none", organizer=True, status=404),
    ),
    "registration_manage.ask_export": manage("/registrations/export"),
    "registration_person.add": manage("/registrations/new", submit=True),
    "registration_person.show": (Sample(f"{M}/registrations/{{registration_id}}", organizer=True),),
    "registration_person.cancel": (Sample(f"{M}/registrations/{{registration_id}}/cancel", organizer=True),),
    "registration_person.new_ticket": (Sample(f"{M}/registrations/{{registration_id}}/ticket", organizer=True),),
    "registration_places.show": manage("/places"),
    "editions_choose.choose": (Sample("/manage/", organizer=True),),
    "editions_manage.edit": (
        Sample(f"{M}/settings", organizer=True),
        Sample(f"{M_EMPTY}/settings", organizer=True),
    ),
    "editions_manage.create": (
        Sample("/manage/crosslinks/new-edition", organizer=True),
        Sample("/manage/crosslinks/new-edition", organizer=True, submit=True),
    ),
}

ERRORS = (
    Sample("/nothing/here/at-all/ever", status=404),
    Sample("/crosslinks/1999/", status=404),
    Sample("/unknown/", status=404),
    Sample("/r/not-a-token", status=404),
    Sample("/sign-in/not-a-token", status=404),
    Sample("/door/not-a-token", status=404),
)
"""Pages that say why there is nothing."""

NOT_PAGES: dict[str, str] = {
    "accounts_manage.export_log": "a file",
    "assets.show": "a built file",
    "openapi.show": "JSON",
    "registration_place.calendar": "a file",
    "checkin_api.search": "JSON",
    "checkin_api.state": "JSON",
    "checkin_public.scanner": "a built file",
    "assets.show_stylesheet": "a built file",
    "jobs_manage.download": "a file",
    "mailings_manage.export": "a file",
    "mailings_manage.preview_page": "a letter as mail programs show it, in a frame that lets it do nothing",
    "home_public.front": "leads to the edition when there is one conference",
    "home_public.conference": "leads to the current edition",
}
"""GET routes that answer with something else than a page, and what that is."""

SAMPLES |= {
    "documents_manage.overview": manage("/badges"),
    "people_manage.show": manage("/people"),
    "people_manage.create": manage("/people/new", submit=True),
    "people_manage.edit": (Sample(f"{M}/people/1", organizer=True),),
    "people_manage.delete": (Sample(f"{M}/people/1/delete", organizer=True),),
    "programme_manage.show_day": manage("/programme"),
    "programme_manage.new_session": manage("/programme/sessions/new", submit=True),
    "programme_manage.edit_session": (Sample(f"{M}/programme/sessions/2", organizer=True),),
    "programme_manage.remove_session": (Sample(f"{M}/programme/sessions/2/delete", organizer=True),),
    "programme_manage.new_talk": manage("/programme/talks/new", submit=True),
    "programme_manage.edit_talk": (Sample(f"{M}/programme/talks/2", organizer=True),),
    "programme_manage.remove_talk": (Sample(f"{M}/programme/talks/2/delete", organizer=True),),
    "programme_public.programme": both("/programme"),
    "programme_public.speakers": both("/speakers"),
    "programme_public.speaker": (Sample(f"{E}/speakers/sonja-loges"), Sample(f"{E}/speakers/nobody", status=404)),
    "programme_public.talk": (Sample(f"{E}/talks/antibody-drug-conjugates"),),
    "rooms_manage.create": manage("/programme/rooms/new", submit=True),
    "rooms_manage.edit": (Sample(f"{M}/programme/rooms/1", organizer=True),),
    "rooms_manage.delete": (Sample(f"{M}/programme/rooms/1/delete", organizer=True),),
    "sponsors_manage.show": manage("/sponsors"),
    "sponsors_manage.new_tier": manage("/sponsors/tiers/new", submit=True),
    "sponsors_manage.edit_tier": (Sample(f"{M}/sponsors/tiers/1", organizer=True),),
    "sponsors_manage.remove_tier": (Sample(f"{M}/sponsors/tiers/1/delete", organizer=True),),
    "sponsors_manage.new_sponsor": (
        Sample(f"{M}/sponsors/new", organizer=True),
        Sample(f"{M}/sponsors/new", organizer=True, submit=True),
    ),
    "sponsors_manage.edit_sponsor": (Sample(f"{M}/sponsors/1", organizer=True),),
    "sponsors_manage.remove_sponsor": (Sample(f"{M}/sponsors/1/delete", organizer=True),),
    "sponsors_public.sponsors": both("/sponsors"),
}

NOT_PAGES |= {
    "documents_manage.run": "a part of the page of badges",
    "documents_manage.fetch": "a PDF",
    "documents_public.ticket": "a PDF",
    "jobs_public.up": "JSON",
    "jobs_public.ready": "JSON",
    "media.show": "a picture",
}

SAMPLES |= {
    "registration_consents.show": tuple(
        Sample(f"/r/{{{who}_token}}/consents") for who in ("place", "digital", "cancelled")
    ),
    "registration_replies.accept": (Sample("/accept/{accept_token}"),),
    "registration_replies.own_accept": (Sample("/r/{offered_token}/accept"), Sample("/r/{offered_token}")),
    "registration_replies.decline": (
        Sample("/decline/{decline_token}"),
        Sample("/decline/{decline_token}?to=digital"),
    ),
    "registration_replies.own_decline": (Sample("/r/{offered_token}/decline"),),
    "registration_replies.coming": (
        Sample("/coming/{coming_token}"),
        Sample("/coming/{coming_token}?answer=no"),
        Sample("/coming/{coming_token}?answer=digital"),
    ),
    "registration_replies.own_coming": (Sample("/r/{asked_token}/coming"), Sample("/r/{asked_token}")),
}

SAMPLES |= {
    "imports_manage.start": manage("/import", submit=True),
    "imports_manage.show": (
        Sample(f"{M}/import/{{import_id}}", organizer=True),
        Sample(f"{M}/import/{{checked_import_id}}", organizer=True),
        Sample(f"{M}/import/{{done_import_id}}", organizer=True),
    ),
    "invitations_manage.show": (
        *manage("/invitations"),
        Sample(f"{M}/invitations?q=nobody", organizer=True),
        Sample(f"{M}/invitations?state=x", organizer=True, status=422),
    ),
    "invitations_manage.new": manage("/invitations/new", submit=True),
    "invitations_manage.open_one": (Sample(f"{M}/invitations/{{invitation_id}}", organizer=True),),
    "invitations_manage.ask_export": (Sample(f"{M}/invitations/export", organizer=True),),
    "stage_manage.show": manage("/invitations/stage"),
    "groups_public.form": (
        Sample(f"{E}/register/group"),
        Sample(f"{E}/register/group", submit=True),
        Sample("/crosslinks/2029/register/group", status=409),
    ),
    "groups_public.done": (Sample(f"{E}/register/group/done"),),
    "invitation_public.show": (
        Sample("/i/{invited_token}"),
        Sample("/i/{invited_token}", submit=True),
        Sample("/i/{declined_invitation_token}"),
        Sample("/i/{expired_invitation_token}", status=410),
        Sample("/i/not-a-token", status=404),
    ),
    "invitation_public.decline": (Sample("/i/{invited_token}/decline"),),
}

NOT_PAGES |= {"imports_manage.report": "a file"}

SAMPLES |= {
    "registration_consent_pages.settings": manage("/consents"),
    "registration_consent_pages.participants": manage("/consents/participants"),
    "registration_consent_pages.contacts": (
        Sample(f"{M}/sponsors/1/contacts", organizer=True),
        Sample(f"{M}/sponsors/2/contacts", organizer=True),
    ),
}

SAMPLES |= {
    "registration_self_service.address": (
        Sample("/r/{place_token}/address"),
        Sample("/r/{place_token}/address", submit=True),
        Sample("/r/{moving_token}/address"),
    ),
    "registration_self_service.ask_confirmation": (
        Sample("/confirm-address/{address_token}"),
        Sample("/confirm-address/not-a-token", status=404),
    ),
    "registration_self_service.lost": (
        Sample(f"{E}/lost"),
        Sample(f"{E}/lost?sent=1"),
        Sample(f"{E}/lost", submit=True),
    ),
}

SAMPLES |= {
    "registration_coming.show": (
        *manage("/places/coming"),
        Sample("/manage/crosslinks/2031/places/coming", organizer=True),
    ),
}

SAMPLES |= {
    "campaigns_manage.overview": manage("/mailings"),
    "campaigns_manage.create": (
        *manage("/mailings/new"),
        Sample(f"{M}/mailings/new", organizer=True, submit=True, form="main form.form"),
    ),
    "campaigns_manage.show": (
        Sample(f"{M}/mailings/{{sent_mailing_id}}", organizer=True),
        Sample(f"{M}/mailings/{{draft_mailing_id}}?in=nb", organizer=True),
    ),
    "campaigns_manage.edit": (Sample(f"{M}/mailings/{{draft_mailing_id}}/edit", organizer=True),),
    "campaigns_manage.delete": (Sample(f"{M}/mailings/{{draft_mailing_id}}/delete", organizer=True),),
    "sending_manage.ask_send": (Sample(f"{M}/mailings/{{draft_mailing_id}}/send", organizer=True),),
    "sending_manage.ask_stop": (Sample(f"{M}/mailings/{{sent_mailing_id}}/stop", organizer=True),),
    "sending_manage.recipients": (
        Sample(f"{M}/mailings/{{sent_mailing_id}}/recipients", organizer=True),
        Sample(f"{M}/mailings/{{sent_mailing_id}}/recipients?q=nobody-like-it", organizer=True),
        Sample(f"{M}/mailings/{{draft_mailing_id}}/recipients", organizer=True),
    ),
    "followers_manage.overview": (*manage("/followers"), Sample(f"{M}/followers?q=nobody-like-it", organizer=True)),
    "followers_manage.ask_delete": (Sample(f"{M}/followers/{{follower_id}}/delete", organizer=True),),
    "mailings_public.ask": (Sample("/crosslinks/follow"), Sample("/crosslinks/follow", submit=True)),
    "mailings_public.asked": (Sample("/crosslinks/follow/done"),),
    "mailings_public.look": (Sample("/follow/{follow_token}"), Sample("/follow/{unconfirmed_token}")),
    "mailings_public.ask_unsubscribe": (Sample("/unsubscribe/{unsubscribe_token}"),),
}

NOT_PAGES |= {
    "campaigns_manage.count": "a part of the form of a mailing",
    "campaigns_manage.preview_page": "a letter as mail programs show it, in a frame that lets it do nothing",
    "followers_manage.export": "a file",
    "sending_manage.export": "a file",
}

SAMPLES |= {
    "live_public.show": (
        Sample("/r/{digital_token}/live"),
        Sample("/r/{live_token}/live"),
        Sample("/r/{place_token}/live"),
        Sample("/r/{waiting_token}/live"),
        Sample("/r/{cancelled_token}/live"),
    ),
    "live_manage.show": (*manage("/stream"), Sample("/manage/crosslinks/2034/stream", organizer=True)),
    "live_manage.preview": (Sample(f"{M}/stream/preview", organizer=True),),
    "feedback_public.show": (
        Sample("/r/{feedback_token}/feedback"),
        Sample("/r/{feedback_token}/feedback", submit=True),
        Sample("/r/{digital_token}/feedback"),
        Sample("/r/{cancelled_token}/feedback"),
    ),
    "feedback_manage.show": (*manage("/feedback"), Sample(OVER, organizer=True)),
    "feedback_manage.edit": (
        *manage("/feedback/form"),
        Sample(f"{OVER}/form", organizer=True),
    ),
    "feedback_manage.add": manage("/feedback/items/new", submit=True),
    "feedback_manage.change": (Sample(f"{OVER}/items/{{feedback_item}}", organizer=True),),
    "feedback_manage.delete": (Sample(f"{OVER}/items/{{feedback_item}}/delete", organizer=True),),
}

NOT_PAGES |= {
    "live_manage.download": "a file",
    "feedback_manage.download": "a file",
}

SAMPLES |= {
    "privacy_public.data": (Sample("/r/{place_token}/data"), Sample("/r/{cancelled_token}/data")),
    "privacy_public.delete": (Sample("/r/{place_token}/delete"), Sample("/r/{cancelled_token}/delete")),
    "privacy_public.goodbye": both("/goodbye"),
    "privacy_manage.show": manage("/privacy"),
    "privacy_manage.erase_everybody": (
        Sample("/manage/crosslinks/2039/privacy/erase", organizer=True),
        Sample(f"{M}/privacy/erase", organizer=True, status=409),
    ),
    "privacy_manage.export": (Sample(f"{M}/registrations/{{registration_id}}/data", organizer=True),),
    "privacy_manage.erase": (
        Sample(f"{M}/registrations/{{registration_id}}/erase", organizer=True),
        Sample(f"{M}/registrations/{{registration_id}}/erase", organizer=True, submit=True),
    ),
    "reports_manage.numbers": manage("/numbers"),
    "reports_manage.sheet": (*manage("/report"), *manage("/catering")),
}

NOT_PAGES |= {
    "privacy_public.data_file": "a file",
    "reports_manage.download": "a file",
    "reports_manage.sheet_pdf": "a PDF",
}

SAMPLES |= {
    "questions_manage.show": manage("/form"),
    "questions_manage.remove": (
        Sample(f"{M}/form/1/remove", organizer=True),
        Sample(f"{M}/form/4/remove", organizer=True),
    ),
    "question_manage.create": manage("/form/new", submit=True),
    "question_manage.edit": (
        Sample(f"{M}/form/1", organizer=True),
        Sample(f"{M}/form/4", organizer=True),
        Sample(f"{M}/form/5", organizer=True),
    ),
    "manage_answers.preview": (*manage("/form/preview"), Sample(f"{M}/form/preview?language=nb", organizer=True)),
    "manage_answers.edit": (Sample(f"{M}/registrations/{{registration_id}}/answers", organizer=True),),
}

SAMPLES |= {
    "schedule_manage.show": manage("/mail/schedule"),
    "templates_manage.list_letters": manage("/mail/templates"),
    "templates_manage.edit": (
        *manage("/mail/templates/registration.confirmed.onsite"),
        Sample(f"{M}/mail/templates/registration.waiting?shown=nb", organizer=True),
        Sample(f"{M}/mail/templates/mailings.thanks.missed", organizer=True),
    ),
}

NOT_PAGES |= {
    "templates_manage.letter_page": "a letter as mail programs show it, in a frame that lets it do nothing",
}

SAMPLES |= {
    "registration_place_answers.show": (
        Sample("/r/{place_token}/answers"),
        Sample("/r/{digital_token}/answers", status=404),
    ),
}

NOT_PAGES |= {
    "feeds_public.calendar": "a calendar file",
    "feeds_public.session_calendar": "a calendar file",
    "feeds_public.talk_calendar": "a calendar file",
    "feeds_public.person_calendar": "a calendar file",
    "feeds_public.schedule_xml": "a file for other programs",
    "feeds_public.schedule_json": "a file for other programs",
}

SAMPLES |= {
    "favourites_public.choose": both("/my-programme"),
    "personal_feed.show": (Sample("/f/{favourites_token}"), Sample("/f/nothing", status=404)),
}

NOT_PAGES |= {"personal_feed.calendar": "a calendar file"}

NOT_PAGES |= {
    "sitemaps.robots": "a file for robots",
    "sitemaps.index": "a file for robots",
    "sitemaps.edition_pages": "a file for robots",
}

SAMPLES |= {"run_sheet_manage.show": manage("/run-sheet")}

NOT_PAGES |= {
    "documents_programme.programme": "a PDF",
    "run_sheet_manage.pdf": "a PDF",
}

SAMPLES |= {
    "programme_import.start": manage("/programme/import", submit=True),
    "programme_import.look": (
        Sample(f"{M}/programme/import/{{programme_file}}", organizer=True),
        Sample(f"{M}/programme/import/{{programme_file}}", organizer=True, submit=True, status=200),
        Sample(f"{M}/programme/import/nothing", organizer=True, status=410),
    ),
}

SAMPLES |= {
    "releases_public.changes": both("/programme/changes"),
    "releases_public.release": (Sample(f"{E}/programme/releases/1"), Sample(f"{E}/programme/releases/99", status=404)),
    "releases_manage.show": manage("/programme/releases"),
    "releases_manage.letter": (Sample(f"{M}/programme/releases/letters/1", organizer=True),),
}


TWO_DAYS = "/manage/crosslinks/2045/programme/timetable"

SAMPLES |= {
    "timetable_manage.show": (*manage("/programme/timetable"), Sample(TWO_DAYS, organizer=True)),
    "moves_manage.new": manage("/programme/timetable/new", submit=True),
    "moves_manage.move_session": (Sample(f"{TWO_DAYS}/sessions/{{moved_session}}/move", organizer=True),),
    "moves_manage.move_talk": (Sample(f"{TWO_DAYS}/talks/{{moved_talk}}/move", organizer=True),),
}

NOT_PAGES |= {"timetable_manage.grid": "a part of the timetable"}


P = f"{M}/people/{{speaker_id}}"

SAMPLES |= {
    "speaker_public.show": (
        Sample("/s/{speaker_token}"),
        Sample("/s/{moderator_token}"),
        Sample("/s/{revoked_speaker_token}", status=410),
        Sample("/s/{expired_speaker_token}", status=410),
        Sample("/s/not-a-token", status=404),
    ),
    "speaker_public.about": (Sample("/s/{speaker_token}/about"), Sample("/s/{fresh_speaker_token}/about")),
    "speaker_public.portrait": (Sample("/s/{speaker_token}/portrait"), Sample("/s/{moderator_token}/portrait")),
    "speaker_slides.choose": (
        Sample("/s/{speaker_token}/talks/{speaker_talk_id}/slides"),
        Sample("/s/{speaker_token}/talks/{speaker_talk_id}/slides", submit=True),
    ),
    "speaker_slides.delete": (Sample("/s/{speaker_token}/slides/{slides_id}/delete"),),
    "speaking_manage.write_to_all": (
        *manage("/people/letters/links"),
        Sample(f"{M}/people/letters/reminders", organizer=True),
    ),
    "speaking_manage.portrait": (Sample(f"{P}/portrait", organizer=True),),
    "speaking_manage.merge": (Sample(f"{P}/merge", organizer=True),),
    "slides_manage.choose": (
        Sample(f"{M}/material/talks/{{speaker_talk_id}}/slides", organizer=True),
        Sample(f"{M}/material/talks/{{speaker_talk_id}}/slides", organizer=True, submit=True, form="form[data-upload]"),
        Sample("/manage/crosslinks/2045/material/talks/{moved_talk}/slides", organizer=True),
    ),
    "material_manage.show": (*manage("/material"), Sample("/manage/crosslinks/2040/material", organizer=True)),
}

SAMPLES["people_manage.show"] += (
    Sample(f"{M}/people?lacks=slides&show=speakers", organizer=True),
    Sample(f"{M}/people?show=changed", organizer=True),
)
SAMPLES["people_manage.edit"] += (Sample(P, organizer=True),)
SAMPLES["programme_public.talk"] += (Sample("/crosslinks/2040/talks/{shown_talk}"),)
SAMPLES["programme_public.speaker"] += (Sample("/crosslinks/2040/speakers/{shown_speaker}"),)

NOT_PAGES |= {
    "speaker_slides.download": "a file",
    "speaking_manage.download": "a file",
    "material_public.slides": "a file",
}


SAMPLES |= {
    "pages_manage.edit": (*manage("/pages"), Sample(f"{M_EMPTY}/pages?suggest=conduct", organizer=True)),
    "stories_manage.show": manage("/stories"),
    "stories_manage.create": manage("/stories/new", submit=True),
    "stories_manage.edit": (Sample(f"{M}/stories/1", organizer=True), Sample(f"{M}/stories/2", organizer=True)),
    "stories_manage.preview": (Sample(f"{M}/stories/2/preview", organizer=True),),
    "stories_manage.remove": (Sample(f"{M}/stories/1/delete", organizer=True),),
    "gallery_manage.show": (
        *manage("/gallery"),
        Sample("/manage/crosslinks/2023/gallery", organizer=True),
        Sample(f"{M_EMPTY}/gallery", organizer=True, submit=True, form="form[action$='/upload']"),
    ),
    "gallery_manage.remove": (Sample(f"{M}/gallery/pictures/1/delete", organizer=True),),
    "stories_public.stories": both("/stories"),
    "stories_public.story": (
        Sample(f"{E}/stories/six-talks-one-question-who-will-it-help"),
        Sample(f"{E}/stories/what-happens-before-the-doors-open"),
        Sample(f"{E}/stories/nothing", status=404),
    ),
    "stories_public.gallery": (Sample("/crosslinks/2023/gallery"), Sample(f"{EMPTY}/gallery")),
    "stories_public.picture": (Sample("/crosslinks/2023/gallery/5"), Sample("/crosslinks/2023/gallery/6")),
}

NOT_PAGES |= {"home_sharing.card": "a picture"}

SAMPLES |= {
    "theme_manage.edit": manage("/theme"),
    "sponsors_public.funding": both("/sponsors/funding"),
    "sponsors_public.products": (
        Sample(f"{E}/sponsors/3/products"),
        Sample(f"{E}/sponsors/1/products", status=404),
    ),
}

SAMPLES |= {
    "copies_manage.show": (
        *manage("/copies"),
        Sample("/manage/crosslinks/2023/copies", organizer=True),
        Sample(f"{M}/copies", organizer=True, submit=True, form="form[enctype]"),
    ),
    "copies_manage.make_next_year": manage("/copies/next-year"),
    "copies_manage.look": (
        Sample(f"{M}/copies/look/{{edition_file}}", organizer=True),
        Sample(f"{M}/copies/look/{{edition_file}}", organizer=True, submit=True),
        Sample(f"{M}/copies/look/{{bad_edition_file}}", organizer=True, status=422),
        Sample(f"{M}/copies/look/{'a' * 24}", organizer=True, status=410),
    ),
}

NOT_PAGES |= {"copies_manage.download": "a file"}
