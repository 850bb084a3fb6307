"""What a campaign asks for the supporter's own words, and what would help next."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from actions import languages
from actions.models import Campaign, Prompt
from actions.models.translations import PromptWords
from actions.rendering import tidy

# The one answer of a campaign without prompts of its own.
REASON = "reason"
_ANSWER = re.compile(r"reason|answer_\d{1,10}")


@dataclass(frozen=True)
class Question:
    """One question; ``name`` is that of the field that takes its answer."""

    name: str
    words: str
    help: str
    example: str = ""
    hint: str = ""
    least_words: int = 0
    # The words as the field shows them: like help and example, marked where there is
    # no translation of them.
    label: str = ""

    @property
    def more(self) -> str:
        """What would help an answer that is short."""
        # Translators: put into "Next, perhaps: {step}." as the step.
        return gettext("a little more about “{question}”").format(question=self.words)

    def next_step(self, answer: str) -> str:
        """Say what would help with this answer; "" once it is long enough."""
        words = len(answer.split())
        if not words:
            return self.hint
        return self.more if words < self.least_words else ""


def of(campaign: Campaign) -> tuple[Question, ...]:
    """Give what a campaign asks, in its order: its prompts, or its one question.

    In the reader's language, where the campaign speaks it.
    """
    prompts = tuple(
        _asked_by(prompt, prompt.said) for prompt in campaign.prompts.in_order()
    )
    said = campaign.said
    return prompts or (
        Question(
            name=REASON,
            words=said.question,
            help=languages.marked(said, "question_help"),
            label=languages.marked(said, "question"),
        ),
    )


def _asked_by(prompt: Prompt, said: PromptWords) -> Question:
    return Question(
        name=f"answer_{prompt.pk}",
        words=said.question,
        help=languages.marked(said, "help"),
        example=languages.marked(said, "example"),
        hint=said.hint,
        least_words=prompt.least_words,
        label=languages.marked(said, "question"),
    )


def answers_among(fields: Iterable[str]) -> tuple[str, ...]:
    """Name the fields that hold an answer, also to a question no longer asked."""
    return tuple(name for name in fields if _ANSWER.fullmatch(name))


def gathered(
    questions: tuple[Question, ...], typed: Mapping[str, str]
) -> dict[str, str]:
    """Put answers to their questions; by the field's name.

    What was answered to a question that the campaign has taken out meanwhile is added
    to the last answer, so that nothing typed is lost.
    """
    asked = {question.name: typed.get(question.name, "") for question in questions}
    left = [
        typed[name]
        for name in answers_among(typed)
        if name not in asked and typed[name].strip()
    ]
    if left:
        last = questions[-1].name
        asked[last] = "\n\n".join(filter(None, (asked[last], *left)))
    return asked


def together(answers: Iterable[str]) -> str:
    """Make the letter's own paragraphs of the answers."""
    return "\n\n".join(filter(None, map(tidy, answers)))


def next_step(questions: Iterable[Question], answers: Mapping[str, str]) -> str:
    """Say what would help most now, such as "a sentence about your town"; or ""."""
    steps = (
        question.next_step(answers.get(question.name, "")) for question in questions
    )
    return next(filter(None, steps), "")
