"""The pages of whoever leaves no trace: the same letter, and nothing kept of it."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, ClassVar, NamedTuple, Self

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from actions import composing, own_mail, reporting_sent
from actions.composing import Composition, Sheet
from actions.errors import TooManyError
from actions.forms import ComposeForm
from actions.letter_forms import LetterForm
from actions.quiet_forms import QuietForm
from actions.views.answering import PROMPT, WritingPage
from actions.views.editing import LetterPage

# Browsers and add-ons that help with writing may send what is typed to a service.
QUIET = {"writingsuggestions": "false", "data-gramm": "false"}

# Many people may share one connection, such as that of a hall.
TOO_MANY_REPORTS = gettext_lazy(
    "Very many letters were reported from your connection within a minute, so this "
    "one is not counted yet. Nothing is lost: try again in a minute."
)
TOO_MANY_FILES = gettext_lazy(
    "Very many files were asked for from your connection within a minute. Nothing is "
    "lost, your letter is still on this page: try again in a minute."
)


class Proposals(NamedTuple):
    """What a script makes the letter of; a template may differ where no reason is."""

    with_prompt: str
    without_reason: str


@dataclass
class QuietPage(WritingPage):
    """For which demands, and why; with a script the whole letter is made here."""

    asks: ClassVar[type[ComposeForm]] = QuietForm

    def is_valid(self) -> bool:
        """Check the answers; where the writer lives is not looked up."""
        return self.form.is_valid()

    def laid_out(self, text: Composition) -> Sheet:
        """Put a text on the sheet, without the line that says that Postbag sent it."""
        return replace(super().laid_out(text), footer="")

    def proposed(self) -> Proposals:
        """Make the letter with the prompt where a script puts the answers, and without.

        The answers themselves play no part: they are not sent.
        """
        demands = self.form.ticked()
        return Proposals(
            *(
                composing.compose(self.version, self.seat, demands, reason).body
                for reason in (str(PROMPT), "")
            )
        )

    def shown(self, status: int = HTTPStatus.OK) -> HttpResponse:
        """Draw the page."""
        letter = LetterForm(base_text="", initial={"subject": self.version.subject})
        return render(
            self.request,
            "quietly/letter.html",
            {
                **ways(self),
                "sureness": self.sureness.value,
                "form": self.form,
                "letter_form": letter,
                "sheet": self.sheet(),
                "proposed": self.proposed(),
                "prompt": PROMPT,
                "meter": composing.Meter(0, 0, self.form.next_step()),
                "kept": self.kept(),
                # What a script makes is sent nowhere, to be made into a file neither.
                "text": "",
                "pdf_form": "",
            },
            status=status,
        )


@dataclass
class QuietLetter(LetterPage):
    """The finished letter, for whom no script has made it."""

    @classmethod
    def changed(cls, page: WritingPage) -> Self:
        """Go on from the page that was sent in; Postbag sends nothing and asks less."""
        letter = cls.continued(page, is_held=False)
        letter.form = LetterForm(
            page.request.POST, base_text=letter.text.base_text, is_held=False
        )
        return letter

    def sheet(self) -> Sheet:
        """Lay the letter out."""
        # What is far too long is asked to be shortened, not drawn.
        is_drawn = len(self.text.body) <= composing.LONGEST_BODY
        text = self.text if is_drawn else replace(self.text, body="")
        return self.page.laid_out(text)

    def refused(self, error: TooManyError) -> HttpResponse:
        """Draw the page again with the letter on it, and say when to come back."""
        self.form.add_error(None, TOO_MANY_FILES)
        response = self.shown(HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(error.retry_after)
        return response

    def shown(self, status: int = HTTPStatus.OK) -> HttpResponse:
        """Draw the page."""
        sheet = self.sheet()
        note = composing.placeholder_left(self.text.body, self.text.base_text)
        return render(
            self.page.request,
            "quietly/finished.html",
            {
                **ways(self.page),
                "form": self.form,
                "sheet": sheet,
                "text": sheet.as_text(),
                "keeps_edits": self.keeps_edits,
                "note_left": note,
                "kept": self.kept(),
                "pdf_form": "letter",
            },
            status=status,
        )


def ways(page: WritingPage) -> dict[str, Any]:
    """Give what every page with a letter on it holds."""
    email = page.member.email
    return {
        "campaign": page.campaign,
        "seat": page.seat,
        "member": page.member,
        "quiet": QUIET,
        "too_many": TOO_MANY_REPORTS,
        "links": own_mail.bare(email) if email else (),
        "report": reporting_sent.token_unsaid(
            page.campaign, page.seat.code, now=timezone.now()
        ),
    }
