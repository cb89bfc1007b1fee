"""``crosslinks demo``: a throw-away instance with the 2024 edition, served."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask

from crosslinks.accounts.links import mint_link
from crosslinks.accounts.models import Account
from crosslinks.checkin.links import make_door_link
from crosslinks.demo.build import default_now, is_demo, make_instance, open_instance, write_config
from crosslinks.demo.edition import ACTOR
