"""One thing of each kind that is not public, each with a word of its own that stands nowhere else."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from crosslinks.checkin.operations import create_gate, make_door_link
from crosslinks.checkin.rules import GateKind
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import set_state
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.feeds.operations import make_favourites
from crosslinks.feeds.queries import favourites_token
from crosslinks.invitations.inviting import Guest, Terms, invite
from crosslinks.invitations.letters import invitation_token
from crosslinks.invitations.models import Invitation
from crosslinks.invitations.rules import InvitationKind
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.mailings.campaigns import write_mailing
from crosslinks.mailings.interest import follow, follow_path
from crosslinks.mailings.models import Follower
from crosslinks.mailings.purposes import Audience, Purpose
from crosslinks.programme.links import speaker_token
from crosslinks.programme.material_models import SlideFile
from crosslinks.programme.models import Person, Talk
from crosslinks.programme.operations import change_session, change_talk, create_room, delete_talk
from crosslinks.programme.queries import get_session, get_talk
from crosslinks.programme.rules import SessionKind
from crosslinks.programme.slide_store import store_slides
from crosslinks.programme.slides import add_slides, answer_recording, set_recording, show_material
from crosslinks.registration.address_change import address_token, ask_for_address, find_change
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import BadgeRole
from crosslinks.sponsors.models import Sponsor
from crosslinks.sponsors.operations import change_sponsor
from crosslinks.stories.models import Picture, Story
from crosslinks.stories.operations import set_story_state
from crosslinks.stories.picturing import Caption, describe_pictures
from crosslinks.stories.rules import StoryState
from crosslinks.web.portraits import Box, cut_portrait, store_original
from crosslinks.web.uploads import LOGO, PORTRAIT, store_picture
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import make_person, make_session, make_talk, publish
from tests.registration.factories import take_place
from tests.sponsors.factories import make_sponsor, make_tier
from tests.stories.factories import make_pictures, make_story, photo

MARK = "quagga"
AFTER = NOW + timedelta(days=8)
"""When the day is over: slides and recordings may be shown."""

BEFORE_RELEASE = (
    "session", "summary", "talk", "abstract", "newtitle", "newabstract", "pause", "room", "speaker", "family",
    "affiliation", "biography", "disclosure", "personlink", "photocredit", "moderator", "portrait file",
)  # fmt: skip
BEFORE_PUBLISHING = (
    "edition", "lead", "practical", "theirtalk", "sponsor", "role", "statement", "quoted", "funding", "sponsorlink",
    "story", "storylead", "storybody", "storyauthor", "storyalt", "storycredit", "gallery", "gallerycredit",
    "logo file", "logo_dark file", "quoted file", "story file", "gallery file",
)  # fmt: skip
BEFORE_SHOWING = ("slides", "slidesname", "recording")
KINDS_OF_SLIDES = ("slides", "refused", "keptback")
DECLARED = "product"
"""What a published sponsor tells about its products: for who has declared to be a health professional."""
NEVER = (
    "email", "pronunciation", "speakermail", "withdrawnabstract", "refused", "keptback", "refusedname", "keptbackname",
    "objected", "guest", "guestmail", "invited", "mailing", "hiddenproduct", "slides file", "refused file",
    "keptback file", "source file",
)  # fmt: skip
WITHDRAWN = "withdrawn"
"""Was released once: stands in that release and in the list of changes, and nowhere else."""


def mark(kind: str) -> str:
    """Return the word of a kind, which no other word holds."""
    return f"{MARK}{kind}x".capitalize()


@dataclass
class Planted:
    """What was planted: the two editions, the links of who asks, and which stored file belongs to what is hidden."""

    edition: int
    draft: int
    previews: dict[str, str]
    links: dict[str, dict[str, str]]
    files: dict[str, str]


def plant() -> Planted:
    """Plant everything, hidden, in two editions of one conference: one is published, one is a draft."""
    pictures = _pictures()
    with transaction():
        edition = make_edition(digital=10)
        draft = make_edition(
            edition.conference, slug="2025", number=17, state=EditionState.DRAFT, theme={"en": mark("edition")},
            lead={"en": mark("lead")}, practical={"en": mark("practical")},
            starts_at=edition.starts_at + timedelta(days=366), ends_at=edition.ends_at + timedelta(days=366),
            doors_at=None, erase_on=date(2025, 4, 25),
        )  # fmt: skip
        make_talk(draft, None, "10:30", 30, mark("theirtalk"))
        publish(draft)
        released = _release(edition)
        _draft_programme(edition, released, pictures)
        _draft_sponsors(edition, pictures)
        _draft_stories(edition)
        _hand_in(edition, released)
        write_mailing(
            actor=TESTER, now=NOW, edition=edition, mailing=None, purpose=Purpose.ABOUT, audience=Audience(),
            subject={"en": mark("mailing")}, body={"en": mark("mailing")},
        )  # fmt: skip
        take_place(edition, given_name=mark("guest"), family_name="Solheim", email=f"{mark('guestmail')}@example.org")
        links = _links(edition, released["other"])
    previews = {
        one.slug: make_link(settings().keys, LinkKind.PREVIEW, one.id, one.preview_epoch) for one in (edition, draft)
    }
    return Planted(edition.id, draft.id, previews, links, _files(pictures))


def _files(pictures: dict[str, str]) -> dict[str, str]:
    """Return, by what is unique in its name, which kind of hidden thing a stored file belongs to."""
    kinds = {name: kind for kind, name in pictures.items()}
    for slides in db.session.scalars(select(SlideFile)):
        kinds[slides.stored] = next((kind for kind in KINDS_OF_SLIDES if mark(kind) in slides.file_name), "own")
    for picture in db.session.scalars(select(Picture).where(Picture.credit.contains(MARK.capitalize()))):
        kinds[picture.file] = "story" if picture.story_id else "gallery"
    return {name.rpartition("/")[2].partition(".")[0]: f"{kind} file" for name, kind in kinds.items()}


def _release(edition: Edition) -> dict[str, Any]:
    """Release a small day; then take a talk out of it and release it again."""
    room = create_room(actor=TESTER, now=NOW, edition=edition, name="Aula")
    speaker = make_person(
        edition, "Ida", "Public", email=f"{mark('speakermail')}@example.org", pronunciation=mark("pronunciation")
    )
    other = make_person(edition, "Otto", "Other")
    session = make_session(edition, "10:40", 90, title={"en": "Open session"}, room=room, moderators=[])
    talk = make_talk(edition, session, "10:40", 30, "Open talk", speakers=[speaker])
    others = make_talk(edition, session, "11:10", 30, "Talk of another", speakers=[other])
    gone = make_talk(edition, session, "11:40", 30, mark("withdrawn"), abstract=mark("withdrawnabstract"))
    make_session(edition, "12:30", 30, SessionKind.BREAK, title={"en": "Lunch"})
    publish(edition)
    delete_talk(actor=TESTER, now=NOW, edition=edition, talk=gone)
    publish(edition)
    return {"speaker": speaker, "other": other, "session": session, "talk": talk, "others": others}


def _pictures() -> dict[str, str]:
    """Store files of what is hidden: each of its own colour, so that each has a name of its own."""
    uploads = settings().uploads
    source = store_original(photo(colour="#123456"), uploads)
    return {
        "portrait": cut_portrait(source, Box(50, 50, 100), uploads),
        "source": source,
        "logo": store_picture(photo((300, 200), "#234567"), LOGO, uploads),
        "logo_dark": store_picture(photo((300, 200), "#345678"), LOGO, uploads),
        "quoted": store_picture(photo((300, 200), "#456789"), PORTRAIT, uploads),
    }


def _draft_programme(edition: Edition, released: dict[str, Any], pictures: dict[str, str]) -> None:
    """Draft one of everything of a programme, and change what was released."""
    by: dict[str, Any] = {"actor": TESTER, "now": NOW, "edition": edition}
    speaker = make_person(
        edition, mark("speaker"), mark("family"), email=f"{mark('email')}@example.org",
        affiliation=mark("affiliation"), biography=mark("biography"), disclosure=mark("disclosure"),
        portrait=pictures["portrait"], portrait_source=pictures["source"], photo_credit=mark("photocredit"),
        links=[[mark("personlink"), "https://example.org/"]],
    )  # fmt: skip
    moderator = make_person(edition, mark("moderator"), "Moderating")
    room = create_room(**by, name=mark("room"))
    session = make_session(
        edition, "13:00", 60, title={"en": mark("session")}, summary={"en": mark("summary")}, room=room,
        moderators=[moderator],
    )  # fmt: skip
    make_talk(edition, session, "13:00", 30, mark("talk"), speakers=[speaker], abstract=mark("abstract"))
    make_session(edition, "14:00", 15, SessionKind.BREAK, title={"en": mark("pause")})
    changed = get_talk(edition.id, released["talk"].id)
    change_talk(**by, talk=changed, changes={"title": {"en": mark("newtitle")}, "abstract": mark("newabstract")})
    change_session(
        **by, session=get_session(edition.id, released["session"].id), changes={"summary": {"en": mark("summary")}}
    )


def _draft_sponsors(edition: Edition, pictures: dict[str, str]) -> None:
    tier = make_tier(edition)
    make_sponsor(edition, tier, "Open Pharma", product={"en": mark("product")}, asks_contact=True)
    make_sponsor(
        edition, tier, mark("sponsor"), is_published=False, role={"en": mark("role")},
        statement={"en": mark("statement")}, quoted_person=mark("quoted"), funding={"en": mark("funding")},
        links=[{"words": mark("sponsorlink"), "url": "https://example.org/"}], logo=pictures["logo"],
        logo_dark=pictures["logo_dark"], portrait=pictures["quoted"], product={"en": mark("hiddenproduct")},
        asks_contact=True, thanked_in_mail=True, thanked_on_badge=True,
    )  # fmt: skip


def _draft_stories(edition: Edition) -> None:
    by: dict[str, Any] = {"actor": TESTER, "now": NOW, "edition": edition}
    make_story(edition)
    story = make_story(
        edition, published=False, pictures=1, title={"en": mark("story")}, lead={"en": mark("storylead")},
        body={"en": mark("storybody")}, author=mark("storyauthor"),
    )  # fmt: skip
    make_pictures(edition, 1)
    (hidden,) = make_pictures(edition, 1, shown=False)
    captions = [(story.pictures[0], Caption({"en": mark("storyalt")}, mark("storycredit")))]
    captions.append((hidden, Caption({"en": mark("gallery")}, mark("gallerycredit"))))
    describe_pictures(**by, captions=captions)


def _hand_in(edition: Edition, released: dict[str, Any]) -> None:
    """Hand in slides of each kind, and link a recording that is allowed and one that is not."""
    by: dict[str, Any] = {"actor": TESTER, "now": NOW, "edition": edition}
    talk, other, speakers = released["talk"], released["others"], (released["speaker"], released["other"])
    for kind in KINDS_OF_SLIDES:
        stored = store_slides(_pdf(mark(kind)), f"{mark(kind)} {mark(kind + 'name')}.pdf")
        marks = {"publish": kind == "slides", "keep_back": kind == "keptback"}
        add_slides(**by, person=speakers[0], talk_id=talk.id, stored=stored, **marks)
    own = store_slides(_pdf("their own"), "own.pdf")
    add_slides(**by, person=speakers[1], talk_id=other.id, stored=own, publish=False, keep_back=False)
    set_recording(**by, talk=talk, url=f"https://video.example.org/{mark('recording')}")
    answer_recording(**by, person=speakers[0], talk_id=talk.id, given=True)
    set_recording(**by, talk=other, url=f"https://video.example.org/{mark('objected')}")
    answer_recording(**by, person=speakers[1], talk_id=other.id, given=False)


def _pdf(word: str) -> io.BytesIO:
    return io.BytesIO(f"%PDF-1.4\n%{word}\n%%EOF\n".encode())


def publish_everything(planted: Planted) -> None:
    """Make public what may ever be: after the day, so that slides and recordings may be shown."""
    with transaction():
        edition = db.session.get_one(Edition, planted.edition)
        by: dict[str, Any] = {"actor": TESTER, "now": AFTER, "edition": edition}
        publish(edition)
        _show(edition, shown=True)
        show_material(**by, shown=True)
        set_state(**(by | {"edition": db.session.get_one(Edition, planted.draft)}), state=EditionState.PUBLISHED)


def take_back_everything(planted: Planted) -> None:
    """Unpublish again what can be: a release stays."""
    with transaction():
        edition = db.session.get_one(Edition, planted.edition)
        by: dict[str, Any] = {"actor": TESTER, "now": AFTER, "edition": edition}
        _show(edition, shown=False)
        show_material(**by, shown=False)
        set_state(**(by | {"edition": db.session.get_one(Edition, planted.draft)}), state=EditionState.DRAFT)


def _show(edition: Edition, *, shown: bool) -> None:
    by: dict[str, Any] = {"actor": TESTER, "now": AFTER, "edition": edition}
    sponsor = db.session.scalars(select(Sponsor).where(Sponsor.name == mark("sponsor"))).one()
    change_sponsor(**by, sponsor=sponsor, changes={"is_published": shown})
    story = db.session.scalars(select(Story).where(Story.author == mark("storyauthor"))).one()
    set_story_state(**by, story=story, state=StoryState.PUBLISHED if shown else StoryState.DRAFT)
    picture = db.session.scalars(select(Picture).where(Picture.credit == mark("gallerycredit"))).one()
    describe_pictures(**by, captions=[(picture, Caption(picture.alt, picture.credit, shown))])


def _links(edition: Edition, other: Person) -> dict[str, dict[str, str]]:
    """Return the links of who asks, by the first part of their address: a participant, a speaker, a sponsor's guest."""
    keys = settings().keys
    receipt = take_place(edition, Mode.ONSITE, email="participant@example.org")
    place = db.session.get_one(Registration, receipt.registration_id)
    gate = create_gate(actor=TESTER, now=NOW, edition=edition, name="Entrance")
    door = make_door_link(
        actor=TESTER, now=NOW, real=real_now(), edition=edition, gate=gate, kind=GateKind.DESK, valid_from=NOW,
        valid_until=AFTER + timedelta(days=1), approved=True,
    )  # fmt: skip
    favourites = make_favourites(edition=edition, talks=[str(talk.uuid) for talk in db.session.scalars(select(Talk))])
    follow(now=NOW, conference=edition.conference, email="follower@example.org", language="en")
    ask_for_address(actor=TESTER, now=NOW, registration_id=place.id, email="moved@example.org")
    change = find_change(place.id)
    assert change is not None
    by = {kind: make_link(keys, kind, place.id, place.epoch) for kind in LinkKind}
    sponsor = db.session.scalars(select(Sponsor.id).where(Sponsor.name == "Open Pharma")).one()
    guests = [Guest(mark("invited"), "Else", "else@example.org"), Guest("Gry", "Guest", "gry@example.org")]
    terms = Terms(
        InvitationKind.SPONSOR_GUEST, BadgeRole.PARTICIPANT, Mode.ONSITE, "en", edition.ends_at, True, "", sponsor
    )
    invite(actor=TESTER, now=NOW, edition=edition, guests=guests, terms=terms)
    invitation = db.session.scalars(select(Invitation).where(Invitation.given_name == "Gry")).one()
    return {
        "participant": {
            "r": by[LinkKind.MANAGE], "accept": by[LinkKind.ACCEPT], "decline": by[LinkKind.DECLINE],
            "coming": by[LinkKind.COMING], "confirm-address": address_token(change.id, change.seed),
            "unsubscribe": by[LinkKind.UNSUBSCRIBE], "f": favourites_token(favourites),
            "follow": follow_path(db.session.scalars(select(Follower)).one()).rpartition("/")[2],
            "door": door, "sign-in": "nothing",
        },
        "speaker": {"s": speaker_token(other)},
        "guest": {"i": invitation_token(invitation)},
    }  # fmt: skip
