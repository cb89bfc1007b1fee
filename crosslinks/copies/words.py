"""Faults of a file and what it holds, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.copies.rules import VERSION, Fault
from crosslinks.web.pictures import refusal_words


def fault_words(fault: Fault) -> str:
    """Return what is wrong, without its place."""
    if fault.code.startswith("picture."):
        return refusal_words(fault.code)
    words = {
        "no_zip": _("This is no file of an edition. It is a ZIP file, as “Download the file” gives it."),
        "file_missing": _("This file is not in the ZIP file."),
        "file_too_large": _("This file is too large."),
        "file_broken": _("This file cannot be read. It may have been damaged on the way."),
        "file_twice": _("This file is in the ZIP file twice."),
        "file_name": _("There may be no such file in the ZIP file."),
        "files_too_many": _("There are more than %(most)s files in it.", most=fault.fact),
        "no_json": _("This is not readable as JSON (%(where)s).", where=fault.fact or "?"),
        "name_twice": _("“%(name)s” stands twice in one place.", name=fault.fact),
        "format": _("This is no edition of Crosslinks."),
        "version": _("It was written by a later version (%(version)s). This one reads up to %(known)s.",
                     version=fault.fact, known=VERSION),
        "unknown": _("There is no such name here."),
        "missing": _("This is missing."),
        "no_object": _("Names with values in braces are expected here."),
        "no_list": _("A list in brackets is expected here."),
        "no_text": _("A text in quotes is expected here."),
        "no_number": _("A whole number is expected here, %(span)s.", span=fault.fact),
        "no_yes_no": _("true or false is expected here."),
        "no_choice": _("Expected is one of: %(choices)s.", choices=fault.fact),
        "no_moment": _("A time with its distance from UTC is expected here, as in 2027-01-21T09:00:00+01:00."),
        "no_day": _("A day is expected here, as in 2027-01-21."),
        "no_uuid": _("A UUID is expected here."),
        "no_slug": _("Only letters, digits and hyphens may stand in an address."),
        "no_zone": _("There is no such time zone, as in Europe/Oslo."),
        "no_clock": _("A time of the day is expected here, as in 09:00."),
        "no_web": _("An address of the web is expected here, which begins with https://"),
        "no_mail": _("This is not an e-mail address"),
        "no_accent": _("This colour cannot be read on our pages."),
        "no_letter": _("There is no such letter."),
        "bad_letter": fault.fact,
        "no_picture": _("A picture of the ZIP file is expected here."),
        "no_such": _("Nothing in this file has that name: %(name)s", name=fault.fact),
        "too_long": _("It is longer than %(most)s characters.", most=fault.fact),
        "too_many": _("There are more than %(most)s of them.", most=fault.fact),
        "character": _("There is a character in it that cannot be kept."),
        "twice": _("This stands twice: %(name)s", name=fault.fact),
        "order": _("It must be after what comes before it."),
        "undescribed": _("A picture that everybody sees needs a description."),
    }  # fmt: skip
    return words.get(fault.code, fault.code)


def count_words(counts: Mapping[str, int]) -> list[str]:
    """Return how much of each thing there is, leaving out what there is not."""
    said = {
        "room": ngettext("%(num)s room", "%(num)s rooms", counts.get("room", 0)),
        "session": ngettext("%(num)s session or break", "%(num)s sessions and breaks", counts.get("session", 0)),
        "talk": ngettext("%(num)s talk", "%(num)s talks", counts.get("talk", 0)),
        "person": ngettext("%(num)s speaker or moderator", "%(num)s speakers and moderators", counts.get("person", 0)),
        "sponsor_tier": ngettext("%(num)s sponsor tier", "%(num)s sponsor tiers", counts.get("sponsor_tier", 0)),
        "sponsor": ngettext("%(num)s sponsor", "%(num)s sponsors", counts.get("sponsor", 0)),
        "story": ngettext("%(num)s story", "%(num)s stories", counts.get("story", 0)),
        "edition_picture": ngettext(
            "%(num)s picture of the gallery", "%(num)s pictures of the gallery", counts.get("edition_picture", 0)
        ),
        "question": ngettext("%(num)s question", "%(num)s questions", counts.get("question", 0)),
        "consent_ask": ngettext("%(num)s consent", "%(num)s consents", counts.get("consent_ask", 0)),
        "letter_template": ngettext(
            "%(num)s letter in your own words", "%(num)s letters in your own words", counts.get("letter_template", 0)
        ),
        "scheduled_step": ngettext(
            "%(num)s change of the letters' schedule", "%(num)s changes of the letters' schedule",
            counts.get("scheduled_step", 0),
        ),
        "gate": ngettext("%(num)s gate", "%(num)s gates", counts.get("gate", 0)),
        "feedback_question": ngettext(
            "%(num)s question of the feedback", "%(num)s questions of the feedback", counts.get("feedback_question", 0)
        ),
    }  # fmt: skip
    return [words for name, words in said.items() if counts.get(name)]
