"""Results as a file for spreadsheets: counts and shuffled words, never one person's answers beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from crosslinks.feedback.rules import QuestionKind, Result
from crosslinks.web.pages import texts


def result_heads() -> list[str]:
    """Return what stands above the rows."""
    return [_("Question"), _("Answer"), _("People")]


def result_rows(results: Sequence[Result]) -> Iterator[tuple[str, str, int]]:
    """Return what is shown of the answers: one row per question and answer."""
    for result in results:
        question = texts(dict(result.question.label))
        yield from ((question, what, count) for what, count in _answers(result))


def _answers(result: Result) -> Iterator[tuple[str, int]]:
    yield from ((text, 1) for text in result.texts)
    yield from zip(answer_words(result), result.counts, strict=True)


def answer_words(result: Result) -> list[str]:
    """Return what each count of a result counts: ratings, or the options of a choice."""
    if result.question.kind is QuestionKind.CHOICE and result.counts:
        return [texts(dict(option)) for option in result.question.options]
    return [str(number) for number in range(1, len(result.counts) + 1)]
