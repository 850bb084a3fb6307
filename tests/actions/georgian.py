"""Rows in Georgian letters, so that no word on a page is English because of them.

As those of tests/actions/factories.py, with all that such a row can have.
"""

import datetime
import itertools
from typing import Any, Final

from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone, translation

from actions.models import (
    Campaign,
    Demand,
    DemandTranslation,
    Letter,
    LetterEvent,
    LetterTemplate,
    LetterTemplateVersion,
    Prompt,
    Source,
    Subscription,
)
from representatives.models import Constituency, Representative
from tests.actions import factories

OWN: Final = "ჩემს მეზობელს ძმისგან ათი წელია არაფერი სმენია და ეს მაწუხებს."
PERSON: Final = {
    "name": "მარიამ ლომიძე",
    "email": "maria@mail.example",
    "address_line_1": "ფიჭვის ქუჩა 12",
    "address_line_2": "უკანა სახლი",
    "town": "ქალაქი",
    "postcode": "ZE9 9AA",
}
HELPER: Final = "ნიკა ლომიძე"

_numbers = itertools.count(1)
_SEAT: Final = Concat(Value("ოლქი "), Substr("code", 2))


def rename_registers() -> None:
    """Name all seats and members anew."""
    Constituency.objects.update(name=_SEAT, name_cy="")
    Representative.objects.update(
        display_name="ანა ბერიძე", full_title="ანა ბერიძე", address_as="ბერიძე"
    )


def make_member(**fields: Any) -> Representative:
    """Make a seat and its member."""
    member = factories.make_representative(
        **{
            "full_title": "ელენე გელაშვილი",
            "display_name": "ელენე გელაშვილი",
            "address_as": "ქალბატონო გელაშვილო",
            **fields,
        }
    )
    Constituency.objects.filter(pk=member.constituency_id).update(name=_SEAT)
    member.constituency.refresh_from_db()
    return member


def make_campaign(**fields: Any) -> Campaign:
    """Make a campaign with everything that one can have."""
    made = factories.make_campaign(
        **{
            "title": "კამპანია",
            "headline": "მოითხოვეთ ახლა",
            "lede": "ხუთი წუთი.",
            "story": "ამბავი.\n\nმეორე ამბავი.",
            "question": "რატომ?",
            "question_help": "რამდენიმე სიტყვა.",
            "imprint": "წრე, ფიჭვის ქუჩა",
            "donate_url": "https://give.example/",
            "stock_reply_help": "მადლობა [დღე] წერილისთვის.\n\nროდის?",
            "meeting_help": "ჰკითხეთ.\n\nწერილი წაიღეთ.",
            **fields,
        }
    )
    for position in (3, 4, 5):
        Demand.objects.create(campaign=made, position=position)
    made.demands.update(
        title="მოთხოვნა",
        explanation="ახსნა.",
        paragraph="ამას ვითხოვ ჩემგან და შენგან.",
    )
    Source.objects.create(
        campaign=made,
        statement="ეს ცნობილია.",
        publisher="გამომცემელი",
        title="ანგარიში",
        address="https://source.example/",
        published_on=datetime.date(2025, 3, 1),
        check_again_on=datetime.date(2027, 3, 1),
    )
    add_letter(made, LetterTemplate.Language.ENGLISH, number=2)
    return made


def add_letter(
    campaign: Campaign, language: str, number: int = 1, more: str = ""
) -> None:
    """Give a campaign another version of its letter, and what demands say in it."""
    if language != LetterTemplate.Language.ENGLISH:
        for demand in campaign.demands.all():
            DemandTranslation.objects.create(
                demand=demand, language=language, paragraph=demand.paragraph
            )
    template, _ = LetterTemplate.objects.get_or_create(
        campaign=campaign, language=language
    )
    LetterTemplateVersion.objects.create(
        template=template,
        number=number,
        subject="გთხოვთ დახმარებას",
        body=(
            "ვცხოვრობ: {{ constituency.name }}.\n\n"
            "{% for demand in demands %}{{ demand.paragraph }}\n\n{% endfor %}"
            f"{{{{ reason }}}}{more}"
        ),
    )


def add_prompts(campaign: Campaign) -> None:
    """Have a campaign ask three questions instead of one."""
    for position in (1, 2, 3):
        Prompt.objects.create(
            campaign=campaign,
            position=position,
            question=f"კითხვა {position}?",
            help="რამდენიმე სიტყვა.",
            example="ვიღაცის პასუხი.",
            hint="წინადადება ქალაქზე",
            least_words=5,
        )


def make_letter(*, reader_language: str, **fields: Any) -> Letter:
    """Make a letter whose writer agreed in the language that they read."""
    with translation.override(reader_language):
        letter = factories.make_letter(
            **{
                "now": timezone.now(),
                "subject": "გთხოვთ დახმარებას",
                "body": f"აქ ვცხოვრობ.\n\n{OWN}",
                "base_text": "აქ ვცხოვრობ.",
                "sender_name": PERSON["name"],
                "sender_email": f"maria.{next(_numbers)}@mail.example",
                "address_line_1": PERSON["address_line_1"],
                "town": PERSON["town"],
                "reader_language": reader_language,
                **fields,
                "campaign": fields.get("campaign") or make_campaign(),
                "representative": fields.get("representative") or make_member(),
            }
        )
    LetterEvent.objects.create(letter=letter, kind=LetterEvent.Kind.WRITTEN)
    return letter


def make_wish(*, reader_language: str, **fields: Any) -> Subscription:
    """Make a wish for updates by somebody who reads a language."""
    with translation.override(reader_language):
        return factories.make_subscription(
            **{
                "campaign": fields.get("campaign") or make_campaign(),
                "now": timezone.now(),
                "reader_language": reader_language,
                **fields,
            }
        )
