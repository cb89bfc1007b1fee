"""Addresses of streams: what is taken, what is refused, and which player stands behind a watch page."""

from __future__ import annotations

import pytest

from crosslinks.kernel.errors import Invalid
from crosslinks.live.players import check_address, host_of, origin_of, player_address

YOUTUBE = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("typed", "player"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10", YOUTUBE),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ", YOUTUBE),
        ("https://youtube.com/live/dQw4w9WgXcQ?feature=share", YOUTUBE),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ", YOUTUBE),
        ("https://youtu.be/dQw4w9WgXcQ", YOUTUBE),
        ("https://youtu.be/", "https://youtu.be/"),
        ("https://www.youtube.com/watch?v=%22%3E", "https://www.youtube.com/watch?v=%22%3E"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871"),
        ("https://vimeo.com/76979871/abcdef1234", "https://player.vimeo.com/video/76979871?h=abcdef1234"),
        ("https://vimeo.com/event/4321098", "https://vimeo.com/event/4321098/embed"),
        ("https://vimeo.com/channels/staffpicks", "https://vimeo.com/channels/staffpicks"),
        ("https://www.twitch.tv/oslo_cc", "https://player.twitch.tv/?channel=oslo_cc&parent=conf.example.org"),
        ("https://www.twitch.tv/videos/12345678", "https://player.twitch.tv/?video=v12345678&parent=conf.example.org"),
        ("https://video.example.org/live?room=7#t", "https://video.example.org/live?room=7#t"),
        ("https://notyoutube.com/watch?v=dQw4w9WgXcQ", "https://notyoutube.com/watch?v=dQw4w9WgXcQ"),
    ],
)
def test_a_watch_page_becomes_its_player(typed: str, player: str) -> None:
    assert player_address(check_address(typed), "conf.example.org") == player


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://video.example.org/", "stream.not_https"),
        ("javascript:alert(1)", "stream.not_https"),
        ("data:text/html,x", "stream.not_https"),
        ("//video.example.org/", "stream.not_https"),
        ("video.example.org", "stream.not_https"),
        ("https://", "stream.host"),
        ("https:///live", "stream.host"),
        ("https://-x.example.org/", "stream.host"),
        ("https://exa_mple.org/", "stream.host"),
        ("https://example.org:99999/", "stream.host"),
        ("https://example.org:port/", "stream.host"),
        ("https://[::1/", "stream.host"),
        ("https://*/", "stream.host"),
        ("https://a;script-src b/", "stream.characters"),
        ("https://a;script-src/", "stream.host"),
        ("https://me:secret@example.org/", "stream.password"),
        ("https://example.org/ x", "stream.characters"),
        ("https://example.org/\n", "stream.characters"),
        ('https://example.org/"', "stream.characters"),
        ("https://øl.example.org/", "stream.characters"),
        ("https://example.org/" + "x" * 500, "stream.too_long"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(typed: str, code: str) -> None:
    if typed.endswith("\n"):
        typed = typed.replace("\n", "\r\nx")
    with pytest.raises(Invalid) as refused:
        check_address(typed)
    assert refused.value.code == code


def test_a_policy_names_the_host_alone() -> None:
    assert origin_of("https://Video.Example.org:8443/live?x=1") == "https://video.example.org:8443"
    assert host_of("https://video.example.org/live") == "video.example.org"
    for bad in ("ftp://example.org/", "https://a;b/", "https://a b/"):
        with pytest.raises(Invalid):
            origin_of(bad)
