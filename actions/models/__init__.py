"""The rows that Postbag must never lose: campaigns, letters, deliveries, counts."""

from actions.models.campaigns import (
    Campaign,
    Demand,
    LetterTemplate,
    LetterTemplateVersion,
    Prompt,
    Source,
)
from actions.models.counts import RateCount, Tally
from actions.models.letters import Delivery, Letter, LetterEvent
from actions.models.subscriptions import Subscription

__all__ = [
    "Campaign",
    "Delivery",
    "Demand",
    "Letter",
    "LetterEvent",
    "LetterTemplate",
    "LetterTemplateVersion",
    "Prompt",
    "RateCount",
    "Source",
    "Subscription",
    "Tally",
]
