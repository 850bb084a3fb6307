"""The rows that Postbag must never lose: campaigns, letters, deliveries, counts."""

from actions.models.campaigns import (
    Campaign,
    Demand,
    LetterTemplate,
    LetterTemplateVersion,
    Source,
)
from actions.models.counts import RateCount, Tally
from actions.models.letters import Delivery, Letter, LetterEvent

__all__ = [
    "Campaign",
    "Delivery",
    "Demand",
    "Letter",
    "LetterEvent",
    "LetterTemplate",
    "LetterTemplateVersion",
    "RateCount",
    "Source",
    "Tally",
]
