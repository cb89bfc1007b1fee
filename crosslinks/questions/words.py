"""Questions in words: what kinds are called, what an answer says, what is wrong with one."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.questions.rules import (
    LARGEST_NUMBER,
    LONGEST_LONG_TEXT,
    LONGEST_TEXT,
    NO,
    YES,
    Asked,
    AskedOf,
    Condition,
    Form,
    Kind,
    Problem,
    Source,
    Value,
)
from crosslinks.web.pages import texts


def kind_words() -> dict[Kind, str]:
    """Return what each kind of question is called."""
    return {
        Kind.TEXT: _("A line of text"),
        Kind.LONG_TEXT: _("Several lines of text"),
        Kind.CHOICE: _("One of several choices"),
        Kind.SEVERAL: _("Any of several choices"),
        Kind.YES_NO: _("Yes or no"),
        Kind.NUMBER: _("A whole number"),
    }


def asked_of_words() -> dict[AskedOf, str]:
    """Return who a question is put to."""
    return {
        AskedOf.BOTH: _("Everybody"),
        AskedOf.ONSITE: _("Those in the room"),
        AskedOf.DIGITAL: _("Those on the stream"),
    }


def source_words() -> dict[str, str]:
    """Return the fields of every form that a condition can look at, as questions."""
    return {
        Source.MODE: _("How will you take part?"),
        Source.PROFESSION: _("Are you a health professional?"),
        Source.ASSISTANCE: _("I need assistance at the venue"),
    }


def source_value_words(source: str) -> dict[str, str]:
    """Return the answers to a field of every form."""
    if source == Source.MODE:
        return {"onsite": _("In the room"), "digital": _("On the stream")}
    if source == Source.PROFESSION:
        return {"health": _("Yes"), "other": _("No")}
    return yes_no_words()


def yes_no_words() -> dict[str, str]:
    """Return yes and no."""
    return {YES: _("Yes"), NO: _("No")}


def choice_words(question: Asked) -> dict[str, str]:
    """Return the choices of a question that can be counted, retired ones among them, in the reader's language."""
    if question.kind is Kind.YES_NO:
        return yes_no_words()
    return {option.id: texts(option.label) for option in question.options}


def answer_words(question: Asked, value: Value | None) -> str:
    """Return an answer as people read it; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes_no_words()[YES if value else NO]
    if isinstance(value, list):
        words = choice_words(question)
        return ", ".join(words.get(option, option) for option in value)
    if isinstance(value, str) and question.kind is Kind.CHOICE:
        return choice_words(question).get(value, value)
    return str(value)


def condition_words(condition: Condition | None, form: Form) -> str:
    """Say when a question is shown, as a sentence for the reader; nothing for always."""
    if condition is None:
        return ""
    if condition.question_id is None:
        label, words = source_words()[condition.source], source_value_words(condition.source)
    else:
        parent = next((one for one in form if one.id == condition.question_id), None)
        if parent is None:
            return ""
        label, words = texts(parent.label), choice_words(parent)
    said = [_("“%(words)s”", words=words.get(value, value)) for value in condition.values]
    either = said[0] if len(said) == 1 else _("%(first)s or %(last)s", first=", ".join(said[:-1]), last=said[-1])
    return _("Only if you answered %(answer)s to “%(question)s”.", answer=either, question=label)


def problem_words(problem: Problem, kind: Kind) -> str:
    """Return what to tell somebody whose answer cannot be used."""
    missing = {
        Kind.CHOICE: _("Choose one"),
        Kind.SEVERAL: _("Choose at least one"),
        Kind.YES_NO: _("Choose yes or no"),
        Kind.NUMBER: _("Write a number"),
    }
    most = LONGEST_LONG_TEXT if kind is Kind.LONG_TEXT else LONGEST_TEXT
    return {
        Problem.MISSING: missing.get(kind) or _("Write an answer"),
        Problem.NOT_TEXT: _("This must be text."),
        Problem.TOO_LONG: _("At most %(most)s characters.", most=most),
        Problem.BAD_CHARACTER: _("There is a character in it that cannot be kept."),
        Problem.NOT_A_CHOICE: _("That choice is not offered. Choose again."),
        Problem.NOT_YES_NO: _("Choose yes or no"),
        Problem.NOT_A_NUMBER: _("Write a whole number, such as 12"),
        Problem.TOO_LARGE: _("Write a number up to %(most)s", most=LARGEST_NUMBER),
        Problem.NO_CONSENT: _("Tick this, or leave the answer out"),
    }[problem]
