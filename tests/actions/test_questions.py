"""What a campaign asks, and what becomes of the answers."""

import pytest

from actions import questions
from actions.models import Campaign, Prompt
from actions.questions import Question
from tests.actions.factories import make_campaign

WHO = Question("answer_1", "Who are you?", "", hint="a sentence about you")
SEEN = Question(
    "answer_2", "What have you seen?", "", hint="what you saw", least_words=5
)


@pytest.fixture
def campaign(db: None) -> Campaign:
    return make_campaign(question="Why?", question_help="In a sentence.")


def test_a_campaign_without_prompts_asks_its_one_question(campaign: Campaign) -> None:
    [asked] = questions.of(campaign)
    assert (asked.name, asked.words, asked.help) == (
        "reason",
        "Why?",
        "In a sentence.",
    )


def test_prompts_are_asked_in_the_campaigns_order(campaign: Campaign) -> None:
    Prompt.objects.create(campaign=campaign, position=2, question="Second?")
    Prompt.objects.create(campaign=campaign, position=1, question="First?")
    assert [asked.words for asked in questions.of(campaign)] == ["First?", "Second?"]


def test_each_answer_becomes_a_paragraph_and_none_is_empty() -> None:
    assert questions.together(["I teach.  ", " \n", "I ask."]) == "I teach.\n\nI ask."


def test_an_answer_to_a_question_taken_out_meanwhile_is_added_to_the_last() -> None:
    typed = {"answer_1": "I teach.", "answer_9": "Gone.", "reason": "Older.", "x": "y"}
    assert questions.gathered((WHO, SEEN), typed) == {
        "answer_1": "I teach.",
        "answer_2": "Gone.\n\nOlder.",
    }


@pytest.mark.parametrize(
    ("answers", "step"),
    [
        ({}, "a sentence about you"),
        ({"answer_1": "I teach."}, "what you saw"),
        (
            {"answer_1": "I teach.", "answer_2": "A label."},
            "a little more about “What have you seen?”",
        ),
        ({"answer_1": "I teach.", "answer_2": "One two three four five"}, ""),
    ],
)
def test_the_first_thing_that_is_wanting_is_suggested(
    answers: dict[str, str], step: str
) -> None:
    assert questions.next_step((WHO, SEEN), answers) == step


@pytest.mark.parametrize(
    "name", ["answer_", "answer_1x", "answers", "answer_" + "1" * 11]
)
def test_other_fields_are_no_answers(name: str) -> None:
    assert questions.answers_among([name]) == ()
