"""What surrounds every page: the masthead, the navigation, the banners, the footer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from crosslinks.web.languages import LANGUAGES, current_language

PLAIN_HUE = 288


@dataclass(frozen=True)
class Link:
    """An entry of a navigation; ``icon`` names a symbol of the sprite, ``language`` is set on language switches."""

    label: str
    url: str
    current: bool = False
    icon: str = ""
    count: int | None = None
    language: str = ""


@dataclass(frozen=True)
class Banner:
    """A notice above an organizer page: ``kind`` is ok, warn, bad or plain."""

    kind: str
    title: str
    text: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Frame:
    """What a public page shows around its content; ``preview`` says that it is not published.

    With ``preview_ends`` there is something published to go back to. ``canonical`` is the one address of a page that
    search engines may know, ``alternates`` are its languages; ``share_image`` is the address of the picture beside a
    shared link, 1200 by 630 pixels, ``share_alt`` says what stands on it. ``past`` says that it is history, ``present``
    leads on.
    """

    brand: str
    home_url: str
    hue: int
    language: str
    nav: tuple[Link, ...] = ()
    languages: tuple[Link, ...] = ()
    past: str = ""
    present: Link | None = None
    notice: str = ""
    preview: str = ""
    preview_ends: bool = False
    organiser_line: str = ""
    erase_line: str = ""
    privacy_url: str = ""
    contact_url: str = ""
    accessibility_url: str = ""
    canonical: str = ""
    alternates: tuple[str, ...] = ()
    description: str = ""
    share_image: str = ""
    share_alt: str = ""
    logo: str = ""
    logo_dark: str = ""


@dataclass(frozen=True)
class ManageFrame:
    """What an organizer page shows around its content; ``nav`` holds only what the account may open.

    ``section`` holds the pages beside the one that is open.
    """

    brand: str
    home_url: str
    hue: int
    language: str
    edition_label: str = ""
    state_line: str = ""
    public_url: str = ""
    nav: tuple[Link, ...] = ()
    section: tuple[Link, ...] = ()
    languages: tuple[Link, ...] = ()
    banners: tuple[Banner, ...] = ()
    user_name: str = ""
    account_url: str = ""
    sign_out_url: str = ""
    logo: str = ""
    logo_dark: str = ""


@dataclass(frozen=True)
class MailFrame:
    """What a letter shows around its content; ``notice`` says that this is a demonstration."""

    brand: str
    hue: int
    language: str
    organiser_line: str = ""
    notice: str = ""


def language_links() -> tuple[Link, ...]:
    """Return this page's address in every other language."""
    return tuple(
        Link(name, f"{request.path}?lang={code}", language=code)
        for code, name in LANGUAGES.items()
        if code != current_language()
    )


def bare_frame() -> Frame:
    """Return the frame of a page that belongs to no edition, such as an error."""
    return Frame("Crosslinks", "/", PLAIN_HUE, current_language(), languages=language_links())
