"""Letter templates: code that strangers write, parsed, walked and only then run.

The language is Jinja2 cut down to an allow-list (docs/decisions/0004-letter-templates
.md). The sandbox alone is not enough: it renders ``{{ 'x' * 300000000 }}``.
"""

from actions.rendering.language import LONGEST_TEMPLATE, check
from actions.rendering.letters import (
    CampaignFields,
    ConstituencyFields,
    DemandFields,
    LetterFields,
    Rendered,
    RepresentativeFields,
    render,
    tidy,
)
from actions.rendering.limits import LONGEST_PARAGRAPH, fault_in, longest

__all__ = [
    "LONGEST_PARAGRAPH",
    "LONGEST_TEMPLATE",
    "CampaignFields",
    "ConstituencyFields",
    "DemandFields",
    "LetterFields",
    "Rendered",
    "RepresentativeFields",
    "check",
    "fault_in",
    "longest",
    "render",
    "tidy",
]
