"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.feeds import models
from crosslinks.feeds.public import feeds_public
from crosslinks.feeds.public_favourites import favourites_public, personal_feed
from crosslinks.web.features import Feature

FEATURE = Feature(models=models, blueprints=(feeds_public, favourites_public, personal_feed))
