"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.home.manage import home_manage
from crosslinks.home.public import home_public
from crosslinks.home.sharing import home_sharing
from crosslinks.home.sitemaps import sitemaps
from crosslinks.web.features import Feature

FEATURE = Feature(blueprints=(home_manage, home_public, home_sharing, sitemaps))
