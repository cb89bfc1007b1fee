"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.stories import models
from crosslinks.stories.manage import stories_manage
from crosslinks.stories.manage_gallery import gallery_manage
from crosslinks.stories.public import stories_public
from crosslinks.web.features import Feature

FEATURE = Feature(models=models, blueprints=(stories_manage, gallery_manage, stories_public))
