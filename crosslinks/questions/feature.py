"""What this feature plugs into the application."""

from __future__ import annotations

from crosslinks.questions import models
from crosslinks.questions.erasure import ERASING
from crosslinks.questions.manage import questions_manage
from crosslinks.questions.manage_question import question_manage
from crosslinks.web.features import Feature

FEATURE = Feature(
    models=models,
    blueprints=(questions_manage, question_manage),
    rounds=(ERASING,),
)
