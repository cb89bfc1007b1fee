"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.editions import models
from crosslinks.editions.choose import editions_choose
from crosslinks.editions.manage import editions_manage
from crosslinks.editions.manage_pages import pages_manage
from crosslinks.editions.manage_theme import theme_manage
from crosslinks.web.features import Feature

FEATURE = Feature(models=models, blueprints=(editions_choose, editions_manage, pages_manage, theme_manage))
