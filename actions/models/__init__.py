"""The rows that Postbag must never lose: campaigns, letters, deliveries, counts."""

from actions.models.campaigns import (
    Campaign,
    Demand,
    Prompt,
    Source,
)
from actions.models.counts import RateCount, Tally
from actions.models.deliveries import Delivery
from actions.models.events import LetterEvent
from actions.models.failing import FailingAddress
from actions.models.incoming import IncomingMail
from actions.models.letter_templates import LetterTemplate, LetterTemplateVersion
from actions.models.letters import Letter
from actions.models.moderation import (
    HeldLetter,
    HoldLimit,
    HoldRule,
    OfficeReport,
    WatchedMailbox,
)
from actions.models.pace import Pace
from actions.models.subscriptions import Subscription
from actions.models.translations import (
    CampaignTranslation,
    DemandTranslation,
    PromptTranslation,
    SourceTranslation,
)

__all__ = [
    "Campaign",
    "CampaignTranslation",
    "Delivery",
    "Demand",
    "DemandTranslation",
    "FailingAddress",
    "HeldLetter",
    "HoldLimit",
    "HoldRule",
    "IncomingMail",
    "Letter",
    "LetterEvent",
    "LetterTemplate",
    "LetterTemplateVersion",
    "OfficeReport",
    "Pace",
    "Prompt",
    "PromptTranslation",
    "RateCount",
    "Source",
    "SourceTranslation",
    "Subscription",
    "Tally",
    "WatchedMailbox",
]
