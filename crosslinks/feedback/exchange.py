"""Results as a file for spreadsheets: counts and shuffled words, never one person's answers beside each other."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from crosslinks.feedback.rules import QuestionKind, Result
from crosslinks.web.pages import texts
from crosslinks.web.sheets import cell

BYTE_ORDER_MARK = "\ufeff"


def results_as_csv(results: Sequence[Result]) -> str:
    """Return what is shown of the answers: one line per question and answer, formulas made harmless."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Question"), _("Answer"), _("People")])
    for result in results:
        question = cell(texts(dict(result.question.label)))
        writer.writerows([question, cell(what), count] for what, count in _answers(result))
    return BYTE_ORDER_MARK + out.getvalue()


def _answers(result: Result) -> Iterator[tuple[str, int]]:
    yield from ((text, 1) for text in result.texts)
    yield from zip(answer_words(result), result.counts, strict=True)


def answer_words(result: Result) -> list[str]:
    """Return what each count of a result counts: ratings, or the options of a choice."""
    if result.question.kind is QuestionKind.CHOICE and result.counts:
        return [texts(dict(option)) for option in result.question.options]
    return [str(number) for number in range(1, len(result.counts) + 1)]
