"""The page that asks one question at a time, for whom a whole page is too much."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from actions import composing
from actions.models import Campaign
from actions.views.answering import PROMPT, WritingPage
from actions.views.carrying import PERSON, Kept, present


@dataclass
class QuestionPage:
    """One of the campaign's questions; the others' answers are carried along."""

    page: WritingPage
    at: int

    @classmethod
    def continued(cls, request: HttpRequest, campaign: Campaign) -> Self:
        """Go to the question that was asked for; back to one whose answer is too long.

        Raises:
            ForgedTokenError: the page was not one of ours.
            NoRecipientError: the seat has fallen vacant meanwhile.

        """
        page = WritingPage.continued(request, campaign)
        wanted = request.POST.get("at") or request.POST.get("here", "")
        # Four digits, as Python refuses to read a number of thousands.
        at = int(wanted[:4]) if wanted.isascii() and wanted.isdigit() else 0
        refused = [
            number
            for number, (_, field) in enumerate(page.form.answers)
            if field.errors
        ]
        return cls(page, (refused or [min(at, len(page.form.answers) - 1)])[0])

    def shown(self) -> HttpResponse:
        """Draw the page."""
        page, answers = self.page, self.page.form.answers
        question, field = answers[self.at]
        answered: Kept = list(page.form.answers_so_far().items())
        return render(
            page.request,
            "questions.html",
            {
                "campaign": page.campaign,
                "seat": page.seat,
                "member": page.member,
                "question": question,
                "field": field,
                "faults": [(field.auto_id, message) for message in field.errors],
                "at": self.at,
                "of": len(answers),
                "is_last": self.at == len(answers) - 1,
                "before": answered[: self.at],
                "after": answered[self.at + 1 :],
                "kept": [
                    *page.kept(),
                    *present(page.request.POST, PERSON),
                    *(
                        ("demands", value)
                        for value in page.request.POST.getlist("demands")
                    ),
                ],
                "meter": composing.Meter(0, 0, page.form.next_step()),
                "sheet": page.sheet(),
                "prompt": PROMPT,
                "notes": page.notes(),
            },
            status=HTTPStatus.UNPROCESSABLE_ENTITY if field.errors else HTTPStatus.OK,
        )
