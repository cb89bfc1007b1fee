"""What of every table and every column is in an edition's file, and why not: the one place where that is decided.

A test fails when a table or a column is not here. Parts stand before what is inside of them and what names them.
"""

from __future__ import annotations

from collections.abc import Mapping

from crosslinks.copies.rules import Around, Decision, How, Kept, Measured, Names, Never, Part, PictureKind, Shows

ID = Never("a number of this installation")
COUNTER = Never("counts changes in this installation")
PERSON = "about people who take part"
SIGNED_IN = "about people who sign in"
WORK = "work under way in this installation"
HISTORY = "what was done here, and by whom"
NOW = Never("when the row was made here", now=True)
PLAIN, TEXTS, SLUG = Kept(), Kept(How.TEXTS), Kept(How.SLUG)
ORDER = Kept(low=0, high=100_000)


def _texts(*names: str) -> dict[str, Decision]:
    return dict.fromkeys(names, TEXTS)


def _plain(*names: str) -> dict[str, Decision]:
    return dict.fromkeys(names, PLAIN)


PARTS: Mapping[str, Part] = {
    "conference": Part("conference", inside="", single=True, columns={
        "id": ID, "slug": SLUG, "created_at": NOW, "contact_email": Kept(How.MAIL_ADDRESS), "hue": Kept(How.ACCENT),
        "first_held": Kept(low=1000, high=9999), "logo": Shows(PictureKind.MARK), "logo_dark": Shows(PictureKind.MARK),
        "cover": Shows(PictureKind.COVER), "cover_width": Measured(), "cover_height": Measured(),
        **_plain("name", "organiser", "cover_credit"), **_texts("about", "cover_alt"),
    }),
    "edition": Part("edition", inside="", single=True, columns={
        "id": ID, "uuid": PLAIN, "conference_id": Around(), "number": Kept(low=1, high=9999), "slug": SLUG,
        "state": Never("what is taken in is a draft until somebody publishes it"),
        "languages": Kept(How.LANGUAGES), "time_zone": Kept(How.TIME_ZONE), "created_at": NOW,
        "figures": Never("counted from registrations"), "public_rev": COUNTER, "form_rev": COUNTER,
        "roster_seq": COUNTER, "preview_epoch": Never("revokes preview links"),
        "ticket_public_key": Never("a key: a new one is drawn"),
        "ticket_private_key": Never("a key: a new one is drawn"),
        "published_at": Never("a draft has not been published"),
        **_plain("starts_at", "ends_at", "doors_at", "registration_opens_at", "registration_closes_at",
                 "answers_until", "erase_on", "venue_name", "venue_address", "venue_city", "is_demo"),
        **_texts("theme", "lead", "about", "audience", "practical", "travel", "access", "accessibility", "contact",
                 "conduct", "demo_note"),
    }),
    "edition_mode": Part("modes", order=("mode",), most=2, columns={
        "id": ID, "edition_id": Around(), "overbooking": Kept(high=100), "offer_hours": Kept(low=1, high=10_000),
        "places_so_far": Never(WORK), "queue_paused": Never(WORK), **_plain("mode", "capacity", "note"),
    }),
    "room": Part("rooms", order=("position", "id"), key="name", most=100, columns={
        "id": ID, "edition_id": Around(), "position": ORDER, **_plain("name", "seats"),
    }),
    "person": Part("people", order=("position", "id"), key="slug", next_year=False, columns={
        "id": ID, "edition_id": Around(), "slug": SLUG, "email": Never("a private address"), "position": ORDER,
        "portrait": Shows(PictureKind.PORTRAIT), "portrait_source": Shows(PictureKind.ORIGINAL),
        "portrait_box": Kept(How.BOX), "links": Kept(How.PERSON_LINKS), "biography_language": Kept(How.LANGUAGE),
        "language": Never("how we write to them, which is private"),
        "coming": Never("their own answer: they are asked anew"), "answered_at": Never("their own answer"),
        "link_sent_at": Never("letters of this installation"), "reminded_at": Never("letters of this installation"),
        "epoch": Never("revokes their link"), "version": COUNTER,
        **_plain("title", "given_name", "family_name", "affiliation", "biography", "disclosure", "photo_credit",
                 "nothing_to_disclose", "pronunciation", "highlighted", "is_demo"),
    }),
    "session": Part("sessions", order=("starts_at", "id"), columns={
        "id": ID, "edition_id": Around(), "room_id": Names("room"), "version": COUNTER,
        **_plain("uuid", "kind", "starts_at", "ends_at", "streamed", "is_demo"), **_texts("title", "summary"),
    }),
    "session_moderator": Part("moderators", inside="session", order=("position",), next_year=False,
                              columns={"session_id": Around(), "person_id": Names("person"), "position": ORDER}),
    "talk": Part("talks", inside="session", order=("starts_at", "position", "id"), next_year=False, columns={
        "id": ID, "edition_id": Around(), "session_id": Around(), "slug": SLUG, "position": ORDER, "title": TEXTS,
        "abstract_language": Kept(How.LANGUAGE), "version": COUNTER,
        **_plain("uuid", "kind", "abstract", "starts_at", "ends_at", "is_demo"),
    }),
    "talk_speaker": Part("speakers", inside="talk", order=("position",), next_year=False,
                         columns={"talk_id": Around(), "person_id": Names("person"), "position": ORDER}),
    "programme_release": Part("published_programme", single=True, next_year=False, columns={
        "id": ID, "edition_id": Around(), "number": Kept(low=1, high=100_000), "rev": COUNTER,
        "published_by": Never("who pressed the button"), "note": TEXTS, "content": Kept(How.PROGRAMME),
        "changes": Never("names sessions by their numbers here, and earlier releases are history of an installation"),
        "published_at": PLAIN,
    }),
    "sponsor_tier": Part("sponsor_tiers", order=("position", "id"), most=50, columns={
        "id": ID, "edition_id": Around(), "name": TEXTS, "logo_height": Kept(How.LOGO_HEIGHT), "position": ORDER,
    }),
    "sponsor": Part("sponsors", inside="sponsor_tier", order=("position", "id"), next_year=False, columns={
        "id": ID, "edition_id": Around(), "tier_id": Around(), "position": ORDER, "url": Kept(How.WEB_ADDRESS),
        "logo": Shows(PictureKind.LOGO), "logo_dark": Shows(PictureKind.LOGO),
        "portrait": Shows(PictureKind.PORTRAIT), "links": Kept(How.SPONSOR_LINKS),
        **_plain("name", "quoted_person", "quoted_role", "is_demo", "asks_contact", "portrait_credit", "is_published",
                 "thanked_in_mail", "thanked_on_badge"),
        **_texts("role", "statement", "funding", "product"),
    }),
    "story": Part("stories", order=("written_on", "id"), next_year=False, most=300, columns={
        "id": ID, "edition_id": Around(), "slug": SLUG, "created_at": NOW,
        **_plain("kind", "state", "author", "written_on", "is_demo"), **_texts("title", "lead", "body"),
    }),
    "story_picture": Part("pictures", inside="story", order=("position", "id"), next_year=False, most=300,
                          table="edition_picture", only={"story_id": False}, columns={
        "id": ID, "edition_id": Around(), "story_id": Around(), "file": Shows(PictureKind.PHOTO), "width": Measured(),
        "height": Measured(), "alt": TEXTS, "credit": PLAIN, "position": ORDER,
        "is_shown": Never("the story decides"),
    }),
    "edition_picture": Part("gallery", order=("position", "id"), next_year=False, most=300, only={"story_id": True},
                            columns={
        "id": ID, "edition_id": Around(), "story_id": Never("of no story"), "file": Shows(PictureKind.PHOTO),
        "width": Measured(), "height": Measured(), "alt": TEXTS, "credit": PLAIN, "position": ORDER,
        "is_shown": PLAIN,
    }),
    "question": Part("questions", order=("position", "id"), key="*", most=60, columns={
        "id": ID, "edition_id": Around(), "options": Kept(How.OPTIONS), "shown_if": Kept(How.CONDITION),
        "shown_values": Kept(How.VALUES), "position": ORDER, "created_at": NOW,
        "consent_version": Kept(high=100_000),
        **_plain("kind", "required", "asked_of", "erase_after", "explicit_consent", "preset", "retired_at"),
        **_texts("label", "help", "consent_text"),
    }),
    "consent_ask": Part("consents", most=20, columns={
        "id": ID, "edition_id": Around(), "texts": TEXTS, **_plain("purpose", "asked"),
    }),
    "letter_template": Part("letters", most=60, columns={
        "id": ID, "edition_id": Around(), "kind": Kept(How.LETTER), "variant": PLAIN, "changed_at": NOW,
        **_texts("subject", "heading", "opening", "closing"),
    }),
    "scheduled_step": Part("schedule", most=20, columns={
        "id": ID, "edition_id": Around(), "days": Kept(low=-90, high=90), "at": Kept(How.CLOCK),
        "known_since": Never("what was due before it is never sent", now=True), "queued": Never("counts letters"),
        "done_at": Never("letters of this installation"), **_plain("step", "is_on"),
    }),
    "reconfirmation": Part("reconfirmation", single=True, columns={
        "edition_id": Around(), **_plain("ask_at", "warn_at", "release_at"),
    }),
    "gate": Part("gates", order=("position", "id"), most=50, columns={
        "id": ID, "edition_id": Around(), "slug": SLUG, "name": PLAIN, "position": ORDER,
    }),
    "stream": Part("stream", single=True, columns={
        "edition_id": Around(), "kind": PLAIN, "captions": TEXTS, "opens_before": Kept(high=10_000),
        "address": Never("shown to participants alone"),
    }),
    "feedback_form": Part("feedback", single=True, columns={
        "edition_id": Around(), **_plain("is_on", "opening", "last_day"),
    }),
    "feedback_question": Part("feedback_questions", order=("position", "id"), most=30, columns={
        "id": ID, "edition_id": Around(), "position": ORDER, "options": Kept(How.FEEDBACK_OPTIONS),
        "mode": Kept(How.MODE), "label": TEXTS, **_plain("key", "kind"),
    }),
}  # fmt: skip
"""By table, but pictures of stories, whose table is ``edition_picture`` as well."""

CONSENTED = "is shown by its speakers' consent, and consents stay where they were given"
LEFT_OUT: Mapping[str, str] = {
    "account": SIGNED_IN, "account_grant": SIGNED_IN, "account_link": SIGNED_IN, "account_session": SIGNED_IN,
    "address_change": PERSON, "attendance": PERSON, "audit_entry": HISTORY, "badge_print": PERSON,
    "consent_entry": "consents that were given", "consent_text": "what people agreed to, kept as proof where they did",
    "device": "phones with their secrets", "door_link": "links with their secrets", "erased_ticket": PERSON,
    "erasure_proof": HISTORY, "favourite_list": PERSON, "feedback_answer": PERSON, "feedback_mark": PERSON,
    "follower": PERSON, "health_declaration": "counts of visitors", "import_refusal": WORK, "import_run": WORK,
    "invitation": PERSON, "job": WORK, "kept_figure": "counts of people who were erased", "mail": PERSON,
    "mailing": "letters of this installation to chosen people", "mailing_recipient": PERSON,
    "material_shown": CONSENTED, "person_details": PERSON, "person_edit": HISTORY, "presence": PERSON,
    "programme_deed": HISTORY, "question_answer": PERSON, "question_tally": "counts of answers",
    "recording": CONSENTED, "recording_consent": "consents that were given", "registration": PERSON,
    "registration_group": PERSON, "registration_group_member": PERSON,
    "release_letter": "letters of this installation", "reservation": "often names whom a place is kept for",
    "round_mark": WORK, "scan": PERSON, "slide_file": CONSENTED, "stage_place": PERSON, "step_mail": PERSON,
    "ticket": PERSON, "worker_beat": WORK,
}  # fmt: skip
"""Tables of which nothing is in the file, and why."""


def table_of(name: str) -> str:
    """Return the table that a part's rows are in."""
    return PARTS[name].table or name


def holder_of(name: str) -> str:
    """Return the column that says which row is around one of a part."""
    return {"edition": "edition_id", "session": "session_id", "talk": "talk_id", "sponsor_tier": "tier_id",
            "story": "story_id"}[PARTS[name].inside]  # fmt: skip
